"""What a reader typed must be something that every database can keep and every program can read back. Pure."""

import math
import unicodedata

from annotator.accounts.errors import InvalidError

# Control characters, lone surrogates, unassigned code points: PostgreSQL refuses some, files and pages choke on others.
_REFUSED = {"Cc", "Cs", "Cn"}
_ALLOWED_CONTROLS = "\n\r\t"


def check_line(text: object, *, path: str, longest: int) -> str:
    """Return one line of text without surrounding blanks.

    Raises
    ------
    InvalidError : no text, too long, or with characters that are no writing.
    """
    if not isinstance(text, str):
        raise InvalidError("This must be text.", path=path)
    stripped = text.strip()
    if len(stripped) > longest:
        raise InvalidError(f"This has {len(stripped)} characters; at most {longest} fit.", path=path)
    if any(unicodedata.category(character) in _REFUSED for character in stripped):
        raise InvalidError("This holds characters that are no writing (control characters).", path=path)
    return stripped


def check_json_storable(value: object, *, path: str) -> None:
    """Let a JSON value pass that every database can keep: finite numbers, and text of written characters.

    Raises
    ------
    InvalidError : with the path of the first fault, e.g. "answers.foci[1]".
    """
    if isinstance(value, dict):
        for name, part in value.items():
            check_json_storable(name, path=path)
            check_json_storable(part, path=f"{path}.{name}")
    elif isinstance(value, list):
        for at, part in enumerate(value):
            check_json_storable(part, path=f"{path}[{at}]")
    elif isinstance(value, float) and not math.isfinite(value):
        raise InvalidError(f"A number must be finite, not {value}.", path=path)
    elif isinstance(value, str) and any(
        unicodedata.category(character) in _REFUSED for character in value if character not in _ALLOWED_CONTROLS
    ):
        raise InvalidError("This holds characters that are no writing (control characters).", path=path)
