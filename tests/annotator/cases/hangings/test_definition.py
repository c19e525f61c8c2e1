"""A hanging's JSON: what holds together, and where a fault is."""

import copy
from typing import Any

import pytest

from annotator.cases.hangings.definition import HangingError, check_protocol, protocol_of
from annotator.cases.hangings.shipped import shipped_contents, shipped_protocols
from annotator.imaging.pixels.presets import presets_for


def good() -> dict[str, Any]:
    return copy.deepcopy(next(one for one in shipped_contents() if one["key"] == "ct-head-windows"))


@pytest.mark.parametrize("content", shipped_contents(), ids=lambda content: content["key"])
def test_every_shipped_hanging_holds_together(content: dict[str, Any]) -> None:
    check_protocol(content)
    windows = {preset.window.name for preset in presets_for(content["modality"])}
    for pane in protocol_of(content).panes:
        assert pane.presentation.window in {"", *windows}, "a window that no preset has"


def test_shipped_hangings_have_keys_of_their_own() -> None:
    keys = [protocol.key for protocol in shipped_protocols()]
    assert len(set(keys)) == len(keys)


def set_at(content: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (["rows"], 4, "rows"),
        (["columns"], 1, "panes"),
        (["modality"], "ct", "modality"),
        (["priority"], -1, "priority"),
        (["panes", 1, "same_stack_as"], 2, "panes[1].same_stack_as"),
        (["panes", 0, "same_stack_as"], 1, "panes[0]"),
        (["panes", 0, "image_set", "laterality"], ["X"], "panes[0].image_set.laterality[0]"),
        (["panes", 0, "image_set", "kind"], [], "panes[0].image_set.kind"),
        (["panes", 3, "presentation", "window"], "Bone", "panes[3].presentation"),
        (["panes", 2, "presentation", "slab"], {"mode": "maximum", "slices": 1}, "panes[2].presentation.slab.slices"),
        (["panes", 2, "presentation", "colour"], "red", "panes[2].presentation"),
        (["synchronized", "scroll"], [[1, 5]], "synchronized.scroll[0]"),
        (["synchronized", "zoom"], [[1, 2], [2, 3]], "synchronized.zoom[1]"),
        (["needs"], [{"image_set": {"number": 2}}], "needs[0].image_set"),
        (["key"], "CT head", "key"),
    ],
)
def test_a_fault_is_told_with_its_place(path: list[Any], value: Any, fault: str) -> None:
    content = good()
    set_at(content, path, value)
    with pytest.raises(HangingError) as raised:
        check_protocol(content)
    assert raised.value.path == fault
