"""One picture with what is true of it: what every source of training data hands over. Nothing of torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Side = Literal["train", "val", "test"]
SIDES: tuple[Side, ...] = ("train", "val", "test")


@dataclass(frozen=True)
class Example:
    """A picture in its own size.

    Attributes
    ----------
    key : names it for people: a file's name, or a frame's key.
    patient : by whom it was divided among the sides.
    group : of which there should be as many as of the others ("malignant", or with or without a mark).
    weight : how often it should be drawn for that.
    picture : (rows, columns, channels).
    mask : (rows, columns), 0 and 1.
    calipers : (n, 2), column and row.
    """

    key: str
    patient: str
    side: Side
    group: str
    weight: float
    picture: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    calipers: NDArray[np.float64]


class TrainingSource(Protocol):
    """Where examples come from: always in the same order, as many as its length."""

    def __len__(self) -> int: ...

    def examples(self, start: int = 0) -> Iterator[Example]:
        """From one place on: what was prepared before a kill isn't read again."""
        ...

    def description(self) -> dict[str, Any]:
        """What the card says of the data: kind, name, patients and pictures by side, hash, how it was divided."""
        ...
