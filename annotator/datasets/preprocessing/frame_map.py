"""Where pixels go when a picture is cropped, shifted and scaled: points, masks and geometry go the same way. Pure."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import MarkPixels
from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion
from annotator.imaging.geometry import patient_from_scoord

Pair = tuple[float, float]


@dataclass(frozen=True)
class FrameMap:
    """out = (in - origin) * factor, of SCOORD points (column, row).

    Attributes
    ----------
    columns, rows : of the picture that comes out.
    """

    origin: Pair
    factor: Pair
    columns: int
    rows: int

    @property
    def is_even(self) -> bool:
        """Both axes are scaled alike, so that a circle stays one."""
        return math.isclose(self.factor[0], self.factor[1], rel_tol=1e-6)

    def points(self, points: object) -> NDArray[np.float64]:
        """Where points of the original lie, (n, 2)."""
        return (np.asarray(points, dtype=np.float64).reshape(-1, 2) - self.origin) * self.factor

    def back(self, points: object) -> NDArray[np.float64]:
        """Where points that came out lie in the original, (n, 2)."""
        return np.asarray(points, dtype=np.float64).reshape(-1, 2) / self.factor + self.origin

    def holds(self, points: NDArray[np.float64]) -> bool:
        """Whether all of these, as they came out, lie in the picture."""
        return bool((points >= 0).all() and (points <= (self.columns, self.rows)).all())

    def picture(self, values: NDArray[np.generic], *, fill: float) -> NDArray[np.generic]:
        """The picture that comes out, of the same type: means of pixels where it shrinks, linear where it grows.

        Parameters
        ----------
        values : (rows, columns) or (rows, columns, 3).
        fill : what lies outside of the original.
        """
        if self._is_whole():
            return self._cut(values, fill=fill)
        made = values.astype(np.float64)
        for axis, (origin, factor, size) in enumerate(
            zip(self.origin[::-1], self.factor[::-1], (self.rows, self.columns), strict=True)
        ):
            places = np.arange(size + 1) / factor + origin
            made = _averaged(made, places, axis, fill) if factor < 1 else _interpolated(made, places, axis, fill)
        return _as_type(made, values.dtype)

    def mask(self, marked: MarkPixels) -> MarkPixels | None:
        """The pixels that come out of a mask, each as the nearest of the original; None when all are cut off.

        A mask that is finer than the pixels that come out keeps the one at its middle.
        """
        height, width = marked.pixels.shape
        (left, top), (right, bottom) = self.points(
            [[marked.column, marked.row], [marked.column + width, marked.row + height]]
        )
        first = (max(0, math.floor(left)), max(0, math.floor(top)))
        end = (min(self.columns, math.ceil(right)), min(self.rows, math.ceil(bottom)))
        if end[0] <= first[0] or end[1] <= first[1]:
            return None
        across = self._sources(first[0], end[0], axis=0, offset=marked.column, size=width)
        down = self._sources(first[1], end[1], axis=1, offset=marked.row, size=height)
        inside = (down >= 0)[:, None] & (across >= 0)[None, :]
        pixels = marked.pixels[np.ix_(np.maximum(down, 0), np.maximum(across, 0))] & inside
        if pixels.any():
            return MarkPixels(first[0], first[1], pixels)
        lines, places = np.nonzero(marked.pixels)
        middle = self.points([[marked.column + places.mean() + 0.5, marked.row + lines.mean() + 0.5]])[0]
        column, row = (math.floor(value) for value in middle)
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        return MarkPixels(column, row, np.ones((1, 1), dtype=bool))

    def geometry(self, geometry: FrameGeometry) -> FrameGeometry:
        """Where the picture that comes out lies in the patient, and how large its pixels are."""
        spacing = geometry.spacing and (geometry.spacing[0] / self.factor[1], geometry.spacing[1] / self.factor[0])
        position = geometry.position
        if position is not None and geometry.orientation is not None and geometry.spacing is not None:
            x, y, z = patient_from_scoord(self.back([[0.5, 0.5]]), geometry)[0].tolist()
            position = (x, y, z)
        regions = tuple(self._region(region) for region in geometry.regions)
        return replace(geometry, position=position, spacing=spacing, regions=regions)

    def _region(self, region: UltrasoundRegion) -> UltrasoundRegion:
        ends = (
            self.points([[region.min_column, region.min_row], [region.max_column + 1, region.max_row + 1]])
            .round()
            .astype(int)
        )
        (left, top), (right, bottom) = np.clip(ends, 0, (self.columns, self.rows)).tolist()
        return replace(
            region,
            min_column=left,
            min_row=top,
            max_column=max(left, right - 1),
            max_row=max(top, bottom - 1),
            mm_per_column=region.mm_per_column and region.mm_per_column / self.factor[0],
            mm_per_row=region.mm_per_row and region.mm_per_row / self.factor[1],
        )

    def _sources(self, first: int, end: int, *, axis: int, offset: int, size: int) -> NDArray[np.int64]:
        """The place within a mask that each pixel between two comes from; -1 outside."""
        centres = (np.arange(first, end) + 0.5) / self.factor[axis] + self.origin[axis]
        found = np.floor(centres).astype(np.int64) - offset
        return np.where((found >= 0) & (found < size), found, -1)

    def _is_whole(self) -> bool:
        return self.factor == (1.0, 1.0) and all(value == int(value) for value in self.origin)

    def _cut(self, values: NDArray[np.generic], *, fill: float) -> NDArray[np.generic]:
        left, top = (int(value) for value in self.origin)
        made = np.full((self.rows, self.columns, *values.shape[2:]), fill, dtype=values.dtype)
        rows = slice(max(top, 0), min(top + self.rows, values.shape[0]))
        columns = slice(max(left, 0), min(left + self.columns, values.shape[1]))
        if rows.start < rows.stop and columns.start < columns.stop:
            made[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = values[rows, columns]
        return made


def _averaged(values: NDArray[np.float64], edges: NDArray[np.float64], axis: int, fill: float) -> NDArray[np.float64]:
    """The mean between each two edges along an axis, pixels that are cut counting by their part."""
    along = np.moveaxis(values, axis, 0) - fill
    summed = np.concatenate([np.zeros((1, *along.shape[1:])), np.cumsum(along, axis=0)])
    held = np.clip(edges, 0, len(along))
    below = np.minimum(held.astype(np.int64), len(along) - 1)
    part = (held - below).reshape(-1, *[1] * (along.ndim - 1))
    at_edges = summed[below] * (1 - part) + summed[below + 1] * part
    widths = np.diff(edges).reshape(-1, *[1] * (along.ndim - 1))
    return np.asarray(np.moveaxis(np.diff(at_edges, axis=0) / widths, 0, axis) + fill, dtype=np.float64)


def _interpolated(
    values: NDArray[np.float64], edges: NDArray[np.float64], axis: int, fill: float
) -> NDArray[np.float64]:
    """The value in the middle of each two edges along an axis, on the line between the nearest two pixels."""
    along = np.moveaxis(values, axis, 0)
    border = np.full((1, *along.shape[1:]), fill)
    padded = np.concatenate([border, along, border])
    middles = np.clip((edges[:-1] + edges[1:]) / 2 + 0.5, 0, len(along) + 1)
    below = np.minimum(middles.astype(np.int64), len(along))
    part = (middles - below).reshape(-1, *[1] * (along.ndim - 1))
    return np.moveaxis(padded[below] * (1 - part) + padded[below + 1] * part, 0, axis)


def _as_type(values: NDArray[np.generic], dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
    if not np.issubdtype(dtype, np.integer):
        return values.astype(dtype)
    ends = np.iinfo(dtype)  # type: ignore[type-var]
    return np.asarray(np.clip(np.rint(values), ends.min, ends.max), dtype=dtype)
