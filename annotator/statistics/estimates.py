"""A figure with its interval, and two ways to an interval: Wilson's for a proportion, the bootstrap by case. Pure."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
# Of the resamples so many may leave a figure undefined (no positive case among them); with more there is no interval.
_UNDEFINED_AT_MOST = 0.05
# Below this an interval by resampling is too short to be believed.
FEWEST_CASES = 10
# Below this resampling says nothing.
FEWEST_TO_RESAMPLE = 5


@dataclass(frozen=True)
class Estimate:
    """A figure from a sample and its 95 % interval.

    Attributes
    ----------
    value : None where the sample doesn't define it; `why` then says why.
    low, high : None where there is no interval.
    n : how many the figure rests on: cases, or reads where a figure is about one reader.
    method : how the interval came about, as one would write it into a paper.
    why : what is missing or to be minded, in words; "" where nothing is.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    method: str = ""
    why: str = ""


def wilson_interval(successes: int, total: int) -> Estimate:
    """A proportion with Wilson's score interval, 95 %, without continuity correction.

    Raises
    ------
    ValueError : more successes than trials, or fewer than none.

    Source: Wilson 1927; Newcombe, Statistics in Medicine 1998;17:857, method 3.
    """
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} of {total} is no proportion.")
    if total == 0:
        return Estimate(None, why="there is nothing to count")
    from scipy.stats import binomtest

    interval = binomtest(successes, total).proportion_ci(0.95, method="wilson")
    # Rounding leaves 1e-17 where the interval ends at 0.
    low = 0.0 if successes == 0 else float(interval.low)
    high = 1.0 if successes == total else float(interval.high)
    return Estimate(successes / total, low, high, total, "Wilson")


def bootstrap_by_case(
    figure: Callable[[NDArray[np.intp]], float], cases: int, *, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """A figure with a percentile interval, 95 %: cases are drawn again with replacement, all their readings with them.

    Readings of one case are alike, so that intervals that take them for independent are too short. The readers are
    held as they are: nothing is said about other readers.

    Parameters
    ----------
    figure : of chosen cases (indices, some more than once); NaN where these don't define it.
    seed : the same one gives the same interval.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3; by clusters: Field and Welsh,
    J R Stat Soc B 2007;69:369.
    """
    if cases == 0:
        return Estimate(None, why="there is no case to count")
    value = figure(np.arange(cases))
    if math.isnan(value):
        return Estimate(None, n=cases, why="these cases don't define it")
    if cases < FEWEST_TO_RESAMPLE:
        return Estimate(value, n=cases, why=f"{cases} case{'s' if cases > 1 else ''}: too few for an interval")
    random = np.random.default_rng(seed)
    drawn = np.array([figure(random.integers(0, cases, cases)) for _ in range(resamples)])
    if np.isnan(drawn).mean() > _UNDEFINED_AT_MOST:
        return Estimate(value, n=cases, why="too few cases for an interval")
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    if low == high:
        # All right, say: resampling can't see what could have been otherwise, and no width would be a false certainty.
        return Estimate(value, n=cases, why="every resample gives the same: there is no interval to be had from it")
    why = f"{cases} cases: the interval is too short" if cases < FEWEST_CASES else ""
    return Estimate(value, float(low), float(high), cases, f"bootstrap by case, {resamples} resamples", why)
