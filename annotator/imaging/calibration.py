"""Millimetres for points of one frame, and where they come from. Without a calibration there are only pixels."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion
from annotator.imaging.geometry import polygon_area

# Machines write a colour box's deltas with the rounding of another float: equal to this part is equal.
SAME_SCALE = 1e-4

CalibrationSource = Literal["UltrasoundRegion", "PixelSpacing", "ImagerPixelSpacing"]


@dataclass(frozen=True)
class Calibration:
    """How large a pixel is under some points.

    Attributes
    ----------
    at_detector : the spacing was measured at the detector, so lengths in the patient are shorter; the reader is told.
    """

    mm_per_column: float
    mm_per_row: float
    source: CalibrationSource
    at_detector: bool = False


def calibration_of(points: ArrayLike, geometry: FrameGeometry) -> Calibration | None:
    """Find the calibration that holds for all of these points.

    An ultrasound region that holds every point wins when it shows tissue in centimetres and no point lies on
    something else that is drawn over it at another scale: another picture, a Doppler or M-mode strip, a bar. Such
    points have no calibration, whatever Pixel Spacing says; points outside every region fall back to it.

    Parameters
    ----------
    points : (n, 2) SCOORD (column, row), at least one.

    Source: DICOM PS3.3 C.8.5.5 (regions; C.8.5.5.1.3: what a measure across overlapping ones may use),
    10.7.1.3 (Pixel Spacing), C.8.11.7 and 10.7.1.1 (at the detector).
    """
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(array) == 0 or not np.isfinite(array).all():
        return None
    governing = [_governing(geometry.regions, column, row) for column, row in array]
    if all(region is None for region in governing):
        return _from_spacing(geometry)
    around_all = [r for r in geometry.regions if all(_holds(r, column, row) for column, row in array)]
    for region in around_all:
        scale = _scale(region)
        if scale is not None and all(one is not None and _same(_scale(one), scale) for one in governing):
            return Calibration(*scale, "UltrasoundRegion")
    return None


def _governing(regions: tuple[UltrasoundRegion, ...], column: float, row: float) -> UltrasoundRegion | None:
    """The region whose pixels are seen at a point: the higher priority, then the smaller, which lies over the larger.

    The outermost edge of a region belongs to its neighbour where there is one.
    """
    inside = [r for r in regions if _holds(r, column, row, edge=0)]
    at = inside or [r for r in regions if _holds(r, column, row)]
    return min(at, key=lambda r: (r.low_priority, _area(r)), default=None)


def _holds(region: UltrasoundRegion, column: float, row: float, *, edge: int = 1) -> bool:
    # Inclusive pixels: the last one ends one further on, an edge that is the region's own unless `edge` is 0.
    right, bottom = region.max_column + 1, region.max_row + 1
    if not (region.min_column <= column <= right and region.min_row <= row <= bottom):
        return False
    return bool(edge) or (column < right and row < bottom)


def _area(region: UltrasoundRegion) -> int:
    return (region.max_column - region.min_column) * (region.max_row - region.min_row)


def _scale(region: UltrasoundRegion) -> tuple[float, float] | None:
    if not (region.spatial and region.mm_per_column and region.mm_per_row):
        return None
    return abs(region.mm_per_column), abs(region.mm_per_row)


def _same(scale: tuple[float, float] | None, other: tuple[float, float]) -> bool:
    return scale is not None and all(abs(a - b) <= SAME_SCALE * b for a, b in zip(scale, other, strict=True))


def _from_spacing(geometry: FrameGeometry) -> Calibration | None:
    if geometry.spacing is None or geometry.spacing_source is None:
        return None
    between_rows, between_columns = geometry.spacing
    if between_rows <= 0 or between_columns <= 0:
        return None
    at_detector = geometry.spacing_source == "ImagerPixelSpacing"
    return Calibration(between_columns, between_rows, geometry.spacing_source, at_detector)


def length_mm(start: ArrayLike, end: ArrayLike, geometry: FrameGeometry) -> float | None:
    """Millimetres between two points of a frame; None when they have no common calibration."""
    ends = np.array([start, end], dtype=np.float64)
    calibration = calibration_of(ends, geometry)
    if calibration is None:
        return None
    columns, rows = ends[1] - ends[0]
    return float(np.hypot(columns * calibration.mm_per_column, rows * calibration.mm_per_row))


def area_mm2(points: ArrayLike, geometry: FrameGeometry) -> float | None:
    """Square millimetres inside a polygon; None when its points have no common calibration."""
    calibration = calibration_of(points, geometry)
    if calibration is None:
        return None
    return polygon_area(points) * calibration.mm_per_column * calibration.mm_per_row


def longest_diameter_mm(points: ArrayLike, geometry: FrameGeometry) -> float | None:
    """The greatest distance between two of these points, in millimetres; None without a common calibration."""
    calibration = calibration_of(points, geometry)
    if calibration is None:
        return None
    placed = np.asarray(points, dtype=np.float64).reshape(-1, 2) * (calibration.mm_per_column, calibration.mm_per_row)
    return float(max(np.linalg.norm(placed - point, axis=1).max() for point in placed))
