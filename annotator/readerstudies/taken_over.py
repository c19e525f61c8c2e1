"""Whether an adjudicator's new mark is a reader's: found among the reads that they are shown. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotator.annotations.actions.save_annotation import SaveAnnotation, TakenFrom


@dataclass(frozen=True)
class _Place:
    """What two marks have in common of which one was taken over from the other, before anybody reshaped it."""

    frame: str
    kind: str
    first: str | None
    last: str | None
    label: str


def source_of(wanted: SaveAnnotation, shown: Iterable[Mapping[str, Any]]) -> TakenFrom | None:
    """The reader's mark that this is a copy of: the same kind on the same frame with the same points and pixels.

    Parameters
    ----------
    shown : the marks of the reads, as they were frozen.
    """
    place = _Place(wanted.frame_key, wanted.kind, wanted.first_frame_key, wanted.last_frame_key, wanted.label)
    for mark in shown:
        theirs = _Place(
            mark["frame"], mark["kind"], mark.get("first_frame"), mark.get("last_frame"), mark.get("label") or ""
        )
        if theirs == place and mark["points"] == wanted.points and mark.get("mask") == wanted.mask:
            return TakenFrom(UUID(mark["id"]), mark["revision"])
    return None
