"""Begin, save and throw away the draft of a schema's next version."""

import copy
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError, NotFoundError, StaleError
from annotator.accounts.models import AuditEntry
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.labels.drafting import BLANK, open_for_editing
from annotator.labels.errors import DefinitionError
from annotator.labels.exchange import LONGEST_FILE, LONGEST_TITLE, canonical_json, check_key, check_title
from annotator.labels.models import LabelSchema, LabelSchemaDraft, SchemaOrigin
from annotator.labels.plain_json import check_plain_json
from annotator.labels.policies import may_edit_schemas
from annotator.labels.queries import draft_as_dict, newest_version, version_of
from annotator.labels.shipped import shipped_keys

KIND = "label_schema"


@dataclass(frozen=True)
class DraftContent:
    """What a draft says; it may be unfinished, and then it can't be published."""

    title: str
    definition: dict[str, Any]


def make_draft(person: Person, key: str, *, title: str, definition: dict[str, Any] | None = None) -> LabelSchemaDraft:
    """Begin a schema under a new key; without a definition it asks nothing yet.

    Raises
    ------
    NotAllowedError : the person is no admin.
    DefinitionError : no key or title; path says which.
    ConflictError : the key is taken.
    """
    check_may_edit(person)
    content = DraftContent(check_title(title), copy.deepcopy(definition or BLANK))
    with transaction.atomic():
        _check_free(check_key(key))
        return _begun(person, key, content, based_on=None, of="")


def begin_draft(person: Person, key: str) -> LabelSchemaDraft:
    """Begin the next version of a schema that was made here; the draft that there is, is returned as it is.

    Raises
    ------
    NotAllowedError : the person is no admin.
    NotFoundError : there is no such schema.
    ConflictError : it comes with the program: copy it.
    """
    check_may_edit(person)
    with transaction.atomic():
        found = LabelSchemaDraft.objects.select_related("changed_by").filter(key=key).first()
        if found is not None:
            return found
        newest = newest_version(key)
        if newest is None:
            raise NotFoundError(f"There is no label schema {key!r}.")
        check_made_here(newest)
        content = DraftContent(newest.title, open_for_editing(newest.definition))
        return _begun(person, key, content, based_on=newest.version, of=str(newest))


def copy_schema(person: Person, key: str, version: int, *, new_key: str, title: str) -> LabelSchemaDraft:
    """Begin a schema under a new key with what a version of another one says.

    Raises
    ------
    NotAllowedError, DefinitionError, ConflictError : as for make_draft.
    NotFoundError : there is no such version.
    """
    check_may_edit(person)
    source = version_of(key, version)
    content = DraftContent(check_title(title), open_for_editing(source.definition))
    with transaction.atomic():
        _check_free(check_key(new_key))
        return _begun(person, new_key, content, based_on=None, of=str(source))


def save_draft(person: Person, key: str, content: DraftContent, *, revision: int) -> LabelSchemaDraft:
    """Save what a draft says, finished or not; the state that is there already is returned as it is.

    Parameters
    ----------
    revision : of the draft that was changed.

    Raises
    ------
    NotAllowedError : the person is no admin.
    DefinitionError : it is larger than a schema can be, or holds what no database keeps.
    StaleError : somebody else saved meanwhile; with what is there now.
    ConflictError : it was published or thrown away meanwhile.
    """
    check_may_edit(person)
    _check_storable(content)
    with transaction.atomic():
        draft = locked_draft(key)
        if (draft.title, draft.definition) == (content.title, content.definition):
            return draft
        check_revision(draft, revision)
        draft.title, draft.definition = content.title, content.definition
        draft.revision += 1
        draft.changed_by = signed_in(person)
        draft.save()
        record_audit(person, "save_schema_draft", target_kind=KIND, target_id=key, detail={"revision": draft.revision})
    return draft


def build_on_newest(person: Person, key: str, *, revision: int) -> LabelSchemaDraft:
    """Say that the draft follows the newest version, which was taken in after it was begun.

    Raises
    ------
    NotAllowedError, StaleError, ConflictError : as for save_draft.
    """
    check_may_edit(person)
    with transaction.atomic():
        draft = locked_draft(key)
        check_revision(draft, revision)
        newest = newest_version(key)
        version = newest.version if newest else None
        if draft.based_on != version:
            draft.based_on = version
            draft.revision += 1
            draft.changed_by = signed_in(person)
            draft.save()
            record_audit(person, "rebase_schema_draft", target_kind=KIND, target_id=key, detail={"based_on": version})
    return draft


def discard_draft(person: Person, key: str, *, revision: int) -> None:
    """Throw a draft away; what it said stays in the audit trail, from where restore_draft takes it.

    Raises
    ------
    NotAllowedError, StaleError, ConflictError : as for save_draft.
    """
    check_may_edit(person)
    with transaction.atomic():
        draft = locked_draft(key)
        check_revision(draft, revision)
        detail: dict[str, object] = {
            "title": draft.title,
            "definition": draft.definition,
            "based_on": draft.based_on,
            "revision": draft.revision,
        }
        record_audit(person, "discard_schema_draft", target_kind=KIND, target_id=key, detail=detail)
        draft.delete()


def restore_draft(person: Person, key: str) -> LabelSchemaDraft:
    """Take back that a draft was thrown away; where there is one by now, that one is returned.

    Raises
    ------
    NotAllowedError : the person is no admin.
    NotFoundError : none was ever thrown away.
    """
    check_may_edit(person)
    with transaction.atomic():
        found = LabelSchemaDraft.objects.select_related("changed_by").filter(key=key).first()
        if found is not None:
            return found
        thrown = AuditEntry.objects.filter(action="discard_schema_draft", target_kind=KIND, target_id=key).first()
        if thrown is None:
            raise NotFoundError(f"No draft of {key!r} was thrown away.")
        detail = thrown.detail
        draft = LabelSchemaDraft.objects.create(
            key=key,
            title=detail["title"],
            definition=detail["definition"],
            based_on=detail["based_on"],
            revision=detail["revision"] + 1,
            changed_by=signed_in(person),
        )
        record_audit(person, "restore_schema_draft", target_kind=KIND, target_id=key)
    return draft


def check_may_edit(person: Person) -> None:
    """Let admins pass; NotAllowedError for others."""
    if not may_edit_schemas(person):
        raise NotAllowedError("Only an admin may change label schemas.")


def check_made_here(schema: LabelSchema) -> None:
    """Let a schema pass that was made here; ConflictError for one that comes with the program."""
    if schema.origin == SchemaOrigin.SHIPPED:
        raise ConflictError(f"{schema.title!r} comes with the program and is renewed with it: copy it and change that.")


def locked_draft(key: str) -> LabelSchemaDraft:
    """The draft of a key, locked until the end of the transaction.

    Raises
    ------
    ConflictError : there is none any more.
    NotFoundError : there is no such schema at all.
    """
    draft = (
        LabelSchemaDraft.objects.select_for_update(of=("self",)).select_related("changed_by").filter(key=key).first()
    )
    if draft is not None:
        return draft
    if LabelSchema.objects.filter(key=key).exists():
        raise ConflictError(f"There is no draft of {key!r}: it was published or thrown away. Reload the page.")
    raise NotFoundError(f"There is no label schema {key!r}.")


def check_revision(draft: LabelSchemaDraft, revision: int) -> None:
    """Let a change pass that builds on what is there; StaleError for one that doesn't."""
    if draft.revision != revision:
        raise StaleError(
            f"{draft.changed_by.username} changed this draft meanwhile: it is at revision {draft.revision}, this "
            f"builds on {revision}.",
            {**draft_as_dict(draft)},
        )


def _begun(person: Person, key: str, content: DraftContent, *, based_on: int | None, of: str) -> LabelSchemaDraft:
    _check_storable(content)
    draft = LabelSchemaDraft.objects.create(
        key=key,
        title=content.title,
        definition=content.definition,
        based_on=based_on,
        changed_by=signed_in(person),
    )
    record_audit(person, "begin_schema_draft", target_kind=KIND, target_id=key, detail={"of": of})
    return draft


def _check_free(key: str) -> None:
    taken = LabelSchema.objects.filter(key=key).exists() or LabelSchemaDraft.objects.filter(key=key).exists()
    if taken or key in shipped_keys():
        raise ConflictError(f"There is a label schema {key!r} already: choose another key.")


def _check_storable(content: DraftContent) -> None:
    if not isinstance(content.title, str) or len(content.title) > LONGEST_TITLE:
        raise DefinitionError(f"a title is text of at most {LONGEST_TITLE} characters", "title")
    if not isinstance(content.definition, dict):
        raise DefinitionError("a definition is a JSON object", "definition")
    check_plain_json(content.title)
    check_plain_json(content.definition)
    if len(canonical_json(content.definition)) > LONGEST_FILE:
        raise DefinitionError(f"a schema has at most {LONGEST_FILE:,} characters", "definition")
