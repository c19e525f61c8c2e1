"""A hanging's definition, read from its JSON and checked. Pure: knows nothing of tables.

The names follow DICOM's hanging protocols where they have one: an image set is what a pane asks for, an abstract
prior value counts earlier studies, synchronised groups name panes by number (PS3.3 C.23). meta_schema.json says it
exactly; panes are counted from 1, from the top left, row by row.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from annotator.accounts.errors import InvalidError

LinkKind = Literal["scroll", "zoom", "window"]
LINK_KINDS: tuple[LinkKind, ...] = ("scroll", "zoom", "window")
MOST_ROWS, MOST_COLUMNS = 3, 4
_META_SCHEMA = Path(__file__).with_name("meta_schema.json")


class HangingError(InvalidError):
    """A hanging's definition does not hold together; `path` points at the fault, e.g. "panes[2].image_set"."""


@dataclass(frozen=True)
class ImageSet:
    """What a pane asks for; an empty tuple asks for anything.

    Attributes
    ----------
    prior : 0 for the study that is read, 1 for the latest earlier one, and so on (Abstract Prior Value).
    number : which of those that fit, counted from 1 in the order of the case.
    """

    laterality: tuple[str, ...] = ()
    view: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    plane: tuple[str, ...] = ()
    prior: int = 0
    number: int = 1


@dataclass(frozen=True)
class Need:
    """How many stacks of a kind the case must have for the hanging to fit."""

    image_set: ImageSet
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True)
class Slab:
    mode: Literal["maximum", "average"]
    slices: int


@dataclass(frozen=True)
class Presentation:
    """How a pane opens: a window preset by name or a composition, a slab, a plane it is cut along."""

    window: str = ""
    composition: str = ""
    slab: Slab | None = None
    plane: str = ""


@dataclass(frozen=True)
class PaneWish:
    """What one pane asks for: an image set, or the stack of an earlier pane (counted from 1)."""

    image_set: ImageSet | None = None
    same_stack_as: int | None = None
    required: bool = False
    presentation: Presentation = field(default_factory=Presentation)


@dataclass(frozen=True)
class Protocol:
    """One hanging. Of those that fit a case the one with the highest priority is shown first."""

    key: str
    name: str
    modality: str
    body_parts: tuple[str, ...]
    priority: int
    rows: int
    columns: int
    panes: tuple[PaneWish, ...]
    needs: tuple[Need, ...] = ()
    synchronized: dict[LinkKind, tuple[tuple[int, ...], ...]] = field(default_factory=dict)


def check_protocol(content: dict[str, Any]) -> None:
    """Check that a hanging's JSON holds together: its shape, a pane for each place, references that lead somewhere.

    Raises
    ------
    HangingError : with the path of the fault.
    """
    if fault := best_match(_meta_validator().iter_errors(content)):
        raise HangingError(_in_words(fault), _joined(fault.absolute_path))
    count = content["rows"] * content["columns"]
    if len(content["panes"]) != count:
        raise HangingError(
            f"{content['rows']} x {content['columns']} panes are {count}, but {len(content['panes'])} are described",
            "panes",
        )
    for at, pane in enumerate(content["panes"]):
        same = pane.get("same_stack_as")
        if same is not None and same > at:
            raise HangingError(
                f"pane {at + 1} can show the stack of an earlier pane only, not of pane {same}",
                f"panes[{at}].same_stack_as",
            )
    for kind, groups in content.get("synchronized", {}).items():
        _check_groups(kind, groups, count)


def protocol_of(content: dict[str, Any]) -> Protocol:
    """Read a checked definition."""
    return Protocol(
        key=content["key"],
        name=content["name"],
        modality=content["modality"],
        body_parts=tuple(content["body_parts"]),
        priority=content["priority"],
        rows=content["rows"],
        columns=content["columns"],
        panes=tuple(_pane(pane) for pane in content["panes"]),
        needs=tuple(
            Need(_image_set(need["image_set"]), need.get("at_least", 0), need.get("at_most"))
            for need in content.get("needs", ())
        ),
        synchronized={
            kind: tuple(tuple(group) for group in content.get("synchronized", {}).get(kind, ())) for kind in LINK_KINDS
        },
    )


def _check_groups(kind: str, groups: list[list[int]], count: int) -> None:
    seen: set[int] = set()
    for at, group in enumerate(groups):
        path = f"synchronized.{kind}[{at}]"
        if beyond := [number for number in group if number > count]:
            raise HangingError(f"there is no pane {beyond[0]}: this hanging has {count}", path)
        if twice := seen.intersection(group):
            raise HangingError(f"pane {min(twice)} is in two groups: it can follow one only", path)
        seen.update(group)


def _pane(pane: dict[str, Any]) -> PaneWish:
    shown = pane.get("presentation", {})
    slab = shown.get("slab")
    return PaneWish(
        image_set=_image_set(pane["image_set"]) if "image_set" in pane else None,
        same_stack_as=pane.get("same_stack_as"),
        required=pane.get("required", False),
        presentation=Presentation(
            window=shown.get("window", ""),
            composition=shown.get("composition", ""),
            slab=Slab(slab["mode"], slab["slices"]) if slab else None,
            plane=shown.get("plane", ""),
        ),
    )


def _image_set(wish: dict[str, Any]) -> ImageSet:
    return ImageSet(
        laterality=tuple(wish.get("laterality", ())),
        view=tuple(wish.get("view", ())),
        kind=tuple(wish.get("kind", ())),
        plane=tuple(wish.get("plane", ())),
        prior=wish.get("prior", 0),
        number=wish.get("number", 1),
    )


@cache
def _meta_validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_META_SCHEMA.read_text(encoding="utf-8")))


def _joined(parts: Iterable[str | int]) -> str:
    joined = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return joined.removeprefix(".")


def _in_words(fault: ValidationError) -> str:
    if fault.validator == "enum":
        return f"{fault.instance!r} can't be chosen here: one of {', '.join(map(repr, fault.validator_value))}"
    if fault.validator == "not":
        return "a three-window picture has its own windows: leave the window out, or the composition"
    if fault.validator == "oneOf":
        return "a pane asks for an image set, or for the stack of an earlier pane: one of the two"
    return str(fault.message)
