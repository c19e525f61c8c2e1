"""From calipers as they were found to a hint a lesion, and how far each may be trusted. Pure.

A finder misses one now and then. What is made of the others must neither be a sure contour of half a lesion nor leave
unsaid what it was made of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml_assist.guidance.caliper_axes import MOST_CALIPERS, Axis, MeasuredLesion, Point, measured_lesions, oddity
from ml_assist.guidance.guide import Hint

# What a score is multiplied with, by the Dice of the shipped network on 82 pictures of the validation side with four:
# 0.92 by all four, 0.88 by three and a guess, 0.87 by one axis, 0.48 by one end of each. See docs/assist.md.
_THREE, _LONE_AXIS, _ASLANT, _ODD, _LEFT_OVER, _TOO_NEAR = 0.6, 0.75, 0.5, 0.6, 0.8, 0.3
# Of 235 pairs of axes that people measured, 99 % cross better than the first, and none is thinner than the second.
_ODDEST, _THINNEST = 0.85, 0.2
# Axes are drawn level or upright: nine of ten lone ones lean less than 0.31.
_LEANS = 0.5
# Which of three are an axis: the lean of each pair, and how far along it the third lies from its middle. Of 940 threes,
# of which 94 % are told right, 99 % come to less than the last.
_LEAN_COUNTS, _NO_LESION = 0.5, 0.4
# Symbols are drawn wider than this; two finds so near are one symbol.
_NEAREST_PX = 12.0
# Below this a caliper is named as doubtful: one in twenty of those that are there is found so unsurely.
_SURE = 0.68


@dataclass(frozen=True)
class FoundCaliper:
    """A caliper's centre, and how sure its finder is, 0 to 1."""

    point: Point
    score: float


@dataclass(frozen=True)
class MeasuredHint:
    """What a network is shown of one lesion.

    Attributes
    ----------
    trust : 0 to 1, to multiply its score with.
    words : why it isn't 1; empty where nothing is to be said.
    """

    hint: Hint
    trust: float
    words: str


def measured_hints(calipers: Sequence[FoundCaliper]) -> list[MeasuredHint]:
    """A hint a measured lesion; none where the calipers measure nothing, or are too many to be measurements.

    Where one of a lesion's four is missing, the other end of its axis is taken to lie as far on the other side.
    """
    if not 2 <= len(calipers) <= MOST_CALIPERS:
        return []
    lesions = measured_lesions([one.point for one in calipers])
    paired = {point for lesion in lesions for point in lesion.points}
    alone = [one.point for one in calipers if one.point not in paired]
    hints = []
    for lesion in lesions:
        three = _of_three(lesion, alone[0], lesions) if alone else None
        hints.append(_judged(three or lesion, calipers, of_three=three is not None))
        if three is not None:
            alone = []
    if alone:
        words = "One more caliper is in no pair; another may be missing."
        hints = [MeasuredHint(one.hint, one.trust * _LEFT_OVER, f"{one.words} {words}".strip()) for one in hints]
    return hints


def _of_three(lesion: MeasuredLesion, alone: Point, lesions: Sequence[MeasuredLesion]) -> MeasuredLesion | None:
    """A lone axis and the caliper that is left over as two axes of one lesion, where that is what they look like."""
    lone = [one for one in lesions if len(one.axes) == 1]
    nearest = min(lone, key=lambda one: float(np.linalg.norm(one.axes[0].middle - alone)), default=None)
    if lesion is not nearest:
        return None
    points = [*lesion.points, alone]
    ways = [(points[at], Axis(*(one for one in points if one is not points[at]))) for at in range(3)]
    third, whole = min(ways, key=lambda way: _unlikeness(*way))
    column, row = (2 * whole.middle - third).tolist()
    other = Axis(third, (column, row))
    axes = (whole, other) if whole.length >= other.length else (other, whole)
    if _unlikeness(third, whole) > _NO_LESION or axes[1].length < _THINNEST * axes[0].length:
        return None
    return MeasuredLesion(axes)


def _judged(lesion: MeasuredLesion, calipers: Sequence[FoundCaliper], *, of_three: bool) -> MeasuredHint:
    doubts: list[tuple[float, str]] = []
    shortest = min(axis.length for axis in lesion.axes)
    if shortest < _NEAREST_PX:
        doubts.append((_TOO_NEAR, f"Two of its calipers lie only {shortest:.0f} pixels apart."))
    elif of_three:
        doubts.append((_THREE, "Made of three calipers; one may be missing, and its place is guessed."))
    elif len(lesion.axes) == 1 and _lean(lesion.axes[0]) > _LEANS:
        doubts.append((_ASLANT, "Made of two calipers that lie aslant: they may belong to two axes."))
    elif len(lesion.axes) == 1:
        doubts.append((_LONE_AXIS, "Made of two calipers; how far it reaches across them is guessed."))
    elif oddity(*lesion.axes) > _ODDEST or shortest < _THINNEST * lesion.axes[0].length:
        doubts.append((_ODD, "Its two axes hardly cross; a caliper may be misplaced or missing."))
    weakest = min(one.score for one in calipers if one.point in lesion.points)
    if weakest < _SURE:
        doubts.append((weakest / _SURE, f"One of its calipers is uncertain ({100 * weakest:.0f} %)."))
    trust = float(np.prod([one for one, _ in doubts]))
    return MeasuredHint(Hint("calipers", lesion.points), trust, " ".join(words for _, words in doubts))


def _unlikeness(third: Point, whole: Axis) -> float:
    """0 where an axis is level or upright and a third point stands over its middle."""
    if whole.length == 0:
        return float("inf")
    direction = np.subtract(whole.end, whole.start)
    along = abs(float(np.subtract(third, whole.middle) @ direction)) / whole.length**2
    return along + _LEAN_COUNTS * _lean(whole)


def _lean(axis: Axis) -> float:
    """The shorter of an axis's columns and rows by the longer: 0 level or upright, 1 halfway between."""
    across, down = np.abs(np.subtract(axis.end, axis.start)).tolist()
    longer = max(across, down)
    return float(min(across, down) / longer) if longer else 0.0
