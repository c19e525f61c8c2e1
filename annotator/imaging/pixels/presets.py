"""Named windows with hot keys, by modality; the numbers are in presets.json.

Source of the CT windows: Radiopaedia, "Windowing (CT)" (brain W80 L40; subdural W130-300 L50-100, middle taken;
temporal bone and skull W2800 L600; lung W1500 L-600; soft tissue W400 L50).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from annotator.imaging.frame_description import Window


@dataclass(frozen=True)
class Preset:
    """A named window and the key that chooses it."""

    window: Window
    key: str

    def to_json(self) -> dict[str, Any]:
        window = self.window
        return {
            "name": window.name,
            "centre": window.centre,
            "width": window.width,
            "function": window.function,
            "key": self.key,
        }


@cache
def _shipped() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("presets.json").read_text())
    return data


def presets_for(modality: str, body_part: str = "") -> list[Preset]:
    """The presets of a modality in the order of their keys; none where windows have no units in common (MG, US)."""
    rows = _shipped().get(modality, {}).get("presets", [])
    return [Preset(Window(float(row["centre"]), float(row["width"]), row["name"]), row["key"]) for row in rows]


def first_preset(modality: str, body_part: str = "") -> Window | None:
    """The window that a picture without one of its own is shown in, by body part; None: its own range."""
    entry = _shipped().get(modality)
    if entry is None:
        return None
    name = entry["first"].get(body_part.upper(), entry["otherwise"])
    return next(preset.window for preset in presets_for(modality) if preset.window.name == name)


def three_windows() -> tuple[Window, Window, Window]:
    """The windows of the three-window picture of a head CT: red brain, green blood and subdural, blue bone."""
    named = {preset.window.name: preset.window for preset in presets_for("CT")}
    red, green, blue = (named[name] for name in _shipped()["CT"]["three-window"])
    return red, green, blue
