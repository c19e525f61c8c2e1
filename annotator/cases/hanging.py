"""The order in which a case's stacks are kept, which of them hangs where at first, and what each one is called. Pure.

Where things hang is said by data (hangings/protocols/*.json, and what admins add); here is only what the data count by:
the order of the stacks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from annotator.cases.hangings.choose import CaseDescription, choose_hangings
from annotator.cases.hangings.definition import Protocol
from annotator.cases.hangings.hangable import HangableStack

BREAST_MODALITY = "MG"
BREAST_SIDES, BREAST_VIEWS = ("R", "L"), ("CC", "MLO")
ULTRASOUND_PAIR = ("transverse", "longitudinal")


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


def hang(
    modality: str, stacks: Sequence[HangableStack], *, protocols: Iterable[Protocol], body_part: str = ""
) -> Hanging:
    """Hang the stacks of one reading unit as the best of the hangings has it.

    Parameters
    ----------
    stacks : one or more, of one modality; each frame count at least 1.

    Raises
    ------
    ValueError : no stacks.
    """
    if not stacks:
        raise ValueError("There is nothing to hang.")
    # The better of two that show the same comes first: a tomosynthesis volume before the flat picture of its view.
    in_order = sorted(stacks, key=_largest_first)
    best = choose_hangings(CaseDescription(modality, body_part, tuple(in_order)), protocols)[0]
    by_pk = {stack.pk: stack for stack in stacks}
    places: dict[int, int] = {}
    for place, pane in enumerate(best.panes):
        if pane.stack is not None:
            places.setdefault(pane.stack, place)
    waiting = sorted((stack for stack in stacks if stack.pk not in places), key=_waiting_order)
    shown = [*((place, by_pk[pk]) for pk, place in places.items())]
    shown += enumerate(waiting, start=best.rows * best.columns)
    titles = titles_of([stack for _, stack in shown])
    return Hanging(
        layout=f"{best.rows}x{best.columns}",
        stacks=tuple(
            HungStack(pk=stack.pk, place=place, title=title)
            for (place, stack), title in zip(shown, titles, strict=True)
        ),
    )


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


def _as_acquired(stack: HangableStack) -> tuple[float, float, int]:
    series = float("inf") if stack.series_number is None else stack.series_number
    instance = float("inf") if stack.instance_number is None else stack.instance_number
    return series, instance, stack.pk


def _largest_first(stack: HangableStack) -> tuple[bool, bool, int, float, float, int]:
    if stack.modality == "US":
        return False, stack.kind != "still", 0, *_as_acquired(stack)
    if stack.modality == BREAST_MODALITY and not (stack.laterality in BREAST_SIDES and stack.view in BREAST_VIEWS):
        return False, True, 0, *_as_acquired(stack)
    return stack.is_localizer, False, -stack.frame_count, *_as_acquired(stack)


def _waiting_order(stack: HangableStack) -> tuple[bool, bool, int, float, float, int]:
    if stack.modality == BREAST_MODALITY:
        return False, False, 0, *_as_acquired(stack)
    return _largest_first(stack)


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
