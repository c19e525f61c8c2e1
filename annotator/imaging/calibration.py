"""Millimetres for points of one frame, and where they come from. Without a calibration there are only pixels."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion
from annotator.imaging.geometry import polygon_area

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

    An ultrasound region that holds every point wins when it shows tissue in centimetres. Points in regions that
    don't agree, or in a Doppler or M-mode region, have no calibration, whatever Pixel Spacing says; points
    outside every region fall back to Pixel Spacing.

    Parameters
    ----------
    points : (n, 2) SCOORD (column, row), at least one.

    Source: DICOM PS3.3 C.8.5.5 (regions), 10.7.1.3 (Pixel Spacing), C.8.11.7 and 10.7.1.1 (at the detector).
    """
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(array) == 0 or not np.isfinite(array).all():
        return None
    around_all = [r for r in geometry.regions if all(_holds(r, column, row) for column, row in array)]
    calibrated = [r for r in around_all if r.spatial and r.mm_per_column and r.mm_per_row]
    if calibrated:
        # A small picture laid over a large one is what the points are on.
        region = min(calibrated, key=lambda r: (r.max_column - r.min_column) * (r.max_row - r.min_row))
        return Calibration(abs(region.mm_per_column or 0.0), abs(region.mm_per_row or 0.0), "UltrasoundRegion")
    if any(_holds(r, column, row) for r in geometry.regions for column, row in array):
        return None
    return _from_spacing(geometry)


def _holds(region: UltrasoundRegion, column: float, row: float) -> bool:
    # Inclusive pixels: the last one ends one further on.
    return region.min_column <= column <= region.max_column + 1 and region.min_row <= row <= region.max_row + 1


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
