"""Krippendorff's alpha against its author's worked examples, and by its properties."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.statistics.alpha import krippendorffs_alpha
from tests.annotator.statistics.published import FOUR_OBSERVERS


def by_case(observers):
    return [list(row) for row in zip(*observers, strict=True)]


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_krippendorffs_example_with_missing_values(level, published: float) -> None:
    """Krippendorff 2011, section C."""
    found = krippendorffs_alpha(by_case(FOUR_OBSERVERS), level=level)
    assert found.value == pytest.approx(published, abs=0.0005)
    assert found.low <= found.value <= found.high
    assert found.n == 11, "the twelfth unit has one value and pairs with nothing"


def test_alpha_is_that_of_krippendorffs_two_observers() -> None:
    """Krippendorff 2011, section A (10 units, binary) 0.095, and section B (12 units, five values) 0.692."""
    binary = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert krippendorffs_alpha(by_case(binary)).value == pytest.approx(0.095, abs=0.0005)
    assert krippendorffs_alpha(by_case(["aabbdcccedda", "babbbccceddd"])).value == pytest.approx(0.692, abs=0.0005)


def test_ordered_words_go_by_the_order_that_is_given() -> None:
    words = ["none", "mild", "moderate", "severe", "worst"]
    said = [[None if one is None else words[one - 1] for one in row] for row in by_case(FOUR_OBSERVERS)]
    assert krippendorffs_alpha(said, level="ordinal", order=words).value == pytest.approx(0.815, abs=0.0005)
    with pytest.raises(ValueError, match="order"):
        krippendorffs_alpha(said, level="ordinal")
    with pytest.raises(ValueError, match="numbers"):
        krippendorffs_alpha(said, level="interval")


numbers = st.lists(st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=3, max_size=3), min_size=12, max_size=25)


@settings(max_examples=15, deadline=None)
@given(numbers, st.sampled_from(["nominal", "ordinal", "interval"]))
def test_alpha_is_at_most_one_and_the_order_of_readers_does_not_matter(rows, level) -> None:
    found = krippendorffs_alpha(rows, level=level, resamples=30)
    other = krippendorffs_alpha([list(reversed(row)) for row in rows], level=level, resamples=2)
    assert (found.value is None) == (other.value is None)
    if found.value is not None:
        assert found.value <= 1
        assert other.value == pytest.approx(found.value)
    if found.low is not None:
        assert found.low <= found.high <= 1


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=12, max_size=20).filter(lambda said: len(set(said)) > 1))
def test_readers_who_agree_have_an_alpha_of_one_at_every_level(said) -> None:
    for level in ("nominal", "ordinal", "interval"):
        rows = [[one, one, None] for one in said]
        assert krippendorffs_alpha(rows, level=level, resamples=2).value == pytest.approx(1.0)


def test_the_same_shift_of_all_numbers_leaves_alpha_as_it_is() -> None:
    moved = [[None if one is None else 10 + 3 * one for one in row] for row in by_case(FOUR_OBSERVERS)]
    assert krippendorffs_alpha(moved, level="interval").value == pytest.approx(0.849, abs=0.0005)


def test_nothing_to_compare_is_said() -> None:
    assert "two readings" in krippendorffs_alpha([[1, None], [None, 2]]).why
    assert "beyond chance" in krippendorffs_alpha([["no", "no"]] * 12).why
