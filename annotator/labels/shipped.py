"""The label schemas that come with the program: a file in schemas/ for each version, and none is ever taken away."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("schemas")


@dataclass(frozen=True)
class ShippedSchema:
    """One file: which schema and version it is, and its definition."""

    key: str
    version: int
    title: str
    definition: dict[str, Any]


def shipped_schemas() -> list[ShippedSchema]:
    """Read every shipped schema, by key and version."""
    schemas = []
    for path in _FOLDER.glob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        key, version, title = content.pop("key"), content.pop("version"), content.pop("title")
        schemas.append(ShippedSchema(key=key, version=version, title=title, definition=content))
    return sorted(schemas, key=lambda schema: (schema.key, schema.version))


def newest_shipped(key: str) -> ShippedSchema:
    """Return the newest shipped version of a schema.

    Raises
    ------
    KeyError : no schema of this key is shipped.
    """
    versions = [schema for schema in shipped_schemas() if schema.key == key]
    if not versions:
        raise KeyError(key)
    return versions[-1]


@cache
def shipped_keys() -> frozenset[str]:
    """Keys that belong to the program: nobody makes or takes in a schema under one of them."""
    return frozenset(schema.key for schema in shipped_schemas())
