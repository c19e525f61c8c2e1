"""Drafts and versions as admins make them: nothing published is ever changed, and of two admins at once one is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, StaleError
from annotator.accounts.models import AuditEntry, User
from annotator.labels.actions.edit_draft import (
    DraftContent,
    begin_draft,
    build_on_newest,
    copy_schema,
    discard_draft,
    make_draft,
    restore_draft,
    save_draft,
)
from annotator.labels.actions.import_schema import import_as_draft, import_schema
from annotator.labels.actions.install_schemas import install_schemas
from annotator.labels.actions.publish_draft import publish_draft
from annotator.labels.actions.retire_schema import bring_back_schema, retire_schema
from annotator.labels.errors import DefinitionError
from annotator.labels.exchange import SchemaFile
from annotator.labels.models import LabelSchema, LabelSchemaDraft
from annotator.labels.queries import current_schemas, newest_version, schema_by_reference
from annotator.labels.shipped import shipped_schemas
from tests.annotator.labels.test_diff import bleed

pytestmark = pytest.mark.django_db


def published(admin: User, key: str = "bleeds") -> LabelSchema:
    make_draft(admin, key, title="Bleeds", definition=bleed())
    return publish_draft(admin, key, revision=1, reason="First.")


def reworded(words: str) -> DraftContent:
    return DraftContent("Bleeds", bleed() | {"description": words})


def test_a_draft_becomes_a_version_and_the_next_draft_the_next(admin: User) -> None:
    first = published(admin)
    begun = begin_draft(admin, "bleeds")
    assert begin_draft(admin, "bleeds").pk == begun.pk
    saved = save_draft(admin, "bleeds", reworded("Newer."), revision=1)
    second = publish_draft(admin, "bleeds", revision=saved.revision, reason="Clearer words.")
    assert [str(first), str(second)] == ["bleeds@1", "bleeds@2"]
    assert schema_by_reference("bleeds@1").definition == bleed()
    assert not LabelSchemaDraft.objects.exists()
    assert [one.key for one in current_schemas("CT")] == ["bleeds"]
    entry = AuditEntry.objects.filter(action="publish_schema").latest("pk")
    assert (entry.actor, entry.target_id, entry.detail["reason"]) == (admin, "bleeds", "Clearer words.")
    assert entry.detail["changes"] == ["description: “Bleeds by size.” → “Newer.”"]


def test_what_is_unfinished_is_saved_and_not_published(admin: User) -> None:
    make_draft(admin, "new", title="New")
    with pytest.raises(DefinitionError) as refused:
        publish_draft(admin, "new", revision=1, reason="Now.")
    assert refused.value.path == "form.questions" or refused.value.path.startswith("answers")
    with pytest.raises(InvalidError) as refused_reason:
        publish_draft(admin, "new", revision=1, reason="  ")
    assert refused_reason.value.path == "reason"
    assert not LabelSchema.objects.exists()


def test_publishing_what_is_there_already_is_refused(admin: User) -> None:
    published(admin)
    draft = begin_draft(admin, "bleeds")
    with pytest.raises(ConflictError, match="nothing to publish"):
        publish_draft(admin, "bleeds", revision=draft.revision, reason="Again.")


def test_a_change_on_an_older_revision_is_refused_with_what_is_there(admin: User, admin_too: User) -> None:
    published(admin)
    begin_draft(admin, "bleeds")
    save_draft(admin_too, "bleeds", reworded("Theirs."), revision=1)
    for late in (
        lambda: save_draft(admin, "bleeds", reworded("Mine."), revision=1),
        lambda: discard_draft(admin, "bleeds", revision=1),
        lambda: publish_draft(admin, "bleeds", revision=1, reason="Mine."),
    ):
        with pytest.raises(StaleError) as refused:
            late()
        assert refused.value.current is not None
        assert refused.value.current["revision"] == 2
    # The same words sent again are no conflict.
    assert save_draft(admin, "bleeds", reworded("Theirs."), revision=1).revision == 2


def test_a_draft_that_was_thrown_away_comes_back_as_it_was(admin: User) -> None:
    published(admin)
    begin_draft(admin, "bleeds")
    save_draft(admin, "bleeds", reworded("Kept."), revision=1)
    discard_draft(admin, "bleeds", revision=2)
    with pytest.raises(ConflictError, match="thrown away"):
        save_draft(admin, "bleeds", reworded("Late."), revision=2)
    back = restore_draft(admin, "bleeds")
    assert (back.definition["description"], back.revision, back.based_on) == ("Kept.", 3, 1)


def test_a_shipped_schema_is_copied_never_edited(admin: User) -> None:
    (lesion,) = [one for one in shipped_schemas() if (one.key, one.version) == ("lesion", 1)]
    install_schemas([lesion])
    with pytest.raises(ConflictError, match="copy it"):
        begin_draft(admin, "lesion")
    for taken in ("lesion", "head-ct"):
        with pytest.raises(ConflictError, match="choose another key"):
            copy_schema(admin, "lesion", 1, new_key=taken, title="Ours")
    copy_schema(admin, "lesion", 1, new_key="our-lesion", title="Ours")
    made = publish_draft(admin, "our-lesion", revision=1, reason="With our words.")
    asked = [question["name"] for question in made.definition["form"]["questions"]]
    assert asked == [question["name"] for question in lesion.definition["form"]["questions"]]
    assert made.origin == "site"


def test_a_retired_schema_is_offered_no_more_and_readable_for_ever(admin: User) -> None:
    published(admin)
    retire_schema(admin, "bleeds", reason="Nobody uses it.")
    assert current_schemas("CT") == []
    assert schema_by_reference("bleeds@1").title == "Bleeds"
    with pytest.raises(ConflictError):
        retire_schema(admin, "bleeds", reason="Again.")
    bring_back_schema(admin, "bleeds", reason="Somebody does.")
    assert [str(one) for one in current_schemas("CT")] == ["bleeds@1"]
    retire_schema(admin, "bleeds", reason="No.")
    begin_draft(admin, "bleeds")
    save_draft(admin, "bleeds", reworded("Newer."), revision=1)
    publish_draft(admin, "bleeds", revision=2, reason="Better.")
    assert [str(one) for one in current_schemas("CT")] == ["bleeds@2"]


def test_a_file_is_taken_in_once_and_never_over_what_is_there(admin: User) -> None:
    file = SchemaFile("bleeds", 3, "Bleeds", bleed())
    assert import_schema(admin, file).done == "taken in"
    assert import_schema(admin, file).done == "already there"
    with pytest.raises(ConflictError, match="says something else"):
        import_schema(admin, SchemaFile("bleeds", 3, "Other", bleed()))
    assert import_schema(admin, SchemaFile("bleeds", 1, "Older", bleed())).version == 1
    newest = newest_version("bleeds")
    assert newest is not None
    assert newest.version == 3
    with pytest.raises(ConflictError, match="comes with the program"):
        import_schema(admin, SchemaFile("lesion", 9, "Lesion", bleed()))
    assert import_as_draft(admin, SchemaFile("bleeds", 7, "As a draft", bleed())).done == "draft"
    assert LabelSchemaDraft.objects.get().based_on == 3


def test_a_draft_that_another_version_overtook_says_so_before_it_is_published(admin: User) -> None:
    published(admin)
    begin_draft(admin, "bleeds")
    saved = save_draft(admin, "bleeds", reworded("Mine."), revision=1)
    import_schema(admin, SchemaFile("bleeds", 2, "Bleeds", bleed() | {"description": "Taken in."}))
    with pytest.raises(ConflictError, match="build on it"):
        publish_draft(admin, "bleeds", revision=saved.revision, reason="Mine.")
    seen = build_on_newest(admin, "bleeds", revision=saved.revision)
    assert str(publish_draft(admin, "bleeds", revision=seen.revision, reason="Mine.")) == "bleeds@3"


@pytest.mark.parametrize("role", ["radiologist", "data_manager"])
def test_only_admins_change_schemas(role: str, request: pytest.FixtureRequest, admin: User) -> None:
    person: User = request.getfixturevalue(role)
    published(admin)
    begin_draft(admin, "bleeds")
    file = SchemaFile("other", 1, "Other", bleed())
    acts: list[Callable[[], Any]] = [
        lambda: make_draft(person, "mine", title="Mine"),
        lambda: begin_draft(person, "bleeds"),
        lambda: copy_schema(person, "bleeds", 1, new_key="mine", title="Mine"),
        lambda: save_draft(person, "bleeds", reworded("x"), revision=1),
        lambda: discard_draft(person, "bleeds", revision=1),
        lambda: restore_draft(person, "bleeds"),
        lambda: build_on_newest(person, "bleeds", revision=1),
        lambda: publish_draft(person, "bleeds", revision=1, reason="x"),
        lambda: retire_schema(person, "bleeds", reason="x"),
        lambda: bring_back_schema(person, "bleeds", reason="x"),
        lambda: import_schema(person, file),
        lambda: import_as_draft(person, file),
    ]
    for act in acts:
        with pytest.raises(NotAllowedError):
            act()


def test_what_is_not_there_is_said_in_words(admin: User) -> None:
    for act in (
        lambda: begin_draft(admin, "nothing"),
        lambda: publish_draft(admin, "nothing", revision=1, reason="x"),
        lambda: retire_schema(admin, "nothing", reason="x"),
        lambda: copy_schema(admin, "nothing", 1, new_key="mine", title="Mine"),
        lambda: copy_schema(admin, "nothing", 10**30, new_key="mine", title="Mine"),
    ):
        with pytest.raises(NotFoundError):
            act()


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_publish_at_once_one_meets_a_conflict(admin: User, admin_too: User) -> None:
    published(admin)
    begin_draft(admin, "bleeds")
    save_draft(admin, "bleeds", reworded("Newer."), revision=1)
    start = Barrier(2)

    def publish(person: User) -> object:
        start.wait(timeout=10)
        try:
            return publish_draft(person, "bleeds", revision=2, reason="Mine.")
        except ConflictError as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(publish, (admin, admin_too)))
    assert sorted(isinstance(answer, ConflictError) for answer in answers) == [False, True]
    assert [one.version for one in LabelSchema.objects.filter(key="bleeds")] == [2, 1]
    assert LabelSchema.objects.get(version=2).published_by in (admin, admin_too)


@pytest.fixture
def admin_too(db: None) -> User:
    return User.objects.create_user("boss_too", role="admin")
