"""From a model's scores of slices to a scan's answer. For models only: a reader's one slice is enough. Pure.

Source: Grewal M et al., RADnet, ISBI 2018: a scan is positive with three or more consecutive positive slices. Their
slices were 1 to 2 mm thick (section 2.1), so the rule's answer is told together with that thickness.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

CONSECUTIVE = 3
MEANT_FROM_MM = 1.0
MEANT_TO_MM = 2.0
_MEANT = f"{MEANT_FROM_MM:g} to {MEANT_TO_MM:g} mm"


@dataclass(frozen=True)
class SliceRuleResult:
    """What the rule makes of a scan.

    Attributes
    ----------
    positive : whether there is a run long enough.
    longest_run : slices in a row at or above the threshold.
    run_mm : how thick the longest run is; None when the thickness is not known.
    note : in words, when the scan's slices are not of the thickness that the rule was meant for; else "".
    """

    positive: bool
    longest_run: int
    run_mm: float | None
    note: str

    @property
    def told(self) -> str:
        """The answer in words, always with the slice thickness that the rule is meant for."""
        run = "1 slice" if self.longest_run == 1 else f"{self.longest_run} slices"
        thick = f" ({self.run_mm:g} mm)" if self.run_mm is not None and self.longest_run else ""
        answer = "Positive" if self.positive else "Negative"
        return f"{answer}: at most {run} in a row{thick}. {self.note or f'The rule is meant for slices of {_MEANT}.'}"


def radnet_rule(
    scores: Sequence[float],
    *,
    threshold: float = 0.5,
    consecutive: int = CONSECUTIVE,
    slice_thickness_mm: float | None = None,
) -> SliceRuleResult:
    """Sum up a model's slice scores in reading order.

    Raises
    ------
    ValueError : a score that is no number, or a run of less than one slice.
    """
    if consecutive < 1:
        raise ValueError(f"A run has at least one slice, not {consecutive}.")
    longest = run = 0
    for score in scores:
        if not math.isfinite(score):
            raise ValueError(f"{score} is no score.")
        run = run + 1 if score >= threshold else 0
        longest = max(longest, run)
    return SliceRuleResult(
        positive=longest >= consecutive,
        longest_run=longest,
        run_mm=longest * slice_thickness_mm if slice_thickness_mm is not None else None,
        note=_note(slice_thickness_mm, consecutive),
    )


def _note(thickness: float | None, consecutive: int) -> str:
    if thickness is None:
        return f"The slice thickness is not known; the rule of {consecutive} slices is meant for {_MEANT}."
    if MEANT_FROM_MM <= thickness <= MEANT_TO_MM:
        return ""
    return f"Slices of {thickness:g} mm; the rule of {consecutive} slices is meant for {_MEANT}."
