"""Sizes against published figures, and against the library's own intervals. No database."""

import pytest
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint, samplesize_confint_proportion

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.sample_size import (
    kappa_variance,
    positives_for_sensitivity,
    study_size,
    subjects_for_kappa,
    wilson_half_width,
)


def test_the_cq500_authors_figures() -> None:
    """About 80 positives for 0.7 +/- 0.1, 8,000 scans at 1 %, 24,000 reads by three readers (rounded by them)."""
    size = study_size(0.7, 0.1, prevalence=0.01, readers_per_case=3, arms=1)
    assert (size.positives, size.scans, size.reads) == (81, 8100, 24300)


@pytest.mark.parametrize(("share", "half_width"), [(0.5, 0.05), (0.9, 0.03), (0.7, 0.1)])
def test_positives_are_the_librarys(share: float, half_width: float) -> None:
    wanted = samplesize_confint_proportion(share, half_width)
    assert positives_for_sensitivity(share, half_width) - 1 < wanted <= positives_for_sensitivity(share, half_width)


def test_the_textbook_figure_for_a_half_is_385() -> None:
    assert positives_for_sensitivity(0.5, 0.05) == 385


@pytest.mark.parametrize(("kappa", "prevalence"), [(0.6, 0.3), (0.4, 0.5), (0.8, 0.1), (0.0, 0.3)])
def test_the_variance_of_kappa_is_that_of_fleiss_cohen_and_everitt(kappa: float, prevalence: float) -> None:
    both = prevalence**2 + kappa * prevalence * (1 - prevalence)
    one = prevalence - both
    count = 1_000_000
    found = cohens_kappa([[count * both, count * one], [count * one, count * (1 - both - 2 * one)]])
    assert found.kappa == pytest.approx(kappa, abs=1e-9)
    assert found.std_kappa**2 * count == pytest.approx(kappa_variance(kappa, prevalence), rel=1e-6)


def test_subjects_for_kappa_shrink_with_wider_intervals_and_evener_classes() -> None:
    assert subjects_for_kappa(0.6, 0.1, prevalence=0.3) > subjects_for_kappa(0.6, 0.2, prevalence=0.3)
    assert subjects_for_kappa(0.6, 0.1, prevalence=0.1) > subjects_for_kappa(0.6, 0.1, prevalence=0.5)


def test_half_of_wilsons_interval() -> None:
    low, high = proportion_confint(56, 80, method="wilson")
    assert wilson_half_width(0.7, 80) == pytest.approx((high - low) / 2)


def test_what_is_no_share_is_refused_by_name() -> None:
    for wrong in (0.0, 1.0, 1.2, float("nan")):
        with pytest.raises(InvalidError) as refused:
            positives_for_sensitivity(wrong, 0.1)
        assert refused.value.path == "sensitivity"


def test_a_protocol_takes_a_prevalence_in_percent_and_no_share() -> None:
    assert Protocol.from_json({"aim": {"prevalence_percent": 0.3}}).aim.prevalence == pytest.approx(0.003)
    for wrong in ({"prevalence": 0.3}, {"prevalence_percent": 0}, {"prevalence_percent": 101}):
        with pytest.raises(InvalidError):
            Protocol.from_json({"aim": wrong})
