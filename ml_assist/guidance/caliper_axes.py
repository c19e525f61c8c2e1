"""Calipers that belong together: two are an axis, four are the two axes of one lesion. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.imaging.calibration import length_mm
from annotator.imaging.frame_description import FrameGeometry

Point = tuple[float, float]
# More than three lesions in one picture are not measured with calipers; pairing them all would take for ever.
MOST_CALIPERS = 12
# What an axis that stands alone costs against two that cross: four calipers are one lesion unless that looks odd.
_LONE_AXIS = 0.6
_LEFT_OVER = 10.0


class GuidanceError(ValueError):
    """Points from which no outline can be made; the message says why."""


@dataclass(frozen=True)
class Axis:
    """What lies between two calipers, (column, row) each."""

    start: Point
    end: Point

    @property
    def middle(self) -> NDArray[np.float64]:
        return (np.array(self.start) + np.array(self.end)) / 2

    @property
    def length(self) -> float:
        """In pixels of the picture."""
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    def length_mm(self, geometry: FrameGeometry) -> float | None:
        """In the patient; None where both ends have no common calibration."""
        return length_mm(self.start, self.end, geometry)


@dataclass(frozen=True)
class MeasuredLesion:
    """One lesion as it was measured: one axis, or two, the longer one first."""

    axes: tuple[Axis, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for axis in self.axes for point in (axis.start, axis.end))

    def lengths_mm(self, geometry: FrameGeometry) -> tuple[float, ...] | None:
        """Of its axes, as the machine would print them; None where the picture says no millimetres for one of them."""
        found = [axis.length_mm(geometry) for axis in self.axes]
        known = [one for one in found if one is not None]
        return tuple(known) if len(known) == len(found) else None


def measured_lesions(calipers: ArrayLike) -> list[MeasuredLesion]:
    """Pair calipers to axes, and axes to lesions; the largest lesion first.

    Two axes are one lesion's when they halve each other and stand upright on each other; of all ways to pair the
    calipers, the one that comes nearest to that is taken. One that is left over, where their number is odd, is in no
    lesion.

    Parameters
    ----------
    calipers : (n, 2), column and row.

    Raises
    ------
    GuidanceError : fewer than two, more than 12, or no numbers.

    Source: Buda et al., Ultrasound Med Biol 46 (2020) 415-421, who measured each nodule with two or four calipers.
    """
    points = points_of(calipers)
    if not 2 <= len(points) <= MOST_CALIPERS:
        raise GuidanceError(f"Calipers are paired where there are 2 to {MOST_CALIPERS}, not {len(points)}.")
    places = [(float(column), float(row)) for column, row in points]
    _, lesions = _cheapest(frozenset(range(len(places))), places, {})
    return sorted(lesions, key=lambda lesion: -lesion.axes[0].length)


def points_of(points: ArrayLike) -> NDArray[np.float64]:
    """(n, 2) of finite numbers.

    Raises
    ------
    GuidanceError : they aren't.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2 or not np.isfinite(array).all():
        raise GuidanceError("Points are pairs of numbers, column and row.")
    return array


def two_axes(points: Sequence[Point]) -> tuple[Axis, Axis]:
    """Four calipers as two axes, the longer one first: of the three ways to pair them, the one that crosses best."""
    first, *others = points
    ways = []
    for partner in others:
        rest = [point for point in others if point is not partner]
        axes = (Axis(first, partner), Axis(rest[0], rest[1]))
        ways.append((oddity(*axes), axes))
    _, (one, other) = min(ways, key=lambda way: way[0])
    return (one, other) if one.length >= other.length else (other, one)


def oddity(one: Axis, other: Axis) -> float:
    """0 for axes that halve each other at right angles; the distance of their middles counts against their lengths."""
    mean = (one.length + other.length) / 2
    if one.length == 0 or other.length == 0:
        return _LEFT_OVER
    apart = float(np.linalg.norm(one.middle - other.middle)) / mean
    along = np.subtract(one.end, one.start) @ np.subtract(other.end, other.start)
    return 2 * apart + abs(float(along)) / (one.length * other.length)


_Grouping = tuple[float, tuple[MeasuredLesion, ...]]


def _cheapest(left: frozenset[int], places: list[Point], known: dict[frozenset[int], _Grouping]) -> _Grouping:
    """The cheapest way to divide these calipers into fours, twos and those left over."""
    if not left:
        return 0.0, ()
    if left not in known:
        known[left] = min(_ways(left, places, known), key=lambda way: way[0])
    return known[left]


def _ways(left: frozenset[int], places: list[Point], known: dict[frozenset[int], _Grouping]) -> Iterator[_Grouping]:
    first, *others = sorted(left)
    if len(left) % 2:
        cost, lesions = _cheapest(left - {first}, places, known)
        yield cost + _LEFT_OVER, lesions
    for partner in others:
        cost, lesions = _cheapest(left - {first, partner}, places, known)
        axis = Axis(places[first], places[partner])
        # Among lone axes the shorter ones: calipers of one lesion lie nearer to each other than to another's.
        yield cost + _LONE_AXIS + axis.length * 1e-4, (MeasuredLesion((axis,)), *lesions)
    for three in combinations(others, 3):
        axes = two_axes([places[one] for one in (first, *three)])
        cost, lesions = _cheapest(left - {first, *three}, places, known)
        yield cost + oddity(*axes), (MeasuredLesion(axes), *lesions)
