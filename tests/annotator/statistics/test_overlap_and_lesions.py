"""Dice, Jaccard, matched and missed lesions, STAPLE and reading times: by hand and by properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from annotator.statistics.lesion_matching import agreement_on_lesions, match_lesions
from annotator.statistics.overlap import dice_of_masks, jaccard_of_masks
from annotator.statistics.reading_times import TimeSummary, summary_of_times
from annotator.statistics.staple import staple

masks = arrays.arrays(np.bool_, (6, 7))


@settings(max_examples=50)
@given(masks, masks)
def test_dice_and_jaccard_are_symmetric_in_range_and_in_one_order(one, other) -> None:
    dice, jaccard = dice_of_masks(one, other), jaccard_of_masks(one, other)
    assert (dice, jaccard) == (dice_of_masks(other, one), jaccard_of_masks(other, one))
    assert 0 <= jaccard <= dice <= 1
    union = (one | other).sum()
    assert jaccard == pytest.approx((one & other).sum() / union if union else 0.0)
    assert dice_of_masks(one, one) == (1.0 if one.any() else 0.0)


def test_two_of_three_common_pixels_by_hand() -> None:
    one, other = np.array([1, 1, 1, 0], bool), np.array([0, 1, 1, 1], bool)
    assert dice_of_masks(one, other) == pytest.approx(2 / 3)
    assert jaccard_of_masks(one, other) == pytest.approx(2 / 4)


def test_lesions_are_matched_best_first_and_the_others_are_missed() -> None:
    overlap = np.array([[0.6, 0.7, 0.0], [0.5, 0.05, 0.09]])
    found = match_lesions(overlap)
    assert found.pairs == ((0, 1, 0.7), (1, 0, 0.5))
    assert (found.only_first, found.only_second) == ((), (2,))
    strict = match_lesions(overlap, least=0.65)
    assert (strict.pairs, strict.only_first, strict.only_second) == (((0, 1, 0.7),), (1,), (0, 2))
    both = agreement_on_lesions([found, match_lesions(np.zeros((0, 2))), match_lesions(np.zeros((0, 0)))])
    assert (both.matched, both.only_first, both.only_second) == (2, 0, 3)
    assert both.mean_dice == pytest.approx(0.6)
    assert both.agreement == pytest.approx(4 / 7)
    assert agreement_on_lesions([]).agreement is None


overlaps = arrays.arrays(np.float64, st.tuples(st.integers(0, 4), st.integers(0, 4)), elements=st.floats(0, 1))


@settings(max_examples=60)
@given(overlaps, st.floats(0.05, 1))
def test_every_lesion_is_matched_once_or_missed_and_swapping_readers_swaps_what_was_missed(overlap, least) -> None:
    found, other = match_lesions(overlap, least=least), match_lesions(overlap.T, least=least)
    assert sorted([a for a, _, _ in found.pairs] + list(found.only_first)) == list(range(overlap.shape[0]))
    assert sorted([b for _, b, _ in found.pairs] + list(found.only_second)) == list(range(overlap.shape[1]))
    assert all(value >= least for _, _, value in found.pairs)
    assert not any(overlap[a, b] >= least for a in found.only_first for b in found.only_second)
    if len(set(overlap.ravel().tolist())) == overlap.size:
        assert (found.only_first, found.only_second) == (other.only_second, other.only_first)


def disc(row: float, column: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:40, :40]
    return np.asarray((rows - row) ** 2 + (columns - column) ** 2 <= radius**2)


def test_staple_finds_the_disc_behind_readers_who_err_and_who_errs_most() -> None:
    truth = disc(20, 20, 9)
    readers = [disc(20, 21, 9), disc(21, 20, 9), disc(19, 19, 9), disc(20, 20, 5)]
    found = staple(readers)
    assert dice_of_masks(found.mask, truth) > 0.95
    assert dice_of_masks(found.mask, truth) > max(dice_of_masks(one, truth) for one in readers)
    assert np.argmin(found.sensitivities) == 3


def test_staple_of_equal_masks_is_that_mask_and_of_empty_ones_nothing() -> None:
    one, empty = disc(10, 10, 4), np.zeros((40, 40), bool)
    assert np.array_equal(staple([one, one, one]).mask, one)
    assert not staple([empty, empty]).mask.any()
    assert staple([empty, empty]).sensitivities == (1.0, 1.0)


def test_staple_does_not_depend_on_where_the_lesion_lies_nor_on_the_order_of_readers() -> None:
    at_edge, elsewhere = (
        [disc(2, 2, 4), disc(3, 2, 4), disc(2, 3, 5)],
        [disc(22, 22, 4), disc(23, 22, 4), disc(22, 23, 5)],
    )
    moved = np.roll(staple(at_edge).mask, (20, 20), (0, 1))
    assert staple(elsewhere).mask[20:, 20:].sum() == moved[20:, 20:].sum()
    assert np.array_equal(staple(elsewhere).mask, staple(elsewhere[::-1]).mask)


def test_times_are_summed_up_by_median_and_quartiles() -> None:
    assert summary_of_times([None, 10, 20, 30, 40, 1000]) == TimeSummary(5, 30.0, 20.0, 40.0, 10.0, 1000.0)
    assert summary_of_times([None]) == TimeSummary(0)
    with pytest.raises(ValueError, match="-1"):
        summary_of_times([-1.0])
