"""Sensitivity, specificity and predictive values against the truth. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.statistics.estimates import RESAMPLES, Estimate, bootstrap_by_case, wilson_interval

AT_THIS_PREVALENCE = "holds at the prevalence of these cases"


@dataclass(frozen=True)
class Confusion:
    """How often yes and no were said of positive and of negative cases."""

    true_positives: int
    false_negatives: int
    true_negatives: int
    false_positives: int

    @property
    def positives(self) -> int:
        return self.true_positives + self.false_negatives

    @property
    def negatives(self) -> int:
        return self.true_negatives + self.false_positives


@dataclass(frozen=True)
class Accuracy:
    """How often somebody was right, seen from each side."""

    sensitivity: Estimate
    specificity: Estimate
    positive_predictive_value: Estimate
    negative_predictive_value: Estimate
    correct: Estimate


def confusion_of(said: Sequence[bool | None], truth: Sequence[bool | None]) -> Confusion:
    """Count what was said against the truth; where either is None a case is left out."""
    pairs = [(one, true) for one, true in zip(said, truth, strict=True) if one is not None and true is not None]
    return Confusion(
        true_positives=sum(one and true for one, true in pairs),
        false_negatives=sum(not one and true for one, true in pairs),
        true_negatives=sum(not one and not true for one, true in pairs),
        false_positives=sum(one and not true for one, true in pairs),
    )


def accuracy_of(counted: Confusion) -> Accuracy:
    """Of one reader: each case counts once, so that Wilson's intervals hold."""
    said_yes = counted.true_positives + counted.false_positives
    said_no = counted.true_negatives + counted.false_negatives
    right = counted.true_positives + counted.true_negatives
    return Accuracy(
        sensitivity=_share(counted.true_positives, counted.positives, "no case is positive"),
        specificity=_share(counted.true_negatives, counted.negatives, "no case is negative"),
        positive_predictive_value=_share(counted.true_positives, said_yes, "nobody said yes", AT_THIS_PREVALENCE),
        negative_predictive_value=_share(counted.true_negatives, said_no, "nobody said no", AT_THIS_PREVALENCE),
        correct=_share(right, counted.positives + counted.negatives, "no case has a truth", AT_THIS_PREVALENCE),
    )


def pooled_accuracy(
    said: Sequence[Sequence[bool | None]], truth: Sequence[bool | None], *, seed: int = 0, resamples: int = RESAMPLES
) -> Accuracy:
    """Of all readers' readings together: every reading counts once, the intervals are by case.

    Several readings of one case are alike, so that Wilson's interval over all of them would be too short.

    Parameters
    ----------
    said : a row a case, a column a reader; None where a reader said nothing.
    truth : of each case; None leaves the case out.
    """
    rows = [(row, true) for row, true in zip(said, truth, strict=True) if true is not None]
    positive = np.array([true for _, true in rows], dtype=bool)
    yes = np.array([sum(one is True for one in row) for row, _ in rows], dtype=np.int64)
    no = np.array([sum(one is False for one in row) for row, _ in rows], dtype=np.int64)
    right = np.where(positive, yes, no)

    def share(hits: NDArray[np.int64], of: NDArray[np.int64], nothing: str, minded: str = "") -> Estimate:
        counts = of > 0
        if not counts.any():
            return Estimate(None, why=nothing)
        some, all_of = hits[counts], of[counts]
        made = bootstrap_by_case(
            lambda chosen: float(some[chosen].sum() / all_of[chosen].sum()), len(some), seed=seed, resamples=resamples
        )
        return _with(made, minded)

    return Accuracy(
        sensitivity=share(yes * positive, (yes + no) * positive, "no positive case was read"),
        specificity=share(no * ~positive, (yes + no) * ~positive, "no negative case was read"),
        positive_predictive_value=share(yes * positive, yes, "nobody said yes", AT_THIS_PREVALENCE),
        negative_predictive_value=share(no * ~positive, no, "nobody said no", AT_THIS_PREVALENCE),
        correct=share(right, yes + no, "no case with a truth was read", AT_THIS_PREVALENCE),
    )


def _share(hits: int, of: int, nothing: str, minded: str = "") -> Estimate:
    return _with(wilson_interval(hits, of), minded) if of else Estimate(None, why=nothing)


def _with(made: Estimate, minded: str) -> Estimate:
    why = "; ".join(filter(None, (made.why, minded)))
    return Estimate(made.value, made.low, made.high, made.n, made.method, why)
