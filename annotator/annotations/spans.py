"""Frames of a case by key, and spans of them: one stack, in the order in which a reader scrolls."""

from uuid import UUID

from django.db.models import F

from annotator.accounts.errors import InvalidError
from annotator.annotations.models import MarkKind
from annotator.cases.models import Case
from annotator.imaging.models import Frame, InstanceState

# Only these hold for more than their own frame.
SPANNING_KINDS = (MarkKind.BOX, MarkKind.SLICES)

Span = tuple[Frame, Frame] | tuple[None, None]


def frame_of_case(case: Case, frame_key: str) -> Frame:
    """A ready frame of the study that is read, with its instance. Earlier studies are there to compare with.

    Raises
    ------
    InvalidError : the case has none under this key, or it belongs to an earlier study; path "frame".
    """
    return _frames_of_case(case.pk, {"frame": frame_key})["frame"]


def frame_and_span(
    case_id: UUID, frame_key: str, *, kind: str, first_key: str | None, last_key: str | None
) -> tuple[Frame, Span]:
    """A mark's frame with its instance, and the ends of the span that it holds for.

    Raises
    ------
    InvalidError : the case has no such ready frame, or it is an earlier study's; one end alone, the last before the
        first, the mark's own frame beside the span, another stack's frame, or a kind that holds for one frame; with
        the path of the fault.
    """
    frames = _frames_of_case(case_id, {"frame": frame_key, "first_frame": first_key, "last_frame": last_key})
    frame, first, last = frames["frame"], frames.get("first_frame"), frames.get("last_frame")
    if first is None and last is None:
        if kind == MarkKind.SLICES:
            raise InvalidError("A label of slices says from which to which.", path="first_frame")
        return frame, (None, None)
    if first is None or last is None:
        raise InvalidError("A span has a first and a last frame.", path="first_frame" if last else "last_frame")
    if kind not in SPANNING_KINDS:
        raise InvalidError(f"A {kind} holds for its own frame alone.", path="first_frame")
    for end, path in ((first, "first_frame"), (last, "last_frame")):
        if end.instance.stack_id != frame.instance.stack_id:
            raise InvalidError("A span stays within the stack of its frame.", path=path)
    _check_order(first, last)
    if not _place(first) <= _place(frame) <= _place(last):
        raise InvalidError("The mark's own frame lies within its span.", path="frame")
    return frame, (first, last)


def span_of_case(case_id: UUID, first_key: str, last_key: str) -> tuple[Frame, Frame]:
    """The ends of a span of ready frames of the study that is read.

    Raises
    ------
    InvalidError : the case has no such frame, it is an earlier study's, the ends lie in two stacks, or the last comes
        before the first; path "first_frame" or "last_frame".
    """
    frames = _frames_of_case(case_id, {"first_frame": first_key, "last_frame": last_key})
    first, last = frames["first_frame"], frames["last_frame"]
    if first.instance.stack_id != last.instance.stack_id:
        raise InvalidError("A span stays within one stack.", path="last_frame")
    _check_order(first, last)
    return first, last


def _check_order(first: Frame, last: Frame) -> None:
    if _place(first) > _place(last):
        raise InvalidError("The last frame of the span comes before the first.", path="last_frame")


def _frames_of_case(case_id: UUID, keys: dict[str, str | None]) -> dict[str, Frame]:
    """Ready frames of the study that is read with their instances, by the path that asks for them."""
    asked = {path: key for path, key in keys.items() if key is not None}
    found = {
        frame.key: frame
        for frame in Frame.objects.select_related("instance")
        .only(
            "key",
            "number",
            "position_along_normal",
            "instance__rows",
            "instance__columns",
            "instance__instance_number",
            "instance__sop_instance_uid",
            "instance__stack_id",
        )
        .filter(
            key__in=set(asked.values()),
            instance__state=InstanceState.READY,
            instance__stack__case_stacks__case=case_id,
        )
        .annotate(prior=F("instance__stack__case_stacks__prior"))
    }
    for path, key in asked.items():
        if key not in found:
            raise InvalidError("This case has no such frame.", path=path)
        if found[key].prior > 0:
            words = "This picture is of an earlier study: it is there to compare with, not to mark."
            raise InvalidError(words, path=path)
    return {path: found[key] for path, key in asked.items()}


def _place(frame: Frame) -> tuple[bool, float, bool, int, str, int]:
    """Where a frame comes in its stack: the order of imaging.queries.frames_in_order."""
    position, number = frame.position_along_normal, frame.instance.instance_number
    return (
        position is None,
        position or 0.0,
        number is None,
        number or 0,
        frame.instance.sop_instance_uid,
        frame.number,
    )
