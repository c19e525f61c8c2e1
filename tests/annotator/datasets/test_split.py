"""Patients, never images, are split; the same seed gives the same sides."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.datasets.split import SPLITS, SplitError, split_by_patient

patients = st.lists(st.text(min_size=1, max_size=12), max_size=60)
fractions = (
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
    .filter(any)
    .map(lambda parts: tuple(part / sum(parts) for part in parts))
)


@given(patients, fractions, st.integers(0, 1000))
def test_every_patient_lies_on_exactly_one_side_whatever_the_order_of_its_images(names, parts, seed):
    sides = split_by_patient(names, parts, seed=seed)
    assert set(sides) == set(names)
    assert set(sides.values()) <= set(SPLITS)
    assert split_by_patient([*reversed(names), *names], parts, seed=seed) == sides


@given(patients, fractions, st.integers(0, 1000))
def test_the_counts_follow_the_fractions_to_less_than_one_patient(names, parts, seed):
    sides = split_by_patient(names, parts, seed=seed)
    for split, fraction in zip(SPLITS, parts, strict=True):
        count = sum(side == split for side in sides.values())
        assert abs(count - len(sides) * fraction) < 1 + 1e-6


def test_twenty_patients_at_70_15_15_are_fourteen_three_and_three():
    sides = split_by_patient([f"P{number}" for number in range(20)], (0.7, 0.15, 0.15), seed=1)
    assert [sum(side == split for side in sides.values()) for split in SPLITS] == [14, 3, 3]


def test_another_seed_gives_another_split():
    names = [f"P{number}" for number in range(40)]
    assert split_by_patient(names, (0.5, 0.25, 0.25), seed=1) != split_by_patient(names, (0.5, 0.25, 0.25), seed=2)


@pytest.mark.parametrize("parts", [(0.5, 0.5, 0.5), (-0.1, 0.6, 0.5), (math.nan, 0.5, 0.5), (1.1, 0.0, -0.1)])
def test_fractions_that_divide_nothing_are_refused(parts):
    with pytest.raises(SplitError):
        split_by_patient(["P1"], parts, seed=1)
