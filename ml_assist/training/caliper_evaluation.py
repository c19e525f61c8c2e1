"""How well calipers are found: counts, precision, recall, how far beside. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from annotator.statistics.estimates import Estimate, wilson_interval
from ml_assist.inference.calipers import Caliper

# Found is what lies within so many pixels of a caliper.
NEAR = 3.0
# The paper's criterion: boxes of 13 pixels round both centres overlap by half of their union.
BOX, OVERLAP = 13.0, 0.5
Places = NDArray[np.float64]
_LOWEST = 0.1


@dataclass(frozen=True)
class FoundCalipers:
    """What was found on some pictures, held against what is there.

    Attributes
    ----------
    pictures, calipers : how many there are; without : pictures that have none.
    right, wrong, missed : of what was found, and of what is there.
    wrong_without : finds on pictures that have none; wrong_pictures : how many of these have one.
    beside : median and 95th percentile of the distance of right ones, pixels; None where nothing is right.
    """

    criterion: str
    pictures: int
    without: int
    calipers: int
    right: int
    wrong: int
    missed: int
    wrong_without: int
    wrong_pictures: int
    beside: tuple[float, float] | None

    @property
    def precision(self) -> Estimate:
        return wilson_interval(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Estimate:
        return wilson_interval(self.right, self.calipers)

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "pictures": self.pictures,
            "pictures_without": self.without,
            "calipers": self.calipers,
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
            "wrong_on_pictures_without": self.wrong_without,
            "pictures_without_that_got_one": self.wrong_pictures,
            "precision": _estimate(self.precision),
            "recall": _estimate(self.recall),
            "pixels_beside": self.beside and {"median": round(self.beside[0], 2), "p95": round(self.beside[1], 2)},
        }


def judge_finds(
    found: Mapping[str, Sequence[Caliper]],
    known: Mapping[str, Places],
    *,
    criterion: str = "3 pixels",
    unsure: Mapping[str, Places] | None = None,
) -> FoundCalipers:
    """Match finds to calipers, each to one at most, as many as can be.

    Parameters
    ----------
    known : by picture, (n, 2) of column and row, SCOORD; pictures without calipers have none.
    criterion : "3 pixels", or "boxes" for the paper's.
    unsure : places where a find is neither right nor wrong.
    """
    right = wrong = missed = wrong_without = wrong_pictures = 0
    distances: list[float] = []
    for key, places in known.items():
        finds = np.array([(one.column, one.row) for one in found.get(key, ())], np.float64).reshape(-1, 2)
        pairs = _pairs(finds, places, criterion)
        distances += [float(np.hypot(*(finds[one] - places[other]))) for one, other in pairs]
        taken = {one for one, _ in pairs}
        doubtful = np.empty((0, 2)) if unsure is None else unsure.get(key, np.empty((0, 2)))
        spare = [
            at
            for at in range(len(finds))
            if at not in taken and not (np.hypot(*(doubtful - finds[at]).T) <= 2 * NEAR).any()
        ]
        right, wrong, missed = right + len(pairs), wrong + len(spare), missed + len(places) - len(pairs)
        if not len(places):
            wrong_without += len(spare)
            wrong_pictures += bool(spare)
    return FoundCalipers(
        criterion=criterion,
        pictures=len(known),
        without=sum(not len(places) for places in known.values()),
        calipers=sum(len(places) for places in known.values()),
        right=right,
        wrong=wrong,
        missed=missed,
        wrong_without=wrong_without,
        wrong_pictures=wrong_pictures,
        beside=(float(np.median(distances)), float(np.percentile(distances, 95))) if distances else None,
    )


def best_threshold(
    found: Mapping[str, Sequence[Caliper]], known: Mapping[str, Places], *, unsure: Mapping[str, Places] | None = None
) -> float:
    """The score from which on finds are kept: the best F1, and of equals the middle.

    Parameters
    ----------
    found : with a low threshold.
    """
    chosen: list[float] = []
    best = -1.0
    for least in np.arange(_LOWEST, 0.96, 0.05):
        kept = {key: [one for one in finds if one.score >= least] for key, finds in found.items()}
        judged = judge_finds(kept, known, unsure=unsure)
        f1 = 2 * judged.right / max(1, 2 * judged.right + judged.wrong + judged.missed)
        if f1 > best + 1e-9:
            best, chosen = f1, []
        if f1 >= best - 1e-9:
            chosen.append(float(least))
    return round(chosen[len(chosen) // 2], 2)


def strictest_threshold(
    found: Mapping[str, Sequence[Caliper]],
    known: Mapping[str, Places],
    *,
    recall: float,
    unsure: Mapping[str, Places] | None = None,
) -> float:
    """The highest score from which on kept finds are still so many of the calipers; the lowest, where none does.

    Parameters
    ----------
    found : with a low threshold.
    recall : 0 to 1.
    """
    chosen = _LOWEST
    for least in np.arange(_LOWEST, 0.96, 0.01):
        kept = {key: [one for one in finds if one.score >= least] for key, finds in found.items()}
        if (judge_finds(kept, known, unsure=unsure).recall.value or 0.0) >= recall:
            chosen = float(least)
    return round(chosen, 2)


def _pairs(finds: Places, places: Places, criterion: str) -> list[tuple[int, int]]:
    if not len(finds) or not len(places):
        return []
    apart = np.abs(finds[:, None] - places[None])
    if criterion == "boxes":
        shared = np.prod(np.clip(BOX - apart, 0, None), axis=2)
        fits = shared / (2 * BOX**2 - shared) >= OVERLAP
    else:
        fits = np.hypot(apart[..., 0], apart[..., 1]) <= NEAR
    # As many pairs as fit, and of these the nearest.
    cost = np.where(fits, np.hypot(apart[..., 0], apart[..., 1]), 1e6)
    return [(int(one), int(other)) for one, other in zip(*linear_sum_assignment(cost), strict=True) if fits[one, other]]


def _estimate(one: Estimate) -> dict[str, float | None]:
    return {
        name: None if value is None else round(value, 4)
        for name, value in (("value", one.value), ("low", one.low), ("high", one.high))
    }
