"""Collections of studies."""

from collections.abc import Callable

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions.fill_collection import put_into_collection, take_out_of_collection
from annotator.imaging.actions.keep_collection import change_collection, delete_collection, make_collection
from annotator.imaging.catalogue.study_collections import collection_for, collections_for
from annotator.imaging.models import Collection, Study
from tests.annotator.case_rows import make_study

pytestmark = pytest.mark.django_db


def test_a_collection_is_made_filled_renamed_emptied_and_deleted(data_manager: User) -> None:
    ids = [make_study().pk for _ in range(3)]
    made = make_collection(data_manager, name=" Teaching  file ", description="For Mondays")
    assert (made.name, made.created_by, made.study_count) == ("Teaching file", data_manager, 0)
    assert put_into_collection(data_manager, made.pk, ids[:2]) == 2
    assert put_into_collection(data_manager, made.pk, ids) == 1
    assert take_out_of_collection(data_manager, made.pk, [ids[0]]) == 1
    changed = change_collection(data_manager, made.pk, name="Mondays", description="")
    assert (changed.name, changed.description, changed.study_count) == ("Mondays", "", 2)
    delete_collection(data_manager, made.pk)
    assert not Collection.objects.exists()
    assert Study.objects.count() == 3
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "make_collection",
        "put_into_collection",
        "put_into_collection",
        "take_out_of_collection",
        "change_collection",
        "delete_collection",
    ]


def test_two_collections_are_never_called_the_same(data_manager: User) -> None:
    make_collection(data_manager, name="Teaching")
    other = make_collection(data_manager, name="Other")
    with pytest.raises(ConflictError):
        make_collection(data_manager, name="teaching")
    with pytest.raises(ConflictError):
        change_collection(data_manager, other.pk, name="TEACHING")
    assert change_collection(data_manager, other.pk, name="OTHER").name == "OTHER"


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\x00b"])
def test_names_that_none_can_have_are_refused(name: str, data_manager: User) -> None:
    with pytest.raises(InvalidError):
        make_collection(data_manager, name=name)


def test_a_change_that_changes_nothing_leaves_no_trace(data_manager: User) -> None:
    made = make_collection(data_manager, name="Teaching", description="x")
    change_collection(data_manager, made.pk, name="Teaching", description="x")
    assert not AuditEntry.objects.filter(action="change_collection").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda person, pk, study: make_collection(person, name="Mine"),
        lambda person, pk, study: change_collection(person, pk, name="Mine"),
        lambda person, pk, study: delete_collection(person, pk),
        lambda person, pk, study: put_into_collection(person, pk, [study]),
        lambda person, pk, study: take_out_of_collection(person, pk, [study]),
    ],
)
def test_readers_change_no_collection_and_see_none(
    change: Callable[[User, int, int], object], radiologist: User, data_manager: User
) -> None:
    pk, study = make_collection(data_manager, name="Teaching").pk, make_study().pk
    put_into_collection(data_manager, pk, [study])
    with pytest.raises(NotAllowedError):
        change(radiologist, pk, study)
    assert [(one.name, one.study_count) for one in collections_for(data_manager)] == [("Teaching", 1)]
    assert not collections_for(radiologist).exists()
    with pytest.raises(NotFoundError):
        collection_for(radiologist, pk)


def test_what_does_not_exist_is_said(data_manager: User) -> None:
    pk = make_collection(data_manager, name="Teaching").pk
    with pytest.raises(NotFoundError):
        put_into_collection(data_manager, pk, [10**9])
    with pytest.raises(NotFoundError):
        put_into_collection(data_manager, pk + 1, [make_study().pk])
    with pytest.raises(NotFoundError):
        delete_collection(data_manager, pk + 1)
