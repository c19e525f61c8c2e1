"""Which schemas there are. They hold nothing of patients, so everyone who is signed in may read them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

from annotator.accounts.errors import InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.labels.diff import SchemaText
from annotator.labels.drafting import completed
from annotator.labels.exchange import LARGEST_VERSION
from annotator.labels.fitting import schema_fits
from annotator.labels.models import LabelSchema, LabelSchemaDraft, RetiredSchema
from annotator.labels.policies import may_edit_schemas
from annotator.labels.schema import check_definition

_REFERENCE = re.compile(r"^(?P<key>[a-z0-9][a-z0-9-]{0,63})@(?P<version>[1-9][0-9]{0,5})$")


def all_schemas() -> list[LabelSchema]:
    """Return the newest version of every schema, by key."""
    newest: dict[str, LabelSchema] = {}
    for schema in LabelSchema.objects.order_by("key", "-version"):
        newest.setdefault(schema.key, schema)
    return list(newest.values())


def offered_schemas() -> list[LabelSchema]:
    """Return the newest version of every schema that is not retired, by key."""
    retired = set(RetiredSchema.objects.values_list("key", flat=True))
    return [schema for schema in all_schemas() if schema.key not in retired]


def is_retired(key: str) -> bool:
    """Whether a key is offered for no new answers."""
    return RetiredSchema.objects.filter(key=key).exists()


def current_schemas(modality: str, *, body_part: str = "") -> list[LabelSchema]:
    """Return the newest version of every schema that is offered and fits a case, by key.

    Parameters
    ----------
    modality : of the case, e.g. "US".
    body_part : DICOM's Body Part Examined; empty when not known, and then no schema is left out for it.
    """
    every = offered_schemas()
    return [schema for schema in every if schema_fits(schema.definition, modality=modality, body_part=body_part)]


def schema_by_reference(reference: str) -> LabelSchema:
    """Return the schema that a reference such as "acr-tirads@1" names.

    Raises
    ------
    InvalidError : with path "schema", when it is no reference or there is no such schema.
    """
    match = _REFERENCE.fullmatch(reference)
    schema = LabelSchema.objects.filter(key=match["key"], version=int(match["version"])).first() if match else None
    if schema is None:
        raise InvalidError(f"there is no label schema {reference!r}: name one as key@version", "schema")
    return schema


def schemas_by_reference(references: Iterable[str]) -> list[LabelSchema]:
    """The schemas of several references, in their order, in one query; one that there isn't is left out."""
    wanted = list(references)
    keys = {reference.partition("@")[0] for reference in wanted}
    found = {str(schema): schema for schema in LabelSchema.objects.filter(key__in=keys)}
    return [found[reference] for reference in wanted if reference in found]


def version_of(key: str, version: int) -> LabelSchema:
    """Return one version.

    Raises
    ------
    NotFoundError : there is no such one.
    """
    rows = LabelSchema.objects.select_related("published_by").filter(key=key, version=version)
    # SQLite can't even look for a larger number.
    schema = rows.first() if version <= LARGEST_VERSION else None
    if schema is None:
        raise NotFoundError(f"There is no label schema {key}@{str(version)[:9]}.")
    return schema


def newest_version(key: str) -> LabelSchema | None:
    """Return the newest version of a key; None where there is none, or only a draft."""
    return LabelSchema.objects.filter(key=key).order_by("-version").first()


class DraftRecord(TypedDict):
    key: str
    title: str
    definition: dict[str, Any]
    based_on: int | None
    revision: int
    changed_by: str
    updated_at: str


def draft_as_dict(draft: LabelSchemaDraft) -> DraftRecord:
    """A draft as JSON. Reads `changed_by`: select it with it."""
    return DraftRecord(
        key=draft.key,
        title=draft.title,
        definition=draft.definition,
        based_on=draft.based_on,
        revision=draft.revision,
        changed_by=draft.changed_by.username,
        updated_at=draft.updated_at.isoformat(),
    )


def draft_for(person: Person, key: str) -> LabelSchemaDraft:
    """The draft of a key, for those who may edit it.

    Raises
    ------
    NotFoundError : there is none, or this person may not see it.
    """
    drafts = LabelSchemaDraft.objects.select_related("changed_by").filter(key=key)
    draft = drafts.first() if may_edit_schemas(person) else None
    if draft is None:
        raise NotFoundError(f"There is no draft of a label schema {key!r}.")
    return draft


def text_of(person: Person, key: str, which: str, *, path: str) -> SchemaText:
    """A version by its number, or the draft, to compare; `path` names the parameter in a refusal.

    Raises
    ------
    InvalidError : neither a number nor "draft".
    DefinitionError : a draft that does not hold together.
    NotFoundError : there is none that this person may see.
    """
    if which == "draft":
        draft = draft_for(person, key)
        definition = completed(draft.definition)
        check_definition(definition)
        return SchemaText(draft.title, definition)
    if not (which.isascii() and which.isdecimal() and len(which) < 7):
        raise InvalidError('Say a version\'s number, or "draft".', path=path)
    schema = version_of(key, int(which))
    return SchemaText(schema.title, schema.definition)


@dataclass(frozen=True)
class SchemaLine:
    """Everything that there is of one key, the newest version first; drafts only for those who may edit."""

    key: str
    versions: tuple[LabelSchema, ...]
    draft: LabelSchemaDraft | None
    retired: RetiredSchema | None

    @property
    def newest(self) -> LabelSchema | None:
        return self.versions[0] if self.versions else None

    @property
    def title(self) -> str:
        if self.versions:
            return self.versions[0].title
        return self.draft.title if self.draft else self.key

    @property
    def state(self) -> str:
        """`offered`, `retired`, or `draft` where nothing was published yet."""
        if not self.versions:
            return "draft"
        return "retired" if self.retired else "offered"


def schema_lines(person: Person, *, key: str | None = None) -> list[SchemaLine]:
    """Every schema with its versions, by key.

    Parameters
    ----------
    key : of the only one that is wanted.
    """
    only = {} if key is None else {"key": key}
    versions: dict[str, list[LabelSchema]] = {}
    for schema in LabelSchema.objects.select_related("published_by").filter(**only).order_by("key", "-version"):
        versions.setdefault(schema.key, []).append(schema)
    drafts: dict[str, LabelSchemaDraft] = {}
    if may_edit_schemas(person):
        drafts = {one.key: one for one in LabelSchemaDraft.objects.select_related("changed_by").filter(**only)}
    retired = {one.key: one for one in RetiredSchema.objects.select_related("retired_by").filter(**only)}
    return [
        SchemaLine(one, tuple(versions.get(one, ())), drafts.get(one), retired.get(one))
        for one in sorted({*versions, *drafts})
    ]


def schema_line(person: Person, key: str) -> SchemaLine:
    """Everything that there is of one key.

    Raises
    ------
    NotFoundError : nothing that this person may see.
    """
    lines = schema_lines(person, key=key)
    if not lines:
        raise NotFoundError(f"There is no label schema {key!r}.")
    return lines[0]
