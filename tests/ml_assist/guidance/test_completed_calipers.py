"""Calipers that are half seen are taken where they make two axes whole, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_assist.guidance.completed_calipers import completed
from ml_assist.guidance.measured_hints import FoundCaliper

ENDS = [(100.0, 200.0), (220.0, 204.0), (160.0, 160.0), (164.0, 245.0)]


def found(*points: tuple[float, float], score: float = 0.9) -> list[FoundCaliper]:
    return [FoundCaliper(point, score) for point in points]


@pytest.mark.parametrize("at", range(4))
def test_the_fourth_is_taken_and_what_stands_elsewhere_is_not(at: int) -> None:
    missing = found(ENDS[at], score=0.5)
    elsewhere = found((400.0, 30.0), (30.0, 330.0), (20.0, 100.0), score=0.55)
    sure = found(*(point for point in ENDS if point != ENDS[at]))
    assert completed(sure, [*elsewhere, *missing]) == missing
    assert completed(sure, elsewhere) == []


def test_of_two_that_would_do_the_one_at_which_the_axes_cross_best_is_taken() -> None:
    beside = found((190.0, 250.0), score=0.6)
    missing = found(ENDS[3], score=0.5)
    assert completed(found(*ENDS[:3]), [*beside, *missing]) == missing


def test_two_that_are_missing_are_taken_together() -> None:
    sure, unsure = found(ENDS[0], ENDS[2]), found(ENDS[1], ENDS[3], score=0.5)
    assert completed(sure, unsure) == unsure
    assert completed(sure, unsure[:1]) == []
    # A whole axis, and both ends of the other.
    assert completed(found(*ENDS[:2]), found(*ENDS[2:], score=0.46)) == found(*ENDS[2:], score=0.46)


def test_nothing_is_taken_without_sure_ones_or_beside_a_whole_lesion() -> None:
    assert completed([], found(*ENDS)) == []
    assert completed(found(ENDS[0]), found(*ENDS[1:])) == []
    assert completed(found(*ENDS), found((300.0, 200.0), (420.0, 204.0), score=0.5)) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 8), st.integers(0, 8))
def test_what_is_taken_is_of_the_unsure_ones_each_once_whatever_there_is(seed: int, sure: int, unsure: int) -> None:
    places = [(float(x), float(y)) for x, y in np.random.default_rng(seed).uniform(0, 400, (sure + unsure, 2))]
    taken = completed(found(*places[:sure]), found(*places[sure:], score=0.5))
    assert len({one.point for one in taken}) == len(taken)
    assert {one.point for one in taken} <= set(places[sure:])
