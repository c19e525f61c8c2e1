"""Frames of a case by key, and spans of them: one stack, in the order in which a reader scrolls."""

from django.db.models import F

from annotator.accounts.errors import InvalidError
from annotator.annotations.models import MarkKind
from annotator.cases.models import Case
from annotator.imaging.models import Frame, InstanceState

# Only these hold for more than their own frame.
SPANNING_KINDS = (MarkKind.BOX, MarkKind.SLICES)


def frame_of_case(case: Case, frame_key: str, *, path: str = "frame") -> Frame:
    """A ready frame of the study that is read, with its instance. Earlier studies are there to compare with.

    Raises
    ------
    InvalidError : the case has none under this key, or it belongs to an earlier study.
    """
    frame = (
        Frame.objects.select_related("instance")
        .defer("instance__header", "geometry", "grey")
        .filter(key=frame_key, instance__state=InstanceState.READY, instance__stack__case_stacks__case=case)
        .annotate(prior=F("instance__stack__case_stacks__prior"))
        .first()
    )
    if frame is not None and frame.prior > 0:
        raise InvalidError("This picture is of an earlier study: it is there to compare with, not to mark.", path=path)
    if frame is None:
        raise InvalidError("This case has no such frame.", path=path)
    return frame


def span_of(
    case: Case, frame: Frame, first_key: str | None, last_key: str | None, *, kind: str
) -> tuple[Frame, Frame] | tuple[None, None]:
    """The ends of the span that a mark on this frame holds for.

    Raises
    ------
    InvalidError : one end alone, another stack's frame, or a kind that holds for one frame.
    """
    if first_key is None and last_key is None:
        if kind == MarkKind.SLICES:
            raise InvalidError("A label of slices says from which to which.", path="first_frame")
        return None, None
    if first_key is None or last_key is None:
        raise InvalidError("A span has a first and a last frame.", path="first_frame" if last_key else "last_frame")
    if kind not in SPANNING_KINDS:
        raise InvalidError(f"A {kind} holds for its own frame alone.", path="first_frame")
    first = frame_of_case(case, first_key, path="first_frame")
    last = frame_of_case(case, last_key, path="last_frame")
    for end, path in ((first, "first_frame"), (last, "last_frame")):
        if end.instance.stack_id != frame.instance.stack_id:
            raise InvalidError("A span stays within the stack of its frame.", path=path)
    return first, last
