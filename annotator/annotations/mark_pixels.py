"""The pixels that a mark encloses: those whose centres lie within its outline. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.masks import pixels_of, runs_of
from annotator.annotations.shapes import CLOSED_KINDS, Points, outline_of


@dataclass(frozen=True)
class MarkPixels:
    """A box of pixels in a frame.

    Attributes
    ----------
    column, row : of the box's first pixel.
    pixels : (rows, columns) of the box.
    """

    column: int
    row: int
    pixels: NDArray[np.bool_]

    def on_frame(self, *, rows: int, columns: int) -> NDArray[np.bool_]:
        """The same on the whole frame, (rows, columns)."""
        frame = np.zeros((rows, columns), dtype=bool)
        height, width = self.pixels.shape
        frame[self.row : self.row + height, self.column : self.column + width] = self.pixels
        return frame

    def as_mask(self) -> tuple[list[list[float]], dict[str, list[int]]]:
        """The points and runs of a mark of the kind "mask" that encloses these pixels."""
        height, width = self.pixels.shape
        corners = [[float(self.column), float(self.row)], [float(self.column + width), float(self.row + height)]]
        return corners, {"runs": runs_of(self.pixels)}


def pixels_of_mark(
    kind: str, points: Points, mask: dict[str, list[int]] | None = None, *, rows: int, columns: int
) -> MarkPixels | None:
    """The pixels within a mark on a frame of this size; None for an open kind, or where no pixel's centre is within.

    A centre on a left or upper edge is in, one on a right or lower edge is out, so that shapes that share an edge share
    no pixel; parts of an outline that overlap are out (the even-odd rule). The viewer fills polygons alike.
    """
    if kind not in CLOSED_KINDS:
        return None
    if mask is not None:
        left, top = (int(min(corner[axis] for corner in points)) for axis in (0, 1))
        return _trimmed(MarkPixels(left, top, pixels_of(mask, points)))
    return filled_polygon(outline_of(kind, points), rows=rows, columns=columns)


def on_one_ground(parts: Sequence[MarkPixels]) -> tuple[list[NDArray[np.bool_]], int, int]:
    """The pixels of several marks in the box that holds all of them, and its first column and row."""
    left, top = min(part.column for part in parts), min(part.row for part in parts)
    right = max(part.column + part.pixels.shape[1] for part in parts)
    bottom = max(part.row + part.pixels.shape[0] for part in parts)
    grounds = []
    for part in parts:
        ground = np.zeros((bottom - top, right - left), dtype=bool)
        height, width = part.pixels.shape
        ground[part.row - top : part.row - top + height, part.column - left : part.column - left + width] = part.pixels
        grounds.append(ground)
    return grounds, left, top


def filled_polygon(outline: Points, *, rows: int, columns: int) -> MarkPixels | None:
    """The pixels of a frame whose centres lie within a closed polygon; None where there are none."""
    if len(outline) < 3:
        return None
    left, right = _reach([point[0] for point in outline], columns)
    top, bottom = _reach([point[1] for point in outline], rows)
    if right <= left or bottom <= top:
        return None
    pixels = np.zeros((bottom - top, right - left), dtype=bool)
    starts = np.asarray(outline, dtype=np.float64)
    ends = np.roll(starts, -1, axis=0)
    for line in range(bottom - top):
        crossings = _crossings(starts, ends, top + line + 0.5)
        for enter, leave in zip(crossings[::2], crossings[1::2], strict=False):
            first, end = max(left, math.ceil(enter - 0.5)), min(right, math.ceil(leave - 0.5))
            # Two parts of an outline never overlap in one line: the even-odd rule took them apart.
            pixels[line, max(0, first - left) : max(0, end - left)] = True
    return _trimmed(MarkPixels(left, top, pixels))


def _crossings(starts: NDArray[np.float64], ends: NDArray[np.float64], y: float) -> list[float]:
    """Where a polygon's edges cross the line through a row of centres, from left to right."""
    crossing = (starts[:, 1] > y) != (ends[:, 1] > y)
    begin, end = starts[crossing], ends[crossing]
    columns = begin[:, 0] + (y - begin[:, 1]) / (end[:, 1] - begin[:, 1]) * (end[:, 0] - begin[:, 0])
    return sorted(columns.tolist())


def _reach(values: Sequence[float], size: int) -> tuple[int, int]:
    return max(0, math.floor(min(values))), min(size, math.ceil(max(values)))


def _trimmed(made: MarkPixels) -> MarkPixels | None:
    """Without empty rows and columns at the edges."""
    if not made.pixels.any():
        return None
    lines, across = np.flatnonzero(made.pixels.any(axis=1)), np.flatnonzero(made.pixels.any(axis=0))
    (top, bottom), (left, right) = (lines[0], lines[-1] + 1), (across[0], across[-1] + 1)
    pixels = np.ascontiguousarray(made.pixels[top:bottom, left:right])
    return MarkPixels(made.column + int(left), made.row + int(top), pixels)
