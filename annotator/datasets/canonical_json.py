"""JSON whose bytes depend on its content alone, so that its hash names the content. Pure."""

import hashlib
import json
from typing import Any


def canonical_json(document: Any) -> bytes:
    """Sorted keys, no blanks, UTF-8.

    Raises
    ------
    ValueError : a number that is none or infinite, which JSON has no word for.
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def readable_json(document: Any) -> bytes:
    """The same for people to read: a line a value, a newline at the end."""
    text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def hash_of_json(document: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_json(document)).hexdigest()
