"""Lengths that a scanner printed, held against what its calipers measure. Pure.

Printed text is given (a header, somebody's transcript): nothing here reads it off the pixels.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from annotator.imaging.calibration import calibration_of
from annotator.imaging.frame_description import FrameGeometry
from ml_assist.guidance.caliper_axes import Axis

# "8.2mm", "D 15.7MM", "1,25 cm"; a number without a unit is no length.
_LENGTH = re.compile(r"(?<![\d.,])(\d{1,4})(?:[.,](\d{1,3}))?\s*(mm|cm)(?![A-Za-z0-9²2])", re.IGNORECASE)
# A caliper's centre is found to within a pixel, at either end.
_PLACING = 1.0
# Axes that say the same scale: what is printed has three digits at most, and pixels are rarely quite square.
SAME_SCALE = 0.05


@dataclass(frozen=True)
class PrintedLength:
    """A length as it is printed, and how much its last digit counts, both in millimetres."""

    mm: float
    step_mm: float


@dataclass(frozen=True)
class ComparedLength:
    """One axis beside the printed length that fits it best.

    Attributes
    ----------
    measured_mm : None where the picture says no millimetres.
    printed : None where no printed length is left for this axis.
    difference_mm : measured less printed; None where either is missing.
    tolerance_mm : half of the last digit, and a pixel at each end; None without a measure.
    """

    axis: Axis
    measured_mm: float | None
    printed: PrintedLength | None
    difference_mm: float | None
    tolerance_mm: float | None

    @property
    def agrees(self) -> bool | None:
        """None where there is nothing to compare."""
        if self.difference_mm is None or self.tolerance_mm is None:
            return None
        return abs(self.difference_mm) <= self.tolerance_mm + 1e-9

    @property
    def words(self) -> str:
        """For people, one line."""
        if self.measured_mm is None:
            return f"{self.axis.length:.0f} pixels; the picture isn't calibrated" + (
                f", {self.printed.mm:g} mm is printed" if self.printed else ""
            )
        if self.printed is None or self.difference_mm is None:
            return f"{self.measured_mm:.1f} mm; no length is printed for it"
        if self.agrees:
            return f"{self.measured_mm:.1f} mm, as printed ({self.printed.mm:g} mm)"
        part = 100 * abs(self.difference_mm) / self.printed.mm
        return (
            f"{self.measured_mm:.1f} mm, but {self.printed.mm:g} mm is printed: "
            f"{abs(self.difference_mm):.1f} mm ({part:.0f} %) {'more' if self.difference_mm > 0 else 'less'}"
        )


def lengths_in(text: str) -> tuple[PrintedLength, ...]:
    """The lengths in a line of print, in its order; areas, and what is 0, are none."""
    found = []
    for whole, fraction, unit in _LENGTH.findall(text):
        scale = 10.0 if unit.lower() == "cm" else 1.0
        length = PrintedLength(float(f"{whole}.{fraction or 0}") * scale, scale * 10.0 ** -len(fraction))
        if length.mm > 0:
            found.append(length)
    return tuple(found)


def compare_lengths(
    axes: Sequence[Axis], printed: Sequence[PrintedLength], geometry: FrameGeometry
) -> tuple[ComparedLength, ...]:
    """Each axis beside a printed length, each length once: the pairing that differs least on the whole.

    Where the picture isn't calibrated the longest axis goes with the longest length, and nothing is compared.
    """
    measured = [axis.length_mm(geometry) for axis in axes]
    sizes = [axis.length if mm is None else mm for axis, mm in zip(axes, measured, strict=True)]
    if any(mm is None for mm in measured):
        # Pixels beside millimetres: only their order can say which is which.
        sizes = [axis.length for axis in axes]
        by_size = sorted(range(len(axes)), key=lambda at: -sizes[at])
        longest_first = sorted(printed, key=lambda one: -one.mm)
        partner = dict(zip(by_size, longest_first, strict=False))
    else:
        cost = np.abs(np.subtract.outer(np.array(sizes), np.array([one.mm for one in printed])))
        rows, columns = linear_sum_assignment(cost) if cost.size else ((), ())
        partner = {int(row): printed[int(column)] for row, column in zip(rows, columns, strict=True)}
    return tuple(
        _compared(axis, mm, partner.get(at), geometry) for at, (axis, mm) in enumerate(zip(axes, measured, strict=True))
    )


def mm_per_pixel_of(axes: Sequence[Axis], printed: Sequence[PrintedLength]) -> float | None:
    """What a pixel is by the printed lengths of a picture that says no millimetres itself.

    None where axes and lengths aren't as many, or contradict each other by more than `SAME_SCALE`: then a length
    belongs to something else, or an axis was paired wrongly.
    """
    if not axes or len(axes) != len(printed):
        return None
    sizes, lengths = sorted(axis.length for axis in axes), sorted(one.mm for one in printed)
    if sizes[0] <= 0:
        return None
    scales = [mm / pixels for mm, pixels in zip(lengths, sizes, strict=True)]
    return float(np.mean(scales)) if max(scales) <= min(scales) * (1 + SAME_SCALE) else None


def _compared(
    axis: Axis, measured: float | None, printed: PrintedLength | None, geometry: FrameGeometry
) -> ComparedLength:
    calibration = calibration_of([axis.start, axis.end], geometry)
    if measured is None or calibration is None:
        return ComparedLength(axis, None, printed, None, None)
    tolerance = 2 * _PLACING * max(calibration.mm_per_column, calibration.mm_per_row)
    if printed is None:
        return ComparedLength(axis, measured, None, None, tolerance)
    return ComparedLength(axis, measured, printed, measured - printed.mm, tolerance + printed.step_mm / 2)
