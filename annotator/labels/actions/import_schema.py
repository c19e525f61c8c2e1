"""Take a schema in from a file: as the version that the file says, or as a draft to look at first."""

from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.labels.actions.edit_draft import (
    KIND,
    DraftContent,
    begin_draft,
    check_may_edit,
    make_draft,
    save_draft,
)
from annotator.labels.drafting import open_for_editing
from annotator.labels.exchange import SchemaFile, content_hash
from annotator.labels.models import LabelSchema, LabelSchemaDraft, SchemaOrigin
from annotator.labels.queries import newest_version
from annotator.labels.shipped import shipped_keys


@dataclass(frozen=True)
class Imported:
    """What became of a file: a version that was taken in, one that was there already, or a draft."""

    key: str
    version: int | None
    done: Literal["taken in", "already there", "draft"]


def import_schema(person: Person, file: SchemaFile) -> Imported:
    """Take a version in as the file says it. An older one than the newest is only read, never offered.

    Parameters
    ----------
    file : from exchange.read_file, which has checked it.

    Raises
    ------
    NotAllowedError : the person is no admin.
    ConflictError : the key belongs to a schema that comes with the program, or this version says something else here.
    """
    check_may_edit(person)
    with transaction.atomic():
        _check_not_shipped(file)
        there = LabelSchema.objects.select_for_update().filter(key=file.key, version=file.version).first()
        if there is not None:
            _check_same(there, file)
            return Imported(file.key, file.version, "already there")
        LabelSchema.objects.create(
            key=file.key,
            version=file.version,
            title=file.title,
            definition=file.definition,
            origin=SchemaOrigin.SITE,
            published_by=signed_in(person),
            reason="Taken in from a file.",
        )
        detail: dict[str, object] = {"version": file.version, "content_hash": file.content_hash}
        record_audit(person, "import_schema", target_kind=KIND, target_id=file.key, detail=detail)
    return Imported(file.key, file.version, "taken in")


def import_as_draft(person: Person, file: SchemaFile) -> Imported:
    """Make of a file the draft of its key's next version; the file's own version number is left aside.

    Raises
    ------
    NotAllowedError, ConflictError : as for import_schema; also where a draft of this key says something else already.
    """
    check_may_edit(person)
    content = DraftContent(file.title, open_for_editing(file.definition))
    with transaction.atomic():
        _check_not_shipped(file)
        there = LabelSchemaDraft.objects.filter(key=file.key).first()
        if there is not None and (there.title, there.definition) != (content.title, content.definition):
            raise ConflictError(f"There is a draft of {file.key!r} already: publish it or throw it away first.")
        if there is None:
            _begin(person, file.key, content)
    return Imported(file.key, None, "draft")


def _begin(person: Person, key: str, content: DraftContent) -> None:
    if newest_version(key) is None:
        make_draft(person, key, title=content.title, definition=content.definition)
        return
    begun = begin_draft(person, key)
    save_draft(person, key, content, revision=begun.revision)


def _check_not_shipped(file: SchemaFile) -> None:
    shipped = LabelSchema.objects.filter(key=file.key, origin=SchemaOrigin.SHIPPED).exists()
    if shipped or file.key in shipped_keys():
        raise ConflictError(
            f"The key {file.key!r} belongs to a schema that comes with the program: give the file another key."
        )


def _check_same(there: LabelSchema, file: SchemaFile) -> None:
    known = content_hash(there.key, there.version, title=there.title, definition=there.definition)
    if known != file.content_hash:
        raise ConflictError(
            f"{there} is here already and says something else; a version is never changed. Give the file a new "
            "version, or take it in as a draft.",
            {"schema": str(there), "content_hash": known},
        )
