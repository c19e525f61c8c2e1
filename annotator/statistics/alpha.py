"""Krippendorff's alpha: agreement of any number of readers, also where readings are missing. Pure."""

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.statistics.estimates import RESAMPLES, Estimate, bootstrap_by_case
from annotator.statistics.kappa import ONE_VALUE
from annotator.statistics.ratings import Ratings, value_counts, values_in

Level = Literal["nominal", "ordinal", "interval"]


def krippendorffs_alpha(
    ratings: Ratings,
    *,
    level: Level = "nominal",
    order: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """1 minus the disagreement seen by the disagreement that chance gives; 1 is perfect, 0 chance.

    Cases with fewer than two readings say nothing and are left out; of the others every reading counts.
    Interval: bootstrap by case.

    Parameters
    ----------
    level : "ordinal" values have an order, "interval" values are numbers whose differences mean something.
    order : the values in order, for ordinal ones that aren't numbers.

    Raises
    ------
    ValueError : ordinal values that are no numbers without an order, a value that isn't in it, or interval values
        that are no numbers.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011; Content Analysis, 4th ed. 2018, ch. 12; by
    the package krippendorff.
    """
    import krippendorff

    found = values_in(ratings)
    are_numbers = all(isinstance(value, int | float) for value in found)
    if level == "interval" and not are_numbers:
        raise ValueError("Only numbers have intervals.")
    if level == "ordinal" and order is None and not are_numbers:
        raise ValueError("Values that are no numbers need their order.")
    values = list(order) if order is not None else found
    counts = value_counts(ratings, values)
    counts = counts[counts.sum(axis=1) >= 2]
    if len(counts) == 0:
        return Estimate(None, why="no case has two readings")
    if (counts > 0).any(axis=0).sum() == 1:
        return Estimate(None, n=len(counts), why=ONE_VALUE)
    domain = np.asarray(values, dtype=np.float64) if level == "interval" else np.arange(len(values))

    def figure(chosen: NDArray[np.intp]) -> float:
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(
                krippendorff.alpha(value_counts=counts[chosen], value_domain=domain, level_of_measurement=level)
            )

    return bootstrap_by_case(figure, len(counts), seed=seed, resamples=resamples)
