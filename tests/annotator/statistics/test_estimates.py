"""Wilson's interval against Newcombe's table; the bootstrap by case by what it must do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.statistics.estimates import bootstrap_by_case, wilson_interval


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_newcombes_table(successes: int, total: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 1998;17:857, table I, method 3."""
    found = wilson_interval(successes, total)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.value == successes / total


@settings(max_examples=60)
@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilsons_interval_holds_the_proportion_and_is_the_same_seen_from_the_other_side(counts) -> None:
    hits, total = counts
    found, other = wilson_interval(hits, total), wilson_interval(total - hits, total)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert (other.low, other.high) == pytest.approx((1 - found.high, 1 - found.low))


def test_no_trial_has_no_proportion_and_more_hits_than_trials_are_refused() -> None:
    assert wilson_interval(0, 0).value is None
    with pytest.raises(ValueError, match="3 of 2"):
        wilson_interval(3, 2)


def test_the_bootstrap_of_a_mean_comes_near_its_textbook_interval() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 200)
    found = bootstrap_by_case(lambda chosen: float(values[chosen].mean()), len(values))
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.06)


def test_the_same_seed_gives_the_same_interval_and_few_cases_are_named() -> None:
    values = np.arange(6.0)
    one, same, other = (bootstrap_by_case(lambda c: float(values[c].mean()), 6, seed=seed) for seed in (1, 1, 2))
    assert one == same != other
    assert "too short" in one.why


def test_a_figure_that_many_resamples_do_not_define_has_no_interval() -> None:
    positive = np.array([True] + [False] * 11)

    def figure(chosen):
        return float(positive[chosen].mean()) if positive[chosen].any() else float("nan")

    found = bootstrap_by_case(figure, 12)
    assert (found.value, found.low) == (pytest.approx(1 / 12), None)
    assert "too few" in found.why
    assert bootstrap_by_case(lambda chosen: float("nan"), 12).value is None
    few = bootstrap_by_case(lambda chosen: 0.5, 4)
    assert (few.value, few.low) == (0.5, None)
    assert "4 cases: too few" in few.why
    all_right = bootstrap_by_case(lambda chosen: 1.0, 40)
    assert (all_right.value, all_right.low) == (1.0, None), "no width would be a false certainty"
    assert bootstrap_by_case(figure, 0).value is None
