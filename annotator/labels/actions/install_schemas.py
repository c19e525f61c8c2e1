"""Put the shipped label schemas into the tables; doing it again changes nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.labels.models import LabelSchema, SchemaOrigin
from annotator.labels.schema import check_definition
from annotator.labels.shipped import ShippedSchema, shipped_schemas


@dataclass(frozen=True)
class InstallSummary:
    """References ("acr-tirads@1") by what became of them."""

    installed: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]


def install_shipped_schemas() -> InstallSummary:
    """Install every shipped schema; see install_schemas."""
    return install_schemas(shipped_schemas())


def install_schemas(schemas: Sequence[ShippedSchema]) -> InstallSummary:
    """Install schemas, all or none. A version that is in use is never changed.

    Raises
    ------
    DefinitionError : a definition does not hold together.
    ConflictError : a version that was answered already reads differently now: it needs a new version.
    """
    outcome: dict[str, list[str]] = {"installed": [], "updated": [], "unchanged": []}
    with transaction.atomic():
        for schema in schemas:
            _check_once(json.dumps(schema.definition))
            row = LabelSchema.objects.select_for_update().filter(key=schema.key, version=schema.version).first()
            outcome[_install(schema, row)].append(f"{schema.key}@{schema.version}")
    return InstallSummary(**{name: tuple(references) for name, references in outcome.items()})


@lru_cache(maxsize=256)
def _check_once(definition: str) -> None:
    """A definition that held together still does: the same files are installed over and over, above all in tests."""
    check_definition(json.loads(definition))


def _install(schema: ShippedSchema, row: LabelSchema | None) -> str:
    if LabelSchema.objects.filter(key=schema.key, origin=SchemaOrigin.SITE).exists():
        raise ConflictError(f"A schema {schema.key!r} was made here before the program brought one of that key.")
    if row is None:
        row = LabelSchema(key=schema.key, version=schema.version, origin=SchemaOrigin.SHIPPED)
        done = "installed"
    elif row.title == schema.title and row.definition == schema.definition:
        return "unchanged"
    elif _in_use(row):
        raise ConflictError(
            f"{row} was answered already and now reads differently: give the changed file a new version",
            {"schema": str(row)},
        )
    else:
        done = "updated"
    row.title, row.definition = schema.title, schema.definition
    row.save()
    record_audit(None, "install_schema", target_kind="label_schema", target_id=str(row), detail={"was": done})
    return done


def _in_use(row: LabelSchema) -> bool:
    """Whether anything refers to this version; asked of the relations, as higher rooms can't be imported here."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in LabelSchema._meta.related_objects
    )
