"""Which schemas there are. They hold nothing of patients, so everyone who is signed in may read them."""

import re

from annotator.accounts.errors import InvalidError
from annotator.labels.fitting import schema_fits
from annotator.labels.models import LabelSchema

_REFERENCE = re.compile(r"^(?P<key>[a-z0-9][a-z0-9-]{0,63})@(?P<version>[1-9][0-9]{0,5})$")


def all_schemas() -> list[LabelSchema]:
    """Return the newest version of every schema, by key."""
    newest: dict[str, LabelSchema] = {}
    for schema in LabelSchema.objects.order_by("key", "-version"):
        newest.setdefault(schema.key, schema)
    return list(newest.values())


def current_schemas(modality: str, *, body_part: str = "") -> list[LabelSchema]:
    """Return the newest version of every schema that fits a case, by key.

    Parameters
    ----------
    modality : of the case, e.g. "US".
    body_part : DICOM's Body Part Examined; empty when not known, and then no schema is left out for it.
    """
    every = all_schemas()
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
