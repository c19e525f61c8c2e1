"""Lengths that a scanner printed, held against what its calipers measure. Pure.

The lengths are read off the pixels elsewhere (inference/printed_length_reader.py), or given: a header, a transcript.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from annotator.imaging.calibration import calibration_of
from annotator.imaging.frame_description import FrameGeometry
from ml_assist.guidance.caliper_axes import Axis

# "8.2mm", "D 15.7MM", "1,25 cm"; a number without a unit is no length.
_LENGTH = re.compile(r"(?<![\d.,])(\d{1,4})(?:[.,](\d{1,3}))?\s*(mm|cm)(?![A-Za-z0-9²2])", re.IGNORECASE)
# A caliper's centre is found to within a pixel, at either end.
_PLACING = 1.0
# Axes that say the same scale: what is printed has three digits at most, and pixels are rarely quite square.
SAME_SCALE = 0.05
# A printed length so many times longer or shorter than an axis is of something else, unless all are by one factor.
_OF_SOMETHING_ELSE = 2.0


class LengthState(StrEnum):
    """What came of comparing; `NOT_COMPARED`: no printed length is surely this axis's."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_COMPARED = "not_compared"
    NOT_CALIBRATED = "not_calibrated"


@dataclass(frozen=True)
class PrintedLength:
    """A length as it is printed, and how much its last digit counts, both in millimetres."""

    mm: float
    step_mm: float


@dataclass(frozen=True)
class ComparedLength:
    """One axis beside the printed length that is its own.

    Attributes
    ----------
    measured_mm : None where the picture says no millimetres.
    placing_mm : how far its ends may lie beside their marks, a pixel each; None without a measure.
    printed : None where none is surely this axis's.
    """

    axis: Axis
    measured_mm: float | None
    placing_mm: float | None = None
    printed: PrintedLength | None = None

    @property
    def tolerance_mm(self) -> float | None:
        """The ends', and half of the last printed digit; None where there is nothing to compare."""
        return None if self.placing_mm is None or self.printed is None else self.placing_mm + self.printed.step_mm / 2

    @property
    def difference_mm(self) -> float | None:
        """Measured less printed; None where either is missing."""
        if self.measured_mm is None or self.printed is None:
            return None
        return self.measured_mm - self.printed.mm

    @property
    def state(self) -> LengthState:
        if self.measured_mm is None:
            return LengthState.NOT_CALIBRATED
        if self.difference_mm is None or self.tolerance_mm is None:
            return LengthState.NOT_COMPARED
        agrees = abs(self.difference_mm) <= self.tolerance_mm + 1e-9
        return LengthState.AGREES if agrees else LengthState.DIFFERS

    @property
    def words(self) -> str:
        """For people, one line."""
        if self.measured_mm is None:
            printed = f"{_said(self.printed)} mm printed, " if self.printed else ""
            return f"{printed}{self.axis.length:.0f} pixels"
        if self.printed is None or self.difference_mm is None:
            return f"{self.measured_mm:.1f} mm measured"
        both = f"{self.measured_mm:.1f} mm measured, {_said(self.printed)} mm printed"
        if self.state is LengthState.AGREES:
            return both
        part = 100 * abs(self.difference_mm) / self.printed.mm
        more = "more" if self.difference_mm > 0 else "less"
        return f"{both}: {abs(self.difference_mm):.1f} mm ({part:.0f} %) {more}"


@dataclass(frozen=True)
class PictureLengths:
    """A picture's axes, longest first, and what is printed in it besides.

    Attributes
    ----------
    others : printed lengths that are surely no axis's.
    words : what is to be said of all of them; empty where nothing is.
    """

    axes: tuple[ComparedLength, ...]
    others: tuple[PrintedLength, ...]
    words: str


def lengths_in(text: str) -> tuple[PrintedLength, ...]:
    """The lengths in a line of print, in its order; areas, and what is 0, are none."""
    found = (length_of(*parts) for parts in _LENGTH.findall(text))
    return tuple(length for length in found if length.mm > 0)


def length_of(whole: str, fraction: str, unit: str) -> PrintedLength:
    """A number as it is printed, before and behind its point, and "mm" or "cm"."""
    scale = 10.0 if unit.lower() == "cm" else 1.0
    # Ten times 1.23 is not 12.3 in binary.
    mm = round(float(f"{whole}.{fraction or 0}") * scale, 4)
    return PrintedLength(mm, round(scale * 10.0 ** -len(fraction), 4))


def compare_lengths(
    axes: Sequence[Axis], printed: Sequence[PrintedLength] | None, geometry: FrameGeometry, *, surely_all: bool = True
) -> PictureLengths:
    """Each axis beside the printed length that is its own, each length once.

    Agreement is told of whatever agrees. That something differs is told only where there are as many lengths as axes,
    none of them beyond reason: else a length that could not be read, a depth or another picture's is the likelier
    explanation. Where the picture isn't calibrated, lengths go to axes by their order, and only if all say one scale.

    Parameters
    ----------
    printed : None where nobody looked.
    surely_all : no caliper is missing; where one may be, an axis may join the wrong two, and nothing is told to differ.
    """
    longest_first = sorted(axes, key=lambda axis: -axis.length)
    compared = [_measured(axis, geometry) for axis in longest_first]
    lengths = sorted(printed or (), key=lambda one: -one.mm)
    if any(one.measured_mm is None for one in compared):
        own: dict[int, PrintedLength] = {}
        if surely_all and mm_per_pixel_of(longest_first, lengths) is not None:
            own = dict(enumerate(lengths))
    else:
        own = _own_lengths(compared, lengths, may_differ=surely_all and len(lengths) == len(compared))
    beside = tuple(replace(one, printed=own.get(at)) for at, one in enumerate(compared))
    left = list(lengths)
    for length in own.values():
        left.remove(length)
    return PictureLengths(beside, tuple(left), _words_of_all(beside, left, looked=printed is not None))


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


def _own_lengths(
    compared: Sequence[ComparedLength], lengths: Sequence[PrintedLength], *, may_differ: bool
) -> dict[int, PrintedLength]:
    """By the place of an axis in `compared`; both are sorted, the longest first."""
    if not lengths:
        return {}
    # The web process compares too, and seldom.
    from scipy.optimize import linear_sum_assignment

    measured = [one.measured_mm or 0.0 for one in compared]
    cost = np.abs(np.subtract.outer(np.array(measured), np.array([one.mm for one in lengths])))
    rows, columns = linear_sum_assignment(cost)
    # Of two ways that differ as little, the one that keeps their order.
    by_length = sorted((int(row) for row in rows), key=lambda at: -measured[at])
    pairs = dict(zip(by_length, sorted((lengths[int(at)] for at in columns), key=lambda one: -one.mm), strict=True))
    factors = [measured[at] / length.mm for at, length in pairs.items()]
    alike = len(factors) > 1 and min(factors) > 0 and max(factors) <= min(factors) * (1 + SAME_SCALE)
    own = {}
    for at, length in pairs.items():
        factor = measured[at] / length.mm
        agrees = replace(compared[at], printed=length).state is LengthState.AGREES
        believable = alike or 1 / _OF_SOMETHING_ELSE <= factor <= _OF_SOMETHING_ELSE
        if agrees or (may_differ and believable):
            own[at] = length
    return own


def _measured(axis: Axis, geometry: FrameGeometry) -> ComparedLength:
    calibration = calibration_of([axis.start, axis.end], geometry)
    mm = axis.length_mm(geometry)
    if mm is None or calibration is None:
        return ComparedLength(axis, None)
    return ComparedLength(axis, mm, 2 * _PLACING * max(calibration.mm_per_column, calibration.mm_per_row))


def _words_of_all(beside: Sequence[ComparedLength], left: Sequence[PrintedLength], *, looked: bool) -> str:
    words = []
    if any(one.state is LengthState.NOT_CALIBRATED for one in beside):
        words.append("This picture isn't calibrated: pixels, no millimetres.")
    differing = [one for one in beside if one.state is LengthState.DIFFERS]
    if differing:
        factors = [one.measured_mm / one.printed.mm for one in beside if one.measured_mm and one.printed]
        if len(differing) == len(beside) > 1 and max(factors) <= min(factors) * (1 + SAME_SCALE):
            mean = float(np.mean(factors))
            words.append(f"All are {mean:.2f} times what is printed: the picture's calibration may be wrong.")
        else:
            words.append("A caliper may lie beside its mark, or the calibration may be wrong.")
    if left:
        said = ", ".join(f"{_said(one)} mm" for one in left)
        words.append(f"Printed in the picture, not surely of these calipers: {said}.")
    if looked and not left and not any(one.printed for one in beside):
        words.append("No printed length was read.")
    return " ".join(words)


def _said(printed: PrintedLength) -> str:
    """With the digits that are printed."""
    return f"{printed.mm:.{max(0, round(-np.log10(printed.step_mm)))}f}"
