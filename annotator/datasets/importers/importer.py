"""What a file format is that marks come in from: one file a format beside this one, listed in FORMATS."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import MarkPixels
from annotator.datasets.importers.imported_mark import ImportedMark, RefusedError
from annotator.datasets.importers.known_frames import KnownFrame, KnownFrames


@dataclass(frozen=True)
class ImportOptions:
    """What a file may not say itself.

    Attributes
    ----------
    series_uid : of the pictures that a NIfTI mask lies on.
    labels : number -> name of a NIfTI mask's labels; what is missing is "label 3" and the like.
    paths : the table of file paths that goes with boxes of the BCS-DBT data set.
    """

    series_uid: str = ""
    labels: tuple[tuple[int, str], ...] = ()
    paths: Path | None = None


class Importer(ABC):
    """Reads files of one format. What can't be a mark is yielded as an error, so that one run tells of all."""

    name: ClassVar[str]
    title: ClassVar[str]
    # Files of this format don't say on which series they lie.
    needs_series: ClassVar[bool] = False

    def __init__(self, frames: KnownFrames, options: ImportOptions) -> None:
        self.frames = frames
        self.options = options

    @abstractmethod
    def read(self, file: Path) -> Iterator[ImportedMark | RefusedError]:
        """The marks of one file, in its order."""

    def check_size(self, frame: KnownFrame, *, rows: int, columns: int, file: str, path: str) -> None:
        """Refuse what was drawn on a picture of another size.

        Raises
        ------
        RefusedError : the size differs.
        """
        if (rows, columns) != (frame.rows, frame.columns):
            turned = " Its axes are swapped." if (columns, rows) == (frame.rows, frame.columns) else ""
            raise RefusedError(
                f"It was drawn on {columns} columns and {rows} rows; the picture has {frame.columns} and {frame.rows}."
                f"{turned}",
                file=file,
                path=path,
            )


def mask_of(pixels: NDArray[np.bool_]) -> tuple[list[list[float]], dict[str, list[int]]] | None:
    """Points and runs of the pixels of a frame that are in; None where none is."""
    lines, across = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if len(lines) == 0:
        return None
    top, bottom, left, right = lines[0], lines[-1] + 1, across[0], across[-1] + 1
    return MarkPixels(int(left), int(top), np.ascontiguousarray(pixels[top:bottom, left:right])).as_mask()
