"""A schema's version as a file, and back. Pure.

The file is JSON: {"format", "key", "version", "title", "definition", "content_hash"}. The hash is over the canonical
form of the four in between (sorted names, no blanks), so that two files say the same exactly where it is the same.
A file as it ships with the program, with the definition's parts beside the key, is read too.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from annotator.labels.errors import DefinitionError
from annotator.labels.plain_json import check_plain_json
from annotator.labels.schema import check_definition

FORMAT = "reading-room-label-schema/1"
LONGEST_FILE = 1_000_000
LONGEST_TITLE = 200
LARGEST_VERSION = 999_999
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MEMBERS = {"format", "key", "version", "title", "definition", "content_hash"}


@dataclass(frozen=True)
class SchemaFile:
    """One version of a schema outside the tables."""

    key: str
    version: int
    title: str
    definition: dict[str, Any]

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical form."""
        return content_hash(self.key, self.version, title=self.title, definition=self.definition)

    def to_json(self) -> dict[str, Any]:
        """Return what the file holds."""
        return {
            "format": FORMAT,
            "key": self.key,
            "version": self.version,
            "title": self.title,
            "definition": self.definition,
            "content_hash": self.content_hash,
        }


def canonical_json(value: object) -> str:
    """The one way of writing a JSON value that hashes are made of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(key: str, version: int, *, title: str, definition: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of what a version says."""
    content = {"key": key, "version": version, "title": title, "definition": definition}
    return hashlib.sha256(canonical_json(content).encode("utf-8")).hexdigest()


def file_text(schema: SchemaFile) -> str:
    """What is written when a version is exported; questions and options stay in their order."""
    return json.dumps(schema.to_json(), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_file(text: str) -> SchemaFile:
    """Read what was exported, or a file as it ships.

    Raises
    ------
    DefinitionError : it is no schema; `path` points at the fault, e.g. "definition.form.questions[2].title".
    """
    if len(text) > LONGEST_FILE:
        raise DefinitionError(f"a schema has at most {LONGEST_FILE:,} characters, this has {len(text):,}")
    try:
        content = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise DefinitionError(f"this is no JSON: {error}") from error
    return read_content(content)


def read_content(content: object) -> SchemaFile:
    """The same of what the JSON said."""
    if not isinstance(content, dict):
        raise DefinitionError("a schema is one JSON object")
    check_plain_json(content)
    is_flat = "definition" not in content and "form" in content
    if is_flat:
        own = {name: value for name, value in content.items() if name not in _MEMBERS}
        content = {name: value for name, value in content.items() if name in _MEMBERS} | {"definition": own}
    for name in ("key", "version", "title", "definition"):
        if name not in content:
            raise DefinitionError(f"a schema's file needs its {name}", name)
    if strange := sorted(set(content) - _MEMBERS):
        raise DefinitionError(f"a schema's file has no {strange[0]!r}", strange[0])
    if content.get("format", FORMAT) != FORMAT:
        raise DefinitionError(f"this is of format {content['format']!r}; this program reads {FORMAT!r}", "format")
    read = SchemaFile(
        key=check_key(content["key"]),
        version=_version(content["version"]),
        title=check_title(content["title"]),
        definition=_definition(content["definition"], prefix="" if is_flat else "definition."),
    )
    if content.get("content_hash", read.content_hash) != read.content_hash:
        raise DefinitionError(
            "the content was changed after this file was exported: take it in without its content_hash if that is "
            "meant",
            "content_hash",
        )
    return read


def check_key(key: object) -> str:
    """Return a schema's key.

    Raises
    ------
    DefinitionError : it is none; path "key".
    """
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise DefinitionError("a key has small letters, digits and hyphens, 64 at most, and no hyphen first", "key")
    return key


def check_title(title: object) -> str:
    """Return a schema's title without blanks around it.

    Raises
    ------
    DefinitionError : it is none; path "title".
    """
    if not isinstance(title, str) or not title.strip():
        raise DefinitionError("a schema needs a title", "title")
    if len(title.strip()) > LONGEST_TITLE:
        raise DefinitionError(f"a title has at most {LONGEST_TITLE} characters", "title")
    try:
        check_plain_json(title)
    except DefinitionError as error:
        raise DefinitionError(str(error), "title") from error
    return title.strip()


def _version(version: object) -> int:
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= LARGEST_VERSION:
        raise DefinitionError(f"a version is a whole number from 1 to {LARGEST_VERSION}", "version")
    return version


def _definition(definition: object, *, prefix: str) -> dict[str, Any]:
    if not isinstance(definition, dict):
        raise DefinitionError("a definition is a JSON object", prefix.rstrip("."))
    try:
        check_definition(definition)
    except DefinitionError as error:
        raise DefinitionError(str(error), prefix + error.path if error.path else prefix.rstrip(".")) from error
    return definition


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")
