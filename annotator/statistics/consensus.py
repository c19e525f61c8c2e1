"""One truth of several readers: majorities of labels, marks joined by overlap, masks by majority. Pure.

Nothing depends on the order in which readers come.
"""

import statistics
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

H = TypeVar("H", bound=Hashable)
# Left, top, right, bottom; and the first and last place of the span, both taken in.
SpannedBox = tuple[float, float, float, float, int, int]


@dataclass(frozen=True)
class Majority(Generic[H]):
    """What most of the voters said.

    Attributes
    ----------
    value : None where nobody voted, or where it is a tie.
    votes : how many said it; of : how many voted.
    tied : the values that came first together, sorted by their text; empty where one came first alone.
    """

    value: H | None
    votes: int
    of: int
    tied: tuple[H, ...] = ()


def majority_of(votes: Sequence[H]) -> Majority[H]:
    """The value with the most votes. A tie is named, never broken."""
    counted = Counter(votes)
    most = max(counted.values(), default=0)
    first = sorted((value for value, count in counted.items() if count == most), key=repr)
    if len(first) == 1:
        return Majority(first[0], most, len(votes))
    return Majority(None, most, len(votes), tuple(first))


def majority_of_choices(votes: Sequence[frozenset[H]]) -> tuple[frozenset[H], frozenset[H]]:
    """Of questions with several choices: each choice by itself.

    Returns
    -------
    The choices that more than half of the voters made, and those that exactly half made.
    """
    counted = Counter(choice for chosen in votes for choice in chosen)
    within = frozenset(choice for choice, count in counted.items() if 2 * count > len(votes))
    return within, frozenset(choice for choice, count in counted.items() if 2 * count == len(votes))


def middle_number(values: Sequence[float]) -> float:
    """The median; of an even number of values the mean of the middle two."""
    return float(statistics.median(values))


def iou_of_boxes(one: SpannedBox, other: SpannedBox) -> float:
    """Intersection over union of two boxes held through their spans of slices; a slice counts 1."""
    common = 1.0
    for axis in (0, 1):
        common *= max(0.0, min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis]))
    common *= max(0, min(one[5], other[5]) - max(one[4], other[4]) + 1)
    total = _size(one) + _size(other) - common
    return common / total if total > 0 else 0.0


def _size(box: SpannedBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) * (box[5] - box[4] + 1)


def join_by_overlap(
    overlap: NDArray[np.float64], readers: Sequence[Hashable], *, least: float
) -> list[tuple[int, ...]]:
    """Put marks of several readers together that show one thing.

    Groups begin as single marks; the two groups whose least alike members are most alike are joined, as long as these
    overlap by `least`; a group never has two marks of one reader (complete linkage under a constraint).

    Parameters
    ----------
    overlap : (n, n), symmetric, 0 to 1. Equal overlaps are taken in the order of the marks: sort these by what they
        are, not by who made them.
    readers : whose each mark is.
    least : above 0.

    Returns
    -------
    Every mark in one group; members ascending, groups by their first member.
    """
    groups: list[list[int]] = [[at] for at in range(len(readers))]
    alike = np.asarray(overlap, dtype=np.float64).copy()
    np.fill_diagonal(alike, -1.0)
    for one in range(len(readers)):
        for other in range(one):
            if readers[one] == readers[other]:
                alike[one, other] = alike[other, one] = -1.0
    alive = np.ones(len(readers), dtype=bool)
    while alive.sum() > 1:
        best = int(np.argmax(alike))
        one, other = sorted(divmod(best, len(readers)))
        if alike[one, other] < least:
            break
        groups[one] += groups[other]
        # Complete linkage: as alike as the least alike of both; -1, not to be joined, stays so.
        joined = np.minimum(alike[one], alike[other])
        alike[one], alike[:, one] = joined, joined
        alike[one, one] = -1.0
        alike[other], alike[:, other] = -1.0, -1.0
        alive[other] = False
    return [tuple(sorted(groups[at])) for at in np.flatnonzero(alive)]


def middle_box(boxes: Sequence[SpannedBox]) -> SpannedBox:
    """The median of every side, and of the ends of the span."""
    sides = [statistics.median(box[side] for box in boxes) for side in range(4)]
    # Between two slices the one that lies further in: it was marked by more.
    first = statistics.median_high([box[4] for box in boxes])
    last = statistics.median_low([box[5] for box in boxes])
    return sides[0], sides[1], sides[2], sides[3], min(first, last), max(first, last)


def majority_mask(masks: Sequence[NDArray[np.bool_]], *, of: int | None = None) -> NDArray[np.bool_]:
    """The pixels that more than half of the readers have in; one that exactly half have is out.

    Parameters
    ----------
    masks : at least one, all of one shape.
    of : how many readers looked, where some of them marked nothing; else as many as there are masks.
    """
    votes = np.zeros(masks[0].shape, dtype=np.int32)
    for mask in masks:
        votes += mask
    return np.asarray(2 * votes > (len(masks) if of is None else of))


def runs_of_places(votes: Mapping[int, int], *, least: int) -> list[tuple[int, int]]:
    """Unbroken runs (first, last) of places that have at least so many votes, in order."""
    runs: list[tuple[int, int]] = []
    for place in sorted(place for place, count in votes.items() if count >= least):
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
