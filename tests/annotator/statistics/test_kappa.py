"""Cohen's and Fleiss' kappa and percent agreement against published tables, and by their properties."""

from collections.abc import Hashable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.statistics.kappa import cohens_kappa, fleiss_kappa, percent_agreement
from tests.annotator.statistics.published import FLEISS_1971, SKIN_CONDITION, pairs_of


def test_cohens_kappa_is_that_of_fleiss_textbook() -> None:
    """Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed. 2003, table 18.1: 100 subjects,
    psychotic, neurotic, organic; kappa 0.68, standard error 0.087."""
    found = cohens_kappa(*pairs_of([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert found.value == pytest.approx(0.676, abs=0.0005)
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(0.087, abs=0.001)
    assert found.n == 100


def test_simple_and_weighted_kappa_are_those_of_the_sas_manual() -> None:
    """SAS/STAT User's Guide, PROC FREQ, example "Cohen's Kappa Coefficient": skin condition by two dermatologists."""
    first, second = pairs_of(SKIN_CONDITION)
    simple = cohens_kappa(first, second)
    assert (simple.value, simple.low, simple.high) == pytest.approx((0.3449, 0.2030, 0.4868), abs=5e-5)
    weighted = cohens_kappa(first, second, weights="linear", order=range(4))
    assert (weighted.value, weighted.low, weighted.high) == pytest.approx((0.5082, 0.3798, 0.6366), abs=5e-5)


def test_fleiss_kappa_is_that_of_its_paper() -> None:
    """Fleiss, Psychol Bull 1971;76:378, table 1: 30 patients, 6 psychiatrists, 5 diagnoses; mean agreement 0.556,
    kappa 0.430."""
    found = fleiss_kappa(FLEISS_1971)
    assert found.value == pytest.approx(0.430, abs=0.0005)
    assert found.low < 0.430 < found.high
    assert found.n == 30
    assert percent_agreement(FLEISS_1971).value == pytest.approx(0.556, abs=0.0005)


def test_the_interval_of_fleiss_kappa_by_case_is_near_the_published_one() -> None:
    """The asymptotic interval of the kappa of Fleiss 1971 under any agreement, by case: Gwet, Handbook of Inter-Rater
    Reliability, has a standard error of about 0.05; resampled cases must come near."""
    found = fleiss_kappa(FLEISS_1971)
    assert 0.16 < found.high - found.low < 0.26


labels = st.sampled_from("abc")
tables = st.lists(st.lists(labels, min_size=3, max_size=3), min_size=12, max_size=30)


@settings(max_examples=25, deadline=None)
@given(tables, st.permutations("abc"), st.randoms(use_true_random=False))
def test_neither_names_nor_the_order_of_cases_and_readers_change_an_agreement(rows, renamed, random) -> None:
    other = dict(zip("abc", renamed, strict=True))
    moved = [[other[value] for value in reversed(row)] for row in rows]
    random.shuffle(moved)
    for figure in (fleiss_kappa, percent_agreement):
        before, after = figure(rows, resamples=2).value, figure(moved, resamples=2).value
        assert before == after is None or before == pytest.approx(after)
    first, second = [row[0] for row in rows], [row[1] for row in rows]
    swapped = cohens_kappa([other[one] for one in second], [other[one] for one in first]).value
    assert cohens_kappa(first, second).value == (None if swapped is None else pytest.approx(swapped))


@settings(max_examples=25, deadline=None)
@given(tables)
def test_agreements_and_their_intervals_stay_in_range(rows) -> None:
    for figure, lowest in ((fleiss_kappa, -1.0), (percent_agreement, 0.0)):
        found = figure(rows, resamples=30)
        if found.value is not None:
            assert lowest <= found.value <= 1
        if found.low is not None:
            assert lowest <= found.low <= found.high <= 1


@settings(max_examples=20, deadline=None)
@given(st.lists(labels, min_size=12, max_size=20).filter(lambda said: len(set(said)) > 1))
def test_readers_who_always_agree_have_a_kappa_of_one_and_no_false_interval(said) -> None:
    found = cohens_kappa(said, said)
    assert (found.value, found.low) == (1.0, None)
    assert "variance" in found.why
    assert fleiss_kappa([[one] * 4 for one in said], resamples=2).value == pytest.approx(1.0)
    assert percent_agreement([[one] * 4 for one in said], resamples=2).value == 1.0


def test_one_value_alone_has_no_kappa_and_says_why() -> None:
    nothing_but_no: list[Hashable] = ["no"] * 20
    for found in (cohens_kappa(nothing_but_no, nothing_but_no), fleiss_kappa([["no"] * 3] * 20)):
        assert found.value is None
        assert "beyond chance" in found.why
    assert percent_agreement([["no"] * 3] * 20).value == 1.0


def test_readers_who_guess_have_a_kappa_near_nothing() -> None:
    random = np.random.default_rng(3)
    rows = random.integers(0, 3, (400, 5)).tolist()
    found = fleiss_kappa(rows)
    assert found.low < 0 < found.high or abs(found.value) < 0.03


def test_what_one_of_two_did_not_read_is_left_out() -> None:
    assert cohens_kappa(["a", "b", None, "a"], ["a", "b", "a", None]).n == 2
    assert cohens_kappa([None], ["a"]).value is None
    found = fleiss_kappa([*FLEISS_1971, [1, None, None, None, None, 2]])
    assert found.value == fleiss_kappa(FLEISS_1971).value
    assert "1 cases with fewer than 6 readings" in found.why


def test_weights_need_an_order_and_values_that_are_in_it() -> None:
    with pytest.raises(ValueError, match="order"):
        cohens_kappa(["a", "b"], ["a", "a"], weights="linear")
    with pytest.raises(ValueError, match="'c'"):
        cohens_kappa(["a", "c"], ["a", "a"], weights="linear", order=["a", "b"])


def test_a_weighted_kappa_forgives_neighbours_more_than_ends() -> None:
    first = [1, 1, 2, 2, 3, 3, 1, 3]
    near, far = [1, 2, 2, 3, 3, 2, 1, 3], [1, 3, 2, 2, 3, 1, 1, 3]
    by = {"weights": "quadratic", "order": [1, 2, 3]}
    assert cohens_kappa(first, near, **by).value > cohens_kappa(first, far, **by).value
