"""What must be said of slices before they are taken for one even volume: gaps, tilt, repeated places, numbers left out.

Pure. Positions are of the slices' centres of the first pixel, in patient millimetres (LPS).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# A step that differs from the usual one by more than this part of it is uneven.
UNEVEN = 0.1
# Two slices nearer than this lie at one place.
SAME_PLACE_MM = 0.01
# Rounded positions of few thin slices make up to half a degree.
SMALLEST_TILT_DEGREES = 1.0
# With this part of all steps uneven there are no gaps in an even stack any more: it is uneven throughout.
UNEVEN_THROUGHOUT = 0.34
LISTED = 4

Vector = tuple[float, float, float]
Orientation = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class SlicePlace:
    """Where one slice lies, as its header says; None where it says nothing."""

    position: Vector | None
    orientation: Orientation | None
    number: int | None = None
    gantry_tilt: float | None = None


@dataclass(frozen=True)
class Gap:
    """A step that is longer than the usual one.

    Attributes
    ----------
    after : the slice before it, counted from 1 in reading order.
    missing : how many slices fit in, 0 where none fit evenly.
    """

    after: int
    millimetres: float
    missing: int


@dataclass(frozen=True)
class StackChecks:
    """What was found in slices that stand in reading order.

    Attributes
    ----------
    usual_step : millimetres along the normal between neighbours; None with fewer than two places.
    shortest_step, longest_step : of neighbours at different places.
    uneven_throughout : too many steps differ for the rest to be called gaps; `gaps` is empty then.
    tilt_degrees : between the normal and the line along which the slices lie; None with fewer than three places.
    header_tilt : Gantry/Detector Tilt, degrees.
    repeated : places that hold more than one slice.
    missing_numbers : instance numbers left out, asked only where positions are not known.
    placed : whether every slice has a position.
    """

    usual_step: float | None = None
    shortest_step: float | None = None
    longest_step: float | None = None
    gaps: tuple[Gap, ...] = ()
    uneven_throughout: bool = False
    tilt_degrees: float | None = None
    header_tilt: float | None = None
    repeated: int = 0
    missing_numbers: tuple[int, ...] = ()
    placed: bool = True


def common_normal(orientations: Sequence[Orientation]) -> Vector | None:
    """The unit normal (row x column cosines) of slices that are parallel but for rounding, whatever their order.

    Each slice's own normal would do for one slice; half a metre from the origin, the rounding of two orientations
    makes millimetres of difference.

    Source: DICOM PS3.3 C.7.6.2.1.1.
    """
    normals = [_cross(orientation) for orientation in orientations]
    if not normals:
        return None
    # fsum is exact: the same slices in another order give the same bits.
    total = (math.fsum(n[0] for n in normals), math.fsum(n[1] for n in normals), math.fsum(n[2] for n in normals))
    length = math.hypot(*total)
    return (total[0] / length, total[1] / length, total[2] / length) if length else None


def along(normal: Vector, position: Vector) -> float:
    """Millimetres of a position along a unit normal."""
    return math.fsum(n * p for n, p in zip(normal, position, strict=True))


def check_stack(slices: Sequence[SlicePlace]) -> StackChecks:
    """Look for what makes a stack other than an even pile of slices; they come in reading order."""
    normal = common_normal([one.orientation for one in slices if one.orientation is not None])
    positions = [one.position for one in slices if one.position is not None and one.orientation is not None]
    header_tilt = next((one.gantry_tilt for one in slices if one.gantry_tilt), None)
    if normal is None or len(positions) < len(slices):
        return StackChecks(header_tilt=header_tilt, missing_numbers=_missing_numbers(slices), placed=False)
    heights = [along(normal, position) for position in positions]
    # The last slice of each place stands for it.
    places = [at for at, height in enumerate(heights) if at + 1 == len(heights) or _apart(height, heights[at + 1])]
    steps = [(before, heights[after] - heights[before]) for before, after in pairwise(places)]
    if not steps:
        return StackChecks(header_tilt=header_tilt, repeated=int(len(heights) > 1))
    usual = _usual([step for _, step in steps])
    uneven = [(before, step) for before, step in steps if abs(step - usual) > UNEVEN * usual]
    throughout = len(uneven) > max(1, UNEVEN_THROUGHOUT * len(steps)) and len(steps) > 2
    return StackChecks(
        usual_step=usual,
        shortest_step=min(step for _, step in steps),
        longest_step=max(step for _, step in steps),
        gaps=() if throughout else tuple(_gap(before + 1, step, usual) for before, step in uneven if step > usual),
        uneven_throughout=throughout or any(step < usual for _, step in uneven),
        tilt_degrees=_tilt(normal, positions[places[0]], positions[places[-1]]) if len(places) > 2 else None,
        header_tilt=header_tilt,
        repeated=_repeated(heights),
    )


def words_of(checks: StackChecks, *, modality: str) -> list[str]:
    """What the reader is told, a sentence each; nothing for an even stack."""
    said = []
    if checks.repeated:
        places = "one place" if checks.repeated == 1 else f"{checks.repeated} places"
        said.append(f"Several slices lie at the same place ({places}): more than one acquisition may be mixed here.")
    if checks.gaps:
        said.append(_gap_words(checks))
    if checks.uneven_throughout and checks.shortest_step is not None and checks.longest_step is not None:
        said.append(
            f"The slices are unevenly spaced, {checks.shortest_step:.1f} to {checks.longest_step:.1f} mm apart."
        )
    if checks.missing_numbers:
        said.append(f"Without positions, in the order of their numbers; {_number_words(checks.missing_numbers)}.")
    # Between views of a breast or planes of the heart the word would mean nothing.
    if modality in ("CT", "MR", "PT"):
        said += _tilt_words(checks, modality)
    return said


def _gap_words(checks: StackChecks) -> str:
    gaps, usual = checks.gaps, checks.usual_step or 0.0
    listed = ", ".join(f"{gap.after} and {gap.after + 1} ({gap.millimetres:.1f} mm)" for gap in gaps[:LISTED])
    more = f" and {len(gaps) - LISTED} more" if len(gaps) > LISTED else ""
    missing = sum(gap.missing for gap in gaps)
    said = f"{'Gap' if len(gaps) == 1 else 'Gaps'} between slices {listed}{more}, usually {usual:.1f} mm"
    if missing and all(gap.missing for gap in gaps):
        said += f": {missing} {'slice is' if missing == 1 else 'slices are'} missing"
    return said + "."


def _number_words(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return f"number {numbers[0]} is missing"
    listed = ", ".join(str(number) for number in numbers[:LISTED])
    return f"numbers {listed}{' and more' if len(numbers) > LISTED else ''} are missing"


def _tilt_words(checks: StackChecks, modality: str) -> list[str]:
    tilt, header = checks.tilt_degrees, checks.header_tilt
    what = "Gantry tilt" if modality == "CT" else "Slices shifted sideways by"
    if tilt is not None and tilt >= SMALLEST_TILT_DEGREES:
        differs = header is not None and abs(abs(header) - tilt) > SMALLEST_TILT_DEGREES
        told = f" (the header says {abs(header):.1f}°)" if differs and header is not None else ""
        return [f"{what} {tilt:.1f}°{told}: each slice is shifted against the one before it."]
    if header is not None and abs(header) >= SMALLEST_TILT_DEGREES:
        place = "" if tilt is None else ", though the slices lie straight above each other"
        return [f"The header gives a gantry tilt of {abs(header):.1f}°{place}."]
    return []


def _cross(orientation: Orientation) -> Vector:
    a, b, c, d, e, f = orientation
    return b * f - c * e, c * d - a * f, a * e - b * d


def _apart(height: float, other: float) -> bool:
    return abs(other - height) > SAME_PLACE_MM


def _usual(steps: Sequence[float]) -> float:
    # The lower one of two middles: of a step and a gap, the step.
    return sorted(steps)[(len(steps) - 1) // 2]


def _gap(after: int, step: float, usual: float) -> Gap:
    times = step / usual
    whole = abs(times - round(times)) <= UNEVEN * 2
    return Gap(after=after, millimetres=step, missing=round(times) - 1 if whole else 0)


def _tilt(normal: Vector, first: Vector, last: Vector) -> float:
    line = (last[0] - first[0], last[1] - first[1], last[2] - first[2])
    # By the tangent: the cosine of a small angle has lost its digits.
    forward = along(normal, line)
    aside = math.sqrt(max(0.0, math.fsum(one * one for one in line) - forward * forward))
    return math.degrees(math.atan2(aside, abs(forward)))


def _repeated(heights: Sequence[float]) -> int:
    together = [not _apart(before, after) for before, after in pairwise(heights)]
    return sum(same and (at == 0 or not together[at - 1]) for at, same in enumerate(together))


def _missing_numbers(slices: Sequence[SlicePlace]) -> tuple[int, ...]:
    numbers = sorted({one.number for one in slices if one.number is not None})
    if len(numbers) < 2 or numbers[-1] - numbers[0] > 4 * len(numbers):
        return ()  # numbers that don't count pictures
    return tuple(number for before, after in pairwise(numbers) for number in range(before + 1, after))
