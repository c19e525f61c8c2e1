"""Menus offer what the catalogue holds."""

from typing import Any

import pytest

from annotator.accounts.models import User
from annotator.imaging.catalogue.values_in_use import body_parts_in_use, modalities_in_use
from annotator.imaging.models import Series
from tests.annotator.case_rows import make_study

pytestmark = pytest.mark.django_db


def test_each_value_is_offered_once_in_order_with_one_query(
    data_manager: User, radiologist: User, django_assert_num_queries: Any
) -> None:
    study = make_study()
    for number, (modality, part) in enumerate([("US", ""), ("CT", "HEAD"), ("", "CHEST"), ("CT", "HEAD")]):
        Series.objects.create(study=study, series_instance_uid=f"1.{number}", modality=modality, body_part=part)
    with django_assert_num_queries(2):
        assert modalities_in_use(data_manager) == ["CT", "US"]
        assert body_parts_in_use(data_manager) == ["CHEST", "HEAD"]
    assert modalities_in_use(radiologist) == []


def test_an_empty_catalogue_offers_nothing(data_manager: User) -> None:
    assert modalities_in_use(data_manager) == body_parts_in_use(data_manager) == []
