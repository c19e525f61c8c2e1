"""Marks as pixels of a frame: what a network is trained on where it takes masks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import MarkPixels, pixels_of_mark
from annotator.annotations.shapes import CLOSED_KINDS
from annotator.datasets.released import ReleasedFrame, ReleasedMark


def encloses_pixels(mark: ReleasedMark) -> bool:
    """Whether a mark is one that has an inside."""
    return mark.kind in CLOSED_KINDS


def mark_pixels(mark: ReleasedMark, frame: ReleasedFrame) -> MarkPixels | None:
    """The pixels whose centres lie within a mark; None where there are none.

    The rule is the viewer's: what is exported is what was seen.
    """
    return pixels_of_mark(mark.kind, mark.points, mark.mask, rows=frame.rows, columns=frame.columns)


def paint(target: NDArray[np.generic], marked: MarkPixels, value: int | bool) -> None:
    """Give the pixels of a mark a value on a whole frame, (rows, columns), in place."""
    height, width = marked.pixels.shape
    part = target[marked.row : marked.row + height, marked.column : marked.column + width]
    part[marked.pixels] = value


@dataclass(frozen=True)
class LabelMap:
    """Numbers for the categories of a release, from 1; 0 is what nobody marked.

    Attributes
    ----------
    categories : in the order in which they are painted: where two overlap, the later one is on top.
    """

    categories: tuple[str, ...]

    def number_of(self, category: str) -> int:
        return self.categories.index(category) + 1

    @property
    def dtype(self) -> type[np.uint8] | type[np.uint16]:
        return np.uint8 if len(self.categories) < 256 else np.uint16

    def as_json(self) -> dict[str, int]:
        """The numbers by name, background first, as nnU-Net's dataset.json has them."""
        return {"background": 0} | {name: number for number, name in enumerate(self.categories, start=1)}

    def plane(self, marks: Iterable[ReleasedMark], frame: ReleasedFrame) -> tuple[NDArray[np.generic], int]:
        """One frame's labels, (rows, columns), and how many of its pixels more than one category claims.

        Categories are painted in their order, marks of one in theirs, so that the picture depends on the marks alone.
        """
        plane = np.zeros((frame.rows, frame.columns), dtype=self.dtype)
        shared = np.zeros(plane.shape, dtype=bool)
        enclosing = [mark for mark in marks if encloses_pixels(mark)]
        for mark in sorted(enclosing, key=lambda mark: self.number_of(mark.category)):
            marked = mark_pixels(mark, frame)
            if marked is None:
                continue
            number = self.number_of(mark.category)
            below = plane[
                marked.row : marked.row + marked.pixels.shape[0], marked.column : marked.column + marked.pixels.shape[1]
            ]
            over = MarkPixels(marked.column, marked.row, marked.pixels & (below != 0) & (below != number))
            paint(shared, over, True)
            paint(plane, marked, number)
        return plane, int(shared.sum())


def places_with_pixels(marks: Sequence[ReleasedMark]) -> list[int]:
    """The frames on which some mark has an inside, in order."""
    return sorted(
        {place for mark in marks if encloses_pixels(mark) for place in range(mark.first_place, mark.last_place + 1)}
    )


def by_place(marks: Iterable[ReleasedMark]) -> Mapping[int, list[ReleasedMark]]:
    """The marks of each frame, spans on every frame that they hold for."""
    found: dict[int, list[ReleasedMark]] = {}
    for mark in marks:
        for place in range(mark.first_place, mark.last_place + 1):
            found.setdefault(place, []).append(mark)
    return found
