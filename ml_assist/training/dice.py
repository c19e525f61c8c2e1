"""Dice, by MONAI, and how sure its mean is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from monai.metrics.meandice import compute_dice
from scipy.stats import bootstrap

_RESAMPLES = 2000


def dice_of_masks(drawn: torch.Tensor, truths: torch.Tensor) -> list[float]:
    """Of each picture, (n, 1, rows, columns) each: 1 where both are empty, 0 where only the truth is."""
    found = compute_dice(drawn.float(), truths.float(), include_background=True, ignore_empty=False)
    return [float(one) for one in found[:, 0].tolist()]


@dataclass(frozen=True)
class DiceSummary:
    """Of pictures that were held out.

    Attributes
    ----------
    low, high : the 95 % percentile-bootstrap interval of the mean, patients resampled; None of fewer than two.
    """

    pictures: int
    patients: int
    mean: float
    low: float | None
    high: float | None
    median: float
    worst: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def dice_summary(dice: Sequence[float], patients: Sequence[str], *, seed: int) -> DiceSummary:
    """Mean over pictures, with its interval.

    Pictures of one patient are alike, so that whole patients are drawn: drawing pictures would look surer than it is.

    Parameters
    ----------
    dice, patients : of each picture, in the same order; at least one.
    """
    values = np.asarray(dice, np.float64)
    names, of = np.unique(np.asarray(patients), return_inverse=True)
    sums, counts = np.bincount(of, weights=values), np.bincount(of).astype(np.float64)
    low = high = None
    if len(names) > 1:
        with np.errstate(all="ignore"):
            found = bootstrap(
                (sums, counts),
                lambda one, many, axis: one.sum(axis=axis) / many.sum(axis=axis),
                paired=True,
                vectorized=True,
                n_resamples=_RESAMPLES,
                method="percentile",
                random_state=np.random.default_rng(seed),
            ).confidence_interval
        low, high = float(found.low), float(found.high)
    return DiceSummary(
        pictures=len(values),
        patients=len(names),
        mean=float(values.mean()),
        low=low,
        high=high,
        median=float(np.median(values)),
        worst=float(values.min()),
    )
