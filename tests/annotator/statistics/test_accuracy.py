"""Sensitivity, specificity and predictive values against a published table, and their pooled intervals."""

import numpy as np
import pytest

from annotator.statistics.accuracy import Confusion, accuracy_of, confusion_of, pooled_accuracy


def test_a_published_liver_scan_has_its_published_values() -> None:
    """Altman and Bland, BMJ 1994;308:1552 (sensitivity 231/258 = 0.90, specificity 54/86 = 0.63) and 1994;309:102
    (predictive values 231/263 = 0.88 and 54/81 = 0.67)."""
    truth = [True] * 258 + [False] * 86
    said = [True] * 231 + [False] * 27 + [False] * 54 + [True] * 32
    counted = confusion_of(said, truth)
    assert counted == Confusion(231, 27, 54, 32)
    found = accuracy_of(counted)
    assert found.sensitivity.value == pytest.approx(0.90, abs=0.005)
    assert found.specificity.value == pytest.approx(0.63, abs=0.005)
    assert found.positive_predictive_value.value == pytest.approx(0.88, abs=0.005)
    assert found.negative_predictive_value.value == pytest.approx(0.67, abs=0.005)
    assert found.correct.value == pytest.approx(285 / 344)
    assert (found.sensitivity.n, found.specificity.n) == (258, 86)
    assert found.sensitivity.method == "Wilson"
    assert "prevalence" in found.positive_predictive_value.why


def test_cases_without_a_truth_or_a_reading_do_not_count() -> None:
    assert confusion_of([True, None, False, True], [True, True, None, False]) == Confusion(1, 0, 0, 1)


def test_without_positive_cases_there_is_no_sensitivity_and_it_is_said() -> None:
    found = accuracy_of(confusion_of([False, False], [False, False]))
    assert (found.sensitivity.value, found.specificity.value) == (None, 1.0)
    assert found.sensitivity.why == "no case is positive"
    assert pooled_accuracy([[False]], [False]).sensitivity.value is None


def test_pooled_values_count_every_reading_and_their_intervals_mind_that_readings_of_a_case_are_alike() -> None:
    random = np.random.default_rng(5)
    truth = (random.random(120) < 0.5).tolist()
    # Eight readers who all say the same have no more evidence than one.
    same = [[bool(true) if random.random() < 0.8 else not true] * 8 for true in truth]
    pooled = pooled_accuracy(same, truth)
    alone = accuracy_of(confusion_of([row[0] for row in same], truth))
    assert pooled.sensitivity.value == pytest.approx(alone.sensitivity.value)
    width = pooled.sensitivity.high - pooled.sensitivity.low
    assert width == pytest.approx(alone.sensitivity.high - alone.sensitivity.low, rel=0.25)
    assert "by case" in pooled.sensitivity.method


def test_swapping_yes_and_no_everywhere_swaps_sensitivity_and_specificity() -> None:
    random = np.random.default_rng(6)
    truth = (random.random(60) < 0.4).tolist()
    said = [[bool(one) for one in random.random(3) < 0.5] + [None] for _ in truth]
    found = pooled_accuracy(said, truth)
    other = pooled_accuracy([[None if one is None else not one for one in row] for row in said], [not t for t in truth])
    assert (found.sensitivity.value, found.specificity.low) == (other.specificity.value, other.sensitivity.low)
    assert found.positive_predictive_value.value == other.negative_predictive_value.value
    assert found.correct.value == other.correct.value
