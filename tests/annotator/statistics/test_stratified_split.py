from collections import Counter
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotator.statistics.stratified_split import SplitError, controlled_rounding, stratified_split

SIDES = ("train", "val", "test")
PARTS = (0.7, 0.15, 0.15)

strata = st.dictionaries(st.integers(0, 400).map("p{}".format), st.sampled_from("abcdefgh"), max_size=120)
parts = st.lists(st.integers(1, 20), min_size=2, max_size=5).map(lambda some: tuple(one / sum(some) for one in some))


def sides_for(parts: tuple[float, ...]) -> tuple[str, ...]:
    return tuple(f"fold-{at}" for at in range(1, len(parts) + 1))


@settings(max_examples=80, deadline=None)
@given(strata, parts, st.integers(0, 5))
def test_every_stratum_and_the_whole_are_divided_within_rounding(strata, parts, seed: int) -> None:
    sides = sides_for(parts)
    placed = stratified_split(strata, sides, parts, seed=seed)
    assert placed.keys() == strata.keys()
    quotas = Counter()
    for stratum in set(strata.values()):
        within = Counter(placed[patient] for patient, where in strata.items() if where == stratum)
        size = sum(within.values())
        for side, part in zip(sides, parts, strict=True):
            assert floor(size * part + 1e-6 - 1e-9) <= within[side] <= ceil(size * part - 1e-6)
            quotas[side] += size * part
    total = Counter(placed.values())
    for side in sides:
        assert floor(quotas[side] + 1e-9) <= total[side] <= ceil(quotas[side] - 1e-9)


@settings(max_examples=50, deadline=None)
@given(strata, strata, st.integers(0, 5))
def test_patients_keep_their_side_when_the_release_grows(old, new, seed: int) -> None:
    before = stratified_split(old, SIDES, PARTS, seed=seed)
    after = stratified_split(old | new, SIDES, PARTS, seed=seed + 1, kept=before)
    assert all(after[patient] == side for patient, side in before.items())


@settings(max_examples=50, deadline=None)
@given(strata, st.integers(0, 5), st.randoms())
def test_the_order_of_patients_says_nothing(strata, seed: int, random) -> None:
    shuffled = list(strata.items())
    random.shuffle(shuffled)
    assert stratified_split(dict(shuffled), SIDES, PARTS, seed=seed) == stratified_split(
        strata, SIDES, PARTS, seed=seed
    )


@settings(max_examples=50, deadline=None)
@given(strata, st.lists(st.lists(st.integers(0, 400).map("p{}".format), max_size=4), max_size=5), st.integers(0, 5))
def test_patients_who_are_bound_together_are_on_one_side(strata, together, seed: int) -> None:
    placed = stratified_split(strata, SIDES, PARTS, seed=seed, together=together)
    for group in together:
        assert len({placed[patient] for patient in group if patient in placed}) <= 1


def test_a_new_patient_follows_the_old_one_they_are_bound_to() -> None:
    placed = stratified_split(
        {"old": "a", "new": "a"}, SIDES, PARTS, seed=1, kept={"old": "test"}, together=[("new", "old")]
    )
    assert placed == {"old": "test", "new": "test"}


def test_old_patients_on_two_sides_are_named_when_somebody_binds_them() -> None:
    with pytest.raises(SplitError, match="one, two"):
        stratified_split(
            {"one": "a", "two": "a"},
            SIDES,
            PARTS,
            seed=1,
            kept={"one": "train", "two": "val"},
            together=[("one", "two")],
        )


def test_another_seed_divides_otherwise() -> None:
    strata = {f"p{at}": "a" for at in range(100)}
    assert stratified_split(strata, SIDES, PARTS, seed=1) != stratified_split(strata, SIDES, PARTS, seed=2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=12), st.integers(2, 9))
def test_rounding_keeps_rows_and_columns(weights: list[list[int]], total: int) -> None:
    table = np.array(weights, dtype=np.float64)
    assume(bool((table.sum(axis=1) > 0).all()))
    quotas = table / table.sum(axis=1, keepdims=True) * total
    rounded = controlled_rounding(quotas)
    assert (rounded.sum(axis=1) == total).all()
    assert (np.abs(rounded - quotas) < 1 + 1e-6).all()
    assert (np.abs(rounded.sum(axis=0) - quotas.sum(axis=0)) < 1 + 1e-6).all()
