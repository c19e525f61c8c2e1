"""What a person may choose about the reading page and the other pages. Pure.

Stored as {"keys": {command: [key, ...]}, "mouse": name, "text": size}: keys that replace a command's shipped ones (none
at all takes them away), the mouse preset, and how large words are on top of what the screen asks for. What a command or
a key is called is the reading page's business; here counts only that they are names and few.
"""

import re
from typing import TypedDict

from annotator.accounts.errors import InvalidError

# The presets of frontend/viewer/src/input/mouse.ts.
MOUSE_PRESETS = ("right_windows", "right_zooms", "middle_windows")
TEXT_SIZES = ("small", "normal", "large")
SHIPPED_TEXT = "normal"
MAX_COMMANDS = 300
MAX_KEYS = 4
_COMMAND = re.compile(r"[a-z]+\.[a-z0-9_]+")
_KEY = re.compile(r"\S{1,40}")


class Preferences(TypedDict):
    keys: dict[str, list[str]]
    mouse: str
    text: str


def default_preferences() -> Preferences:
    """What somebody has who never chose."""
    return Preferences(keys={}, mouse=MOUSE_PRESETS[0], text=SHIPPED_TEXT)


def check_preferences(content: object) -> Preferences:
    """Return preferences when they are such; what is left out is as shipped.

    Raises
    ------
    InvalidError : with the path of the first fault, e.g. "keys.tools.box".
    """
    if not isinstance(content, dict):
        raise InvalidError("Preferences are an object.", path="")
    if strange := set(content) - {"keys", "mouse", "text"}:
        raise InvalidError(f"Preferences have keys, mouse and text, not {min(strange)!r}.", path=str(min(strange))[:64])
    mouse = content.get("mouse", MOUSE_PRESETS[0])
    if mouse not in MOUSE_PRESETS:
        raise InvalidError(f"The mouse is one of {', '.join(MOUSE_PRESETS)}.", path="mouse")
    text = content.get("text", SHIPPED_TEXT)
    if text not in TEXT_SIZES:
        raise InvalidError(f"The text is one of {', '.join(TEXT_SIZES)}.", path="text")
    keys = content.get("keys", {})
    if not isinstance(keys, dict) or len(keys) > MAX_COMMANDS:
        raise InvalidError(f"Own keys are an object of at most {MAX_COMMANDS} commands.", path="keys")
    own = {command: _checked_keys(command, wanted) for command, wanted in keys.items()}
    return Preferences(keys=own, mouse=mouse, text=text)


def _checked_keys(command: object, keys: object) -> list[str]:
    path = f"keys.{command}"[:64]
    if not isinstance(command, str) or not _COMMAND.fullmatch(command) or len(command) > 64:
        raise InvalidError('A command is named like "tools.box".', path=path)
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise InvalidError(f"A command has a list of at most {MAX_KEYS} keys.", path=path)
    for key in keys:
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise InvalidError('A key is written like "B" or "Ctrl+Shift+Z".', path=path)
    return list(keys)
