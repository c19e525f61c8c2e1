"""How large a mark is in the patient, where the frame's calibration says so. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.annotations.shapes import CLOSED_KINDS, area_of, lengths_of, outline_of
from annotator.imaging.calibration import Calibration, calibration_of, longest_diameter_mm
from annotator.imaging.frame_description import FrameGeometry


@dataclass(frozen=True)
class Measured:
    """Millimetres; None where there is nothing to measure or no calibration."""

    lengths_mm: tuple[float, ...] | None = None
    longest_mm: float | None = None
    area_mm2: float | None = None
    calibration: str | None = None


def measure(
    kind: str, points: Sequence[Sequence[float]], mask: dict[str, list[int]] | None, geometry: FrameGeometry
) -> Measured:
    """A mark's lengths, greatest diameter and area.

    A mask's greatest diameter is its box's diagonal, which is an upper bound.
    """
    # A point and an arrow have no size; a label of slices has no points.
    if not points or kind in ("point", "arrow", "slices", "angle"):
        return Measured()
    found = calibration_of(points, geometry)
    if found is None:
        return Measured()
    scale = (found.mm_per_column, found.mm_per_row)
    lengths = tuple(round(one, 4) for one in lengths_of(kind, points, scale=scale)) or None
    area = area_of(kind, points, mask, scale=scale)
    return Measured(
        lengths_mm=lengths,
        longest_mm=_longest(kind, points, lengths, geometry, found),
        area_mm2=None if area is None else round(area, 4),
        calibration=found.source,
    )


def _longest(
    kind: str,
    points: Sequence[Sequence[float]],
    lengths: tuple[float, ...] | None,
    geometry: FrameGeometry,
    found: Calibration,
) -> float | None:
    if lengths:
        return lengths[0]
    if kind not in CLOSED_KINDS:
        return None
    if kind == "box":
        (left, top), (right, bottom) = points
        width, height = abs(right - left) * found.mm_per_column, abs(bottom - top) * found.mm_per_row
        return round(max(width, height), 4)
    diameter = longest_diameter_mm(outline_of(kind, points), geometry)
    return None if diameter is None else round(diameter, 4)
