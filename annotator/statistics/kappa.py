"""Agreement of two readers and of many: percent agreement, Cohen's and Fleiss' kappa. Pure.

Landis and Koch's words for kappas ("substantial") are not given: they have no basis but their authors' opinion.
"""

import math
from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.statistics.estimates import RESAMPLES, Estimate, bootstrap_by_case
from annotator.statistics.ratings import Ratings, value_counts, values_in

_Z95 = 1.959963984540054
ONE_VALUE = "everybody said the same of every case: there is no agreement beyond chance to speak of"


def percent_agreement(ratings: Ratings, *, seed: int = 0, resamples: int = RESAMPLES) -> Estimate:
    """The part of pairs of readers who said the same, averaged over cases, from 0 to 1.

    Cases that fewer than two readers spoke of don't count. Interval: bootstrap by case.
    """
    counts = _of_two_and_more(value_counts(ratings, values_in(ratings)))
    if len(counts) == 0:
        return Estimate(None, why="no case has two readings")
    alike = _pairs_alike(counts)
    return bootstrap_by_case(lambda chosen: float(alike[chosen].mean()), len(alike), seed=seed, resamples=resamples)


def cohens_kappa(
    first: Sequence[Hashable | None],
    second: Sequence[Hashable | None],
    *,
    weights: Literal["linear", "quadratic"] | None = None,
    order: Sequence[Hashable] | None = None,
) -> Estimate:
    """Agreement of two readers beyond chance; 1 is perfect, 0 what chance gives.

    Parameters
    ----------
    first, second : what each said, case by case; cases that one of them said nothing of are left out.
    weights : by how far two values lie apart, for ordered values (Cicchetti-Allison, Fleiss-Cohen).
    order : the values in order; needed with weights, and may name values that nobody said.

    Raises
    ------
    ValueError : weights without an order, or a value that isn't in it.

    Sources: Cohen, Educ Psychol Meas 1960;20:37; weighted: Cohen, Psychol Bull 1968;70:213; the interval: asymptotic,
    Fleiss, Cohen and Everitt, Psychol Bull 1969;72:323, by statsmodels.
    """
    from statsmodels.stats.inter_rater import cohens_kappa as kappa_of_table

    if weights is not None and order is None:
        raise ValueError("Weights go by the order of the values: give it.")
    both = [(one, other) for one, other in zip(first, second, strict=True) if None not in (one, other)]
    if not both:
        return Estimate(None, why="no case was read by both")
    values = list(order) if order is not None else values_in(both)
    place = {value: at for at, value in enumerate(values)}
    table = np.zeros((len(values), len(values)))
    for one, other in both:
        if one not in place or other not in place:
            raise ValueError(f"{one!r} or {other!r} is not among the values {', '.join(map(repr, values))}.")
        table[place[one], place[other]] += 1
    if len({value for pair in both for value in pair}) == 1:
        return Estimate(None, n=len(both), why=ONE_VALUE)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = kappa_of_table(table, wt=weights)
    value, error = float(found.kappa), math.sqrt(max(0.0, float(found.var_kappa)))
    if np.trace(table) == len(both):
        return Estimate(1.0, n=len(both), why="not one case was read differently: the variance gives no interval")
    low, high = max(-1.0, value - _Z95 * error), min(1.0, value + _Z95 * error)
    return Estimate(value, low, high, len(both), "asymptotic (Fleiss, Cohen and Everitt 1969)")


def fleiss_kappa(ratings: Ratings, *, seed: int = 0, resamples: int = RESAMPLES) -> Estimate:
    """Agreement of many readers beyond chance, on values without an order.

    Every case must have as many readings as the others: those with fewer than the most are left out and counted in
    `why`. Where that takes many, Krippendorff's alpha is the one to report. Interval: bootstrap by case.

    Source: Fleiss, Psychol Bull 1971;76:378, by statsmodels.
    """
    from statsmodels.stats.inter_rater import fleiss_kappa as kappa_of_counts

    counts = value_counts(ratings, values_in(ratings))
    said = counts.sum(axis=1)
    most = int(said.max()) if len(said) else 0
    if most < 2:
        return Estimate(None, why="no case has two readings")
    complete = counts[said == most]
    left_out = int((said < most).sum())
    if (complete > 0).any(axis=0).sum() == 1:
        return Estimate(None, n=len(complete), why=ONE_VALUE)

    def figure(chosen: NDArray[np.intp]) -> float:
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(kappa_of_counts(complete[chosen]))

    made = bootstrap_by_case(figure, len(complete), seed=seed, resamples=resamples)
    if not left_out:
        return made
    why = f"{left_out} cases with fewer than {most} readings are left out"
    return Estimate(made.value, made.low, made.high, made.n, made.method, "; ".join(filter(None, (made.why, why))))


def _of_two_and_more(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(counts[counts.sum(axis=1) >= 2])


def _pairs_alike(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    said = counts.sum(axis=1)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (said * (said - 1)))
