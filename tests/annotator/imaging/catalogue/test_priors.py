"""Other studies of the same patient."""

from typing import Any

import pytest

from annotator.accounts.models import User
from annotator.imaging.catalogue.priors import priors_of
from annotator.imaging.models import Study
from tests.annotator.case_rows import make_study

pytestmark = pytest.mark.django_db


def dated(day: str, **of: str) -> Study:
    study = make_study(**of)
    Study.objects.filter(pk=study.pk).update(study_date=day)
    study.refresh_from_db()
    return study


def test_priors_are_the_same_patients_newest_first_with_their_distance(
    data_manager: User, django_assert_num_queries: Any
) -> None:
    here = dated("20240301")
    earlier, later, undated = dated("20240201"), dated("20240302"), dated("")
    dated("20240301", patient_id="SOMEBODY-ELSE")
    with django_assert_num_queries(2):
        priors = priors_of(data_manager, here)
    assert [(prior.study, prior.days) for prior in priors] == [(later, 1), (earlier, -29), (undated, None)]
    assert [prior.days for prior in priors_of(data_manager, undated)] == [None, None, None]


def test_a_reader_sees_no_priors_here(radiologist: User) -> None:
    here = dated("20240301")
    dated("20240201")
    assert priors_of(radiologist, here) == []


def test_a_date_that_is_none_has_no_distance(data_manager: User) -> None:
    here = dated("20240301")
    dated("20241399")
    assert [prior.days for prior in priors_of(data_manager, here)] == [None]
