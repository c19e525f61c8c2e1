"""How long readings took. Pure.

Times are skewed to the long side, so that they are summed up by their median and quartiles, not by a mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TimeSummary:
    """Seconds; the quartiles are None without any reading.

    Quartiles lie between neighbouring values in proportion (Hyndman and Fan, Am Stat 1996;50:361, type 7).
    """

    n: int
    median: float | None = None
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    shortest: float | None = None
    longest: float | None = None


def summary_of_times(seconds: Sequence[float | None]) -> TimeSummary:
    """The median, the quartiles and the ends; readings whose time isn't known are left out.

    Raises
    ------
    ValueError : a time below zero.
    """
    known = np.array([one for one in seconds if one is not None], dtype=np.float64)
    if len(known) == 0:
        return TimeSummary(0)
    if known.min() < 0:
        raise ValueError(f"A reading can't have taken {known.min()} s.")
    ends = np.percentile(known, [25, 50, 75])
    return TimeSummary(
        len(known), float(ends[1]), float(ends[0]), float(ends[2]), float(known.min()), float(known.max())
    )
