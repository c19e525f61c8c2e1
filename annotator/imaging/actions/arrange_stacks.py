"""Put the slices of series into their stacks, once more of a series is known than one slice says."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from pydicom.datadict import tag_for_keyword

from annotator.imaging.models import Frame, Instance, InstanceState, Series, Stack, StackKind
from annotator.imaging.slice_parts import (
    SEPARATORS,
    Part,
    Slice,
    crowded_keys,
    heights_along_normal,
    parts_of,
)
from annotator.imaging.stacking import SLICE_CLASSES, SLICE_MODALITIES, slice_matrix

# Less than this along the normal is rounding; the column holds what was first computed.
SAME_HEIGHT_MM = 1e-6
BATCH = 500


@dataclass(frozen=True)
class _Row:
    """A slice as the tables have it."""

    frame_id: int
    instance_id: int
    stack_id: int
    height: float | None


def arrange_stacks(series_ids: Iterable[int]) -> int:
    """Split and join the stacks of CT, MR and PET slices as the whole series asks; gives how many frames moved.

    The outcome doesn't depend on the order and the batches in which slices came. What somebody points at (a mark,
    a suggestion) never moves: its part of the series is the one that keeps the stack, and where that can't be, the
    part stays as it is and the manifest says that slices lie at the same place. A frame that moves gets a new key,
    for a frame's key begins with its stack's.
    """
    moved = 0
    for series_id in sorted(set(series_ids)):
        with transaction.atomic():
            series = Series.objects.select_for_update(no_key=True).get(pk=series_id)
            if series.modality in SLICE_MODALITIES:
                moved += _arrange(series)
    return moved


def _arrange(series: Series) -> int:
    slices, rows = _slices(series)
    if not slices:
        return 0
    parts = parts_of(slices, _separators(crowded_keys(slices)), modality=series.modality)
    by_key = {one.key: one for one in slices}
    for part in parts:
        _set_heights([by_key[key] for key in sorted(part.keys)], rows)
    stacks = {one.pk: one for one in Stack.objects.filter(pk__in={row.stack_id for row in rows.values()})}
    if _stands_already(parts, rows, stacks):
        return 0
    return _move(series, parts, rows, stacks)


def _slices(series: Series) -> tuple[list[Slice], dict[int, _Row]]:
    """The ready slices of a series, keyed by instance."""
    found = Frame.objects.filter(
        instance__series=series,
        instance__state=InstanceState.READY,
        instance__number_of_frames=1,
        instance__sop_class_uid__in=SLICE_CLASSES,
    ).values_list(
        "pk",
        "instance_id",
        "instance__stack_id",
        "instance__stack__grouping",
        "position_along_normal",
        "geometry",
        "instance__columns",
        "instance__rows",
        "instance__photometric_interpretation",
        "instance__pixel_representation",
        "instance__bits_allocated",
    )
    slices, rows = [], {}
    for frame_id, key, stack_id, grouping, height, geometry, columns, down, photometric, sign, bits in found:
        position, orientation = geometry.get("position"), geometry.get("orientation")
        slices.append(
            Slice(
                key=key,
                matrix=slice_matrix(columns, down, photometric, signed=bool(sign), bits_allocated=bits),
                position=tuple(position) if position else None,
                orientation=tuple(orientation) if orientation else None,
                # What Image Type said when the slice was derived; what its orientation says is asked again.
                localizer=grouping.endswith(" localizer") and not grouping.endswith(" by orientation localizer"),
            )
        )
        rows[key] = _Row(frame_id, key, stack_id, height)
    return slices, rows


def _separators(keys: Collection[int]) -> dict[int, dict[str, str]]:
    """What the headers of some instances say that may tell acquisitions apart."""
    tags = {f"{tag_for_keyword(keyword) or 0:08X}": keyword for keyword in SEPARATORS}
    found: dict[int, dict[str, str]] = {}
    for key, header in Instance.objects.filter(pk__in=keys).values_list("pk", "header").iterator(chunk_size=50):
        found[key] = {keyword: _value(header[tag]) for tag, keyword in tags.items() if tag in header}
    return found


def _value(element: Any) -> str:
    values = element.get("Value") if isinstance(element, dict) else None
    return "\\".join(str(value) for value in values)[:64] if isinstance(values, list) else ""


def _set_heights(part: list[Slice], rows: dict[int, _Row]) -> None:
    """Measured along the one normal of the part, slices stand in the order in which they lie."""
    heights = heights_along_normal(part)
    if heights is None:
        return
    changed = []
    for key, height in heights.items():
        before = rows[key].height
        if before is None or abs(before - height) > SAME_HEIGHT_MM:
            changed.append(Frame(pk=rows[key].frame_id, position_along_normal=height))
    Frame.objects.bulk_update(changed, ["position_along_normal"], batch_size=BATCH)


def _stands_already(parts: list[Part], rows: dict[int, _Row], stacks: dict[int, Stack]) -> bool:
    homes = [{rows[key].stack_id for key in part.keys} for part in parts]
    if any(len(home) != 1 for home in homes) or len(set.union(*homes)) != len(parts):
        return False
    return all(stacks[min(home)].grouping == part.name for home, part in zip(homes, parts, strict=True))


def _move(series: Series, parts: list[Part], rows: dict[int, _Row], stacks: dict[int, Stack]) -> int:
    pointed_at = _pointed_at([row.frame_id for row in rows.values()])
    marked = {part: {key for key in part.keys if rows[key].frame_id in pointed_at} for part in parts}
    homes, guests = _homes(parts, rows, marked)
    _free_names(series, {part.name for part in parts if part not in guests})
    moves: list[tuple[_Row, Stack]] = []
    for part in parts:
        if part in guests:
            home = stacks[guests[part]]
        else:
            home = _named(part, series, stacks[homes[part]] if part in homes else None, stacks[_most(part.keys, rows)])
        away = [key for key in sorted(part.keys - marked[part]) if rows[key].stack_id != home.pk]
        moves += [(rows[key], home) for key in away]
    Frame.objects.bulk_update(
        [Frame(pk=row.frame_id, key=f"{home.key}.{secrets.token_urlsafe(8)}") for row, home in moves],
        ["key"],
        batch_size=BATCH,
    )
    Instance.objects.bulk_update(
        [Instance(pk=row.instance_id, stack=home) for row, home in moves], ["stack"], batch_size=BATCH
    )
    return len(moves)


def _named(part: Part, series: Series, home: Stack | None, origin: Stack) -> Stack:
    """The stack of a part under the part's name; a new one has the side and view of where its slices come from."""
    kind = StackKind.STILL if part.localizer else StackKind.VOLUME
    if home is None:
        return Stack.objects.create(
            series=series, grouping=part.name, kind=kind, laterality=origin.laterality, view=origin.view
        )
    home.grouping, home.kind = part.name, kind
    home.save(update_fields=["grouping", "kind"])
    return home


def _homes(
    parts: list[Part], rows: dict[int, _Row], marked: dict[Part, set[int]]
) -> tuple[dict[Part, int], dict[Part, int]]:
    """The stack that each part keeps, by marks and then by most slices; and the guests.

    A guest is a part with marks in a stack that another part with marks keeps: it stays there, and is said to.
    """
    homes: dict[Part, int] = {}
    guests: dict[Part, int] = {}
    for part in sorted(parts, key=lambda part: (-len(marked[part]), part.name)):
        if marked[part]:
            wanted = _most(marked[part], rows)
            (guests if wanted in homes.values() else homes)[part] = wanted
    overlap: Counter[tuple[Part, int]] = Counter(
        (part, rows[key].stack_id) for part in parts if part not in homes and part not in guests for key in part.keys
    )
    for part, stack_id in sorted(overlap, key=lambda pair: (-overlap[pair], pair[1], pair[0].name)):
        if part not in homes and stack_id not in homes.values():
            homes[part] = stack_id
    return homes, guests


def _most(keys: Iterable[int], rows: dict[int, _Row]) -> int:
    held = Counter(rows[key].stack_id for key in keys)
    return min(held, key=lambda stack_id: (-held[stack_id], stack_id))


def _free_names(series: Series, wanted: set[str]) -> None:
    """Names are unique in a series: whoever has one that is wanted gives it up before it is given anew."""
    for stack in Stack.objects.filter(series=series, grouping__in=wanted):
        stack.grouping = f"was {stack.key}"
        stack.save(update_fields=["grouping"])


def _pointed_at(frame_ids: list[int]) -> set[int]:
    """Frames that a row of any other table refers to: marks and suggestions of the rooms above, unseen from here."""
    # Locked, so that a mark that is being saved now is either seen or saved after the frame has moved.
    list(Frame.objects.select_for_update().filter(pk__in=frame_ids).order_by("pk").values_list("pk", flat=True))
    found: set[int] = set()
    for relation in Frame._meta.get_fields(include_hidden=True):
        if not relation.one_to_many or not relation.auto_created:
            continue
        field = relation.field  # type: ignore[union-attr]
        found |= set(
            field.model._base_manager.filter(**{f"{field.name}__in": frame_ids}).values_list(field.attname, flat=True)
        )
    return found
