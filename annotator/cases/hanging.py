"""Which stack hangs in which pane, and what a blinded reader may be told each one is. Pure.

The rules: four breast views as a radiologist hangs them (right breast on the left, chest walls together, CC above
MLO); an ultrasound pair side by side; otherwise one pane, with the largest volume in it and the rest to choose from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BREAST_MODALITY = "MG"
# Right breast on the left of the screen, its chest wall to the right, facing the left breast's.
BREAST_PANES = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
ULTRASOUND_PAIR = ("transverse", "longitudinal")


@dataclass(frozen=True)
class HangableStack:
    """What the rules look at.

    Attributes
    ----------
    kind : "volume", "cine" or "still".
    plane : "axial", "coronal", "sagittal" or "" when not known.
    is_localizer : a scout picture of CT or MR.
    part : what tells it from other stacks of its series at the same places ("echo 2").
    """

    pk: int
    kind: str
    modality: str
    series_number: int | None
    instance_number: int | None
    laterality: str
    view: str
    frame_count: int
    plane: str = ""
    slice_thickness: float | None = None
    is_localizer: bool = False
    part: str = ""


@dataclass(frozen=True)
class HungStack:
    """A stack's place: panes from the top left, row by row; from the number of panes on, it waits to be chosen."""

    pk: int
    place: int
    title: str


@dataclass(frozen=True)
class Hanging:
    """Rows x columns of panes, and the stacks by place. A pane whose picture is missing stays empty."""

    layout: str
    stacks: tuple[HungStack, ...]


def hang(modality: str, stacks: Sequence[HangableStack]) -> Hanging:
    """Hang the stacks of one reading unit.

    Parameters
    ----------
    stacks : one or more, of one modality; each frame count at least 1.

    Raises
    ------
    ValueError : no stacks.
    """
    if not stacks:
        raise ValueError("There is nothing to hang.")
    if modality == BREAST_MODALITY:
        return _hang_breast(stacks)
    if modality == "US":
        return _hang_ultrasound(stacks)
    return _hung("1x1", [*sorted(stacks, key=_largest_volume_first)])


def titles_of(stacks: Sequence[HangableStack]) -> list[str]:
    """What each stack is called; equal ones are numbered. Says nothing that was typed, which may name the patient."""
    plain = [_title(stack) for stack in stacks]
    titles: list[str] = []
    for at, title in enumerate(plain):
        earlier = plain[:at].count(title)
        titles.append(f"{title} ({earlier + 1})" if plain.count(title) > 1 else title)
    return titles


def case_title(modality: str, stacks: Sequence[HangableStack], *, code: str) -> str:
    """What a case is called in worklists: modality, size and an opaque code; nothing of the patient."""
    return f"{_modality_words(modality, stacks)} · {_size_words(modality, stacks)} · {code}"


def plane_of(orientation: Sequence[float] | None) -> Literal["axial", "coronal", "sagittal", ""]:
    """The plane of a slice by the largest component of its normal.

    Parameters
    ----------
    orientation : Image Orientation (Patient), six cosines in LPS.

    Source: DICOM PS3.3 C.7.6.2.1.1.
    """
    if orientation is None or len(orientation) != 6:
        return ""
    a, b, c, d, e, f = orientation
    normal = (abs(b * f - c * e), abs(c * d - a * f), abs(a * e - b * d))
    largest = max(normal)
    if largest == 0:
        return ""
    return ("sagittal", "coronal", "axial")[normal.index(largest)]


def _hang_breast(stacks: Sequence[HangableStack]) -> Hanging:
    # A tomosynthesis volume before the flat picture of the same view.
    left = sorted(stacks, key=lambda stack: (-stack.frame_count, *_as_acquired(stack)))
    panes: list[HangableStack | None] = []
    for laterality, view in BREAST_PANES:
        shown = next((stack for stack in left if (stack.laterality, stack.view) == (laterality, view)), None)
        if shown is not None:
            left.remove(shown)
        panes.append(shown)
    left.sort(key=_as_acquired)
    rows = [row for row in (panes[:2], panes[2:]) if any(row)]
    columns = [at for at in (0, 1) if any(row[at] for row in rows)]
    if not rows:
        return _hung("1x1" if len(left) == 1 else "1x2", [*left])
    if len(columns) == 1 and len(rows) == 2:
        # One breast only: its two views side by side use a wide screen better than one above the other.
        return _hung("1x2", [rows[0][columns[0]], rows[1][columns[0]], *left])
    shown_panes = [row[at] for row in rows for at in columns]
    return _hung(f"{len(rows)}x{len(columns)}", [*shown_panes, *left])


def _hang_ultrasound(stacks: Sequence[HangableStack]) -> Hanging:
    in_order = sorted(stacks, key=_as_acquired)
    stills = [stack for stack in in_order if stack.kind == "still"]
    others = [stack for stack in in_order if stack.kind != "still"]
    pair = [next((stack for stack in stills if stack.view == view), None) for view in ULTRASOUND_PAIR]
    if all(pair):
        return _hung("1x2", [*pair, *(stack for stack in stills if stack not in pair), *others])
    layout = "1x2" if len(stills) == 2 or (len(stills), len(others)) == (1, 1) else "1x1"
    return _hung(layout, [*stills, *others])


def _hung(layout: str, panes: Sequence[HangableStack | None]) -> Hanging:
    shown = [(place, stack) for place, stack in enumerate(panes) if stack is not None]
    titles = titles_of([stack for _, stack in shown])
    return Hanging(
        layout=layout,
        stacks=tuple(
            HungStack(pk=stack.pk, place=place, title=title)
            for (place, stack), title in zip(shown, titles, strict=True)
        ),
    )


def _as_acquired(stack: HangableStack) -> tuple[float, float, int]:
    series = float("inf") if stack.series_number is None else stack.series_number
    instance = float("inf") if stack.instance_number is None else stack.instance_number
    return series, instance, stack.pk


def _largest_volume_first(stack: HangableStack) -> tuple[bool, int, float, float, int]:
    return stack.is_localizer, -stack.frame_count, *_as_acquired(stack)


def _title(stack: HangableStack) -> str:
    if stack.modality == BREAST_MODALITY and stack.laterality and stack.view:
        return f"{stack.laterality}{stack.view}"
    if stack.is_localizer:
        return "localizer"
    if stack.modality == "US":
        kind = {"still": "still", "cine": "cine", "volume": "volume"}.get(stack.kind, stack.kind)
        return stack.view if stack.view in ULTRASOUND_PAIR and stack.kind == "still" else kind
    words = [stack.plane] if stack.plane else []
    words.append(_counted(stack.frame_count, "slice" if stack.kind == "volume" else "picture"))
    if stack.slice_thickness:
        words.append(f"{stack.slice_thickness:g} mm")
    if stack.part:
        words.append(stack.part[:24])
    return " · ".join(words)


def _modality_words(modality: str, stacks: Sequence[HangableStack]) -> str:
    if modality == BREAST_MODALITY:
        return "Tomosynthesis" if any(stack.frame_count > 1 for stack in stacks) else "Mammography"
    return {"CT": "CT", "MR": "MR", "US": "Ultrasound"}.get(modality, modality or "Pictures")


def _size_words(modality: str, stacks: Sequence[HangableStack]) -> str:
    if modality == BREAST_MODALITY:
        return _counted(len({(s.laterality, s.view) for s in stacks}), "view")
    if modality == "US":
        stills = sum(stack.kind == "still" for stack in stacks)
        parts = [_counted(stills, "still")] if stills else []
        cines = len(stacks) - stills
        return ", ".join([*parts, _counted(cines, "cine")] if cines else parts)
    return _counted(max(stack.frame_count for stack in stacks), "slice")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
