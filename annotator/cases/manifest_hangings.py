"""The hangings that a case's manifest offers: which stack in which pane, how it is shown, and what moves together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypedDict

from annotator.cases.hangable_stacks import is_localizer
from annotator.cases.hanging import plane_of
from annotator.cases.hangings.choose import CaseDescription, ChosenHanging, ChosenPane, choose_hangings
from annotator.cases.hangings.definition import Protocol
from annotator.cases.hangings.hangable import HangableStack
from annotator.cases.manifest_stack import FrameRow
from annotator.cases.models import CaseStack
from annotator.cases.stack_notes import believed_side


class SlabEntry(TypedDict):
    mode: str
    slices: int


class PaneEntry(TypedDict):
    """`stack` is null where the case lacks what the pane asks for; `wanted` says that in words."""

    stack: str | None
    wanted: str
    window: str
    composition: str
    slab: SlabEntry | None
    plane: str


class LinksEntry(TypedDict):
    """Groups of panes, counted from 0, that scroll, zoom, or are windowed together."""

    scroll: list[list[int]]
    zoom: list[list[int]]
    window: list[list[int]]


class HangingEntry(TypedDict):
    key: str
    title: str
    rows: int
    columns: int
    panes: list[PaneEntry]
    links: LinksEntry


def hanging_entries(
    modality: str,
    body_part: str,
    *,
    hung: Sequence[CaseStack],
    frames: Mapping[int, Sequence[FrameRow]],
    protocols: Sequence[Protocol],
) -> list[HangingEntry]:
    """Every hanging that fits a case, best first.

    Parameters
    ----------
    hung : the case's stacks by place, with `stack__series`; each has a frame or more in `frames`.
    """
    stacks = tuple(_hangable(one, frames[one.stack_id]) for one in hung)
    if not any(stack.prior == 0 for stack in stacks):
        return []
    keys = {one.stack_id: one.stack.key for one in hung}
    chosen = choose_hangings(CaseDescription(modality, body_part, stacks), protocols)
    return [_entry(hanging, keys) for hanging in chosen]


def _entry(hanging: ChosenHanging, keys: Mapping[int, str]) -> HangingEntry:
    return HangingEntry(
        key=hanging.key,
        title=hanging.name,
        rows=hanging.rows,
        columns=hanging.columns,
        panes=[_pane(pane, keys) for pane in hanging.panes],
        links=LinksEntry(
            scroll=[list(group) for group in hanging.links["scroll"]],
            zoom=[list(group) for group in hanging.links["zoom"]],
            window=[list(group) for group in hanging.links["window"]],
        ),
    )


def _pane(pane: ChosenPane, keys: Mapping[int, str]) -> PaneEntry:
    shown = pane.presentation
    slab: Any = asdict(shown.slab) if shown.slab else None
    return PaneEntry(
        stack=None if pane.stack is None else keys[pane.stack],
        wanted=pane.wanted,
        window=shown.window,
        composition=shown.composition,
        slab=slab,
        plane=shown.plane,
    )


def _hangable(hung: CaseStack, frames: Sequence[FrameRow]) -> HangableStack:
    stack, geometry = hung.stack, frames[0].geometry
    return HangableStack(
        pk=stack.pk,
        kind=stack.kind,
        modality=stack.series.modality,
        series_number=stack.series.series_number,
        instance_number=frames[0].instance_number,
        laterality=believed_side(stack.laterality, stack.laterality_from_pixels, stack.laterality_verdict),
        view=stack.view,
        frame_count=len(frames),
        plane=plane_of(geometry.get("orientation")),
        slice_thickness=geometry.get("slice_thickness"),
        is_localizer=is_localizer(stack),
        body_part=stack.series.body_part,
        prior=hung.prior,
    )
