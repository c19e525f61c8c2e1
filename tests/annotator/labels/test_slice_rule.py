"""RADnet's rule: three positive slices in a row."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.slice_rule import radnet_rule


@pytest.mark.parametrize(
    ("scores", "positive", "longest"),
    [
        ([0.9, 0.9, 0.9], True, 3),
        ([0.9, 0.9, 0.1, 0.9, 0.9], False, 2),
        ([0.1, 0.5, 0.5, 0.5, 0.1], True, 3),
        ([], False, 0),
    ],
)
def test_three_in_a_row_make_a_scan_positive(scores: list[float], positive: bool, longest: int) -> None:
    result = radnet_rule(scores, slice_thickness_mm=1.5)
    assert (result.positive, result.longest_run, result.note) == (positive, longest, "")
    assert result.run_mm == longest * 1.5


@given(st.lists(st.floats(0, 1), max_size=30))
def test_the_rule_agrees_with_windows_of_three(scores: list[float]) -> None:
    windows = [scores[at : at + 3] for at in range(len(scores) - 2)]
    assert radnet_rule(scores).positive == any(min(window) >= 0.5 for window in windows)


def test_slices_that_the_rule_was_not_meant_for_are_said() -> None:
    assert "5 mm" in radnet_rule([1.0], slice_thickness_mm=5).note
    assert "not known" in radnet_rule([1.0]).note


@pytest.mark.parametrize(
    ("scores", "thickness", "words"),
    [
        ([0.9] * 4, 1.25, "Positive: at most 4 slices in a row (5 mm). The rule is meant for slices of 1 to 2 mm."),
        ([0.9, 0.1], 5, "Negative: at most 1 slice in a row (5 mm). Slices of 5 mm; the rule of 3 slices is meant for"),
        ([0.1], None, "Negative: at most 0 slices in a row. The slice thickness is not known; the rule of 3 slices is"),
    ],
)
def test_the_answer_is_told_with_the_thickness_it_was_meant_for(
    scores: list[float], thickness: float | None, words: str
) -> None:
    told = radnet_rule(scores, slice_thickness_mm=thickness).told
    assert told.startswith(words)
    assert "1 to 2 mm" in told


def test_what_is_no_score_is_refused() -> None:
    with pytest.raises(ValueError, match="no score"):
        radnet_rule([math.nan])
    with pytest.raises(ValueError, match="at least one"):
        radnet_rule([1.0], consecutive=0)
