"""Calipers that a finder is less sure of, taken where they make a lesion's two axes whole. Pure.

A sonographer sets four calipers round a lesion. Where a network is sure of two or three of them, one that it half sees
at the place where the missing one must stand is far likelier one than the same elsewhere.
"""

from collections.abc import Sequence
from itertools import combinations

from ml_assist.guidance.caliper_axes import measured_lesions, oddity
from ml_assist.guidance.measured_hints import FoundCaliper, measured_hints

# Of 519 lesions with four that people checked, nine in ten have axes that cross less oddly.
_ODDEST = 0.5
_NONE = float("inf")
_AXIS = 2
# Each way that is tried costs a pairing of all: so many of the likeliest, beside at most so many sure ones.
_MOST_TRIED, _MOST_SURE = 4, 6


def completed(sure: Sequence[FoundCaliper], unsure: Sequence[FoundCaliper]) -> list[FoundCaliper]:
    """Those of the unsure ones that, with sure ones, make a lesion of four calipers whose axes cross as axes do.

    Parameters
    ----------
    sure : taken in any case.
    unsure : each may be one; the likeliest are tried, alone before in pairs, and what crosses best is taken.
    """
    taken: list[FoundCaliper] = []
    if not _AXIS <= len(sure) <= _MOST_SURE:
        return taken
    tried = sorted(unsure, key=lambda one: -one.score)[:_MOST_TRIED]
    for count in (1, _AXIS):
        while True:
            left = [one for one in tried if one not in taken]
            ways = [(_oddity_with([*sure, *taken], some), some) for some in combinations(left, count)]
            least, some = min(ways, key=lambda way: way[0], default=(_NONE, ()))
            if least > _ODDEST:
                break
            taken += some
    return taken


def _oddity_with(there: Sequence[FoundCaliper], some: Sequence[FoundCaliper]) -> float:
    """How oddly the axes cross of a whole lesion that has all of the new calipers; beyond any where there is none."""
    added = {one.point for one in some}
    # Doubts about scores are not what is asked here.
    every = [FoundCaliper(one.point, 1.0) for one in (*there, *some)]
    whole = {one.hint.points for one in measured_hints(every) if not one.words}
    lesions = measured_lesions([one.point for one in every])
    return min(
        (
            oddity(*one.axes)
            for one in lesions
            if one.points in whole and len(one.axes) == _AXIS and added <= set(one.points)
        ),
        default=_NONE,
    )
