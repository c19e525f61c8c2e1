"""What comes as a definition must be JSON of a reasonable size before anything looks at its meaning. Pure."""

import unicodedata
from collections.abc import Iterable

from annotator.labels.errors import DefinitionError

DEEPEST = 24
MOST_PARTS = 20_000
LONGEST_TEXT = 10_000
LARGEST_NUMBER = 1e15
# Control characters, lone surrogates, unassigned code points: no database keeps all of them.
_REFUSED = {"Cc", "Cs", "Cn"}
_ALLOWED_CONTROLS = "\n\r\t"


def joined(parts: Iterable[str | int]) -> str:
    """A path as the other rooms write it: names joined by dots, places in a list in brackets."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return path.removeprefix(".")


def check_plain_json(value: object) -> None:
    """Let JSON pass that is neither deep nor huge, with finite numbers and text that can be kept.

    Raises
    ------
    DefinitionError : with the path of the first fault.
    """
    parts = 0
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(value, ())]
    while waiting:
        part, path = waiting.pop()
        parts += 1
        if parts > MOST_PARTS:
            raise DefinitionError(f"this has more than {MOST_PARTS:,} parts: no form is that large", "")
        if len(path) > DEEPEST:
            raise DefinitionError(f"this is nested more than {DEEPEST} levels deep", joined(path[:4]))
        if isinstance(part, dict):
            for name in part:
                _check_text(name, path)
            waiting += [(item, (*path, name)) for name, item in part.items()]
        elif isinstance(part, list):
            waiting += [(item, (*path, place)) for place, item in enumerate(part)]
        else:
            _check_leaf(part, path)


def _check_leaf(value: object, path: tuple[str | int, ...]) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int | float):
        # NaN is not below anything, and no number of this size is a measurement.
        if not abs(value) <= LARGEST_NUMBER:
            raise DefinitionError("a number must be finite and of a reasonable size", joined(path))
        return
    _check_text(value, path)


def _check_text(value: object, path: tuple[str | int, ...]) -> None:
    if not isinstance(value, str):
        raise DefinitionError(f"this is no JSON: {type(value).__name__}", joined(path))
    if len(value) > LONGEST_TEXT:
        raise DefinitionError(f"this text has {len(value):,} characters; at most {LONGEST_TEXT:,} fit", joined(path))
    if any(unicodedata.category(c) in _REFUSED for c in value if c not in _ALLOWED_CONTROLS):
        raise DefinitionError("this holds characters that are no writing (control characters)", joined(path))
