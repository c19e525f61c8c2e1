"""Tags on studies."""

import pytest
from django.contrib.auth.models import AnonymousUser

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions.tag_studies import tag_studies, untag_studies
from annotator.imaging.catalogue.chosen import MOST_CHOSEN
from annotator.imaging.catalogue.tags import tags_for
from annotator.imaging.models import Study, Tag
from tests.annotator.case_rows import make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def studies() -> list[Study]:
    return [make_study() for _ in range(3)]


def test_a_tag_is_put_on_studies_once_each_and_audited(studies: list[Study], data_manager: User) -> None:
    ids = [study.pk for study in studies]
    assert tag_studies(data_manager, ids[:2], name="  second   look ") == 2
    assert tag_studies(data_manager, ids, name="Second Look") == 1
    assert [(tag.name, tag.study_count) for tag in tags_for(data_manager)] == [("second look", 3)]
    entries = AuditEntry.objects.filter(action="tag_study", actor=data_manager)
    assert sorted(int(entry.target_id) for entry in entries) == ids
    assert {entry.detail["tag"] for entry in entries} == {"second look"}


def test_a_tag_that_no_study_has_any_more_goes(studies: list[Study], data_manager: User) -> None:
    ids = [study.pk for study in studies]
    tag_studies(data_manager, ids, name="motion")
    assert untag_studies(data_manager, ids[:1], name="Motion") == 1
    assert Tag.objects.get().studies.count() == 2
    assert untag_studies(data_manager, ids, name="motion") == 2
    assert not Tag.objects.exists()
    assert untag_studies(data_manager, ids, name="motion") == 0


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "one, two", "a\x07b"])
def test_names_that_no_tag_can_have_are_refused(name: str, studies: list[Study], data_manager: User) -> None:
    with pytest.raises(InvalidError) as refused:
        tag_studies(data_manager, [studies[0].pk], name=name)
    assert refused.value.path == "name"
    assert not Tag.objects.exists()


def test_a_study_that_does_not_exist_stops_the_whole_act(studies: list[Study], data_manager: User) -> None:
    with pytest.raises(NotFoundError):
        tag_studies(data_manager, [studies[0].pk, 10**9], name="motion")
    assert not Tag.objects.exists()


def test_none_and_too_many_studies_are_refused(data_manager: User) -> None:
    for ids in ([], range(MOST_CHOSEN + 1)):
        with pytest.raises(InvalidError):
            tag_studies(data_manager, ids, name="motion")


def test_readers_and_strangers_neither_tag_nor_see_tags(studies: list[Study], radiologist: User) -> None:
    for person in (radiologist, AnonymousUser()):
        for change in (tag_studies, untag_studies):
            with pytest.raises(NotAllowedError):
                change(person, [studies[0].pk], name="motion")
        Tag.objects.get_or_create(name="there")
        assert not tags_for(person).exists()
