"""The hangings that come with the program: one file each in protocols/."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from annotator.cases.hangings.definition import Protocol, protocol_of

_FOLDER = Path(__file__).with_name("protocols")


def shipped_contents() -> list[dict[str, Any]]:
    """Read every shipped hanging, by key."""
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in _FOLDER.glob("*.json")]
    return sorted(contents, key=lambda content: str(content["key"]))


@cache
def shipped_protocols() -> tuple[Protocol, ...]:
    """The same as dataclasses; a test checks the files."""
    return tuple(protocol_of(content) for content in shipped_contents())
