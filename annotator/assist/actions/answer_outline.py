"""Give a reader the outline that was asked for, or say why there is none."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError
from annotator.annotations.geometry_checks import check_points
from annotator.assist.models import Decision, OutlineRequest, Suggestion, SuggestionDecision
from annotator.assist.proposals import ProposedShape

NOTHING_THERE = "The network finds nothing to outline there. Click other ends, or draw it by hand."
# The reason under which an outline is rejected whose correction took its place.
CORRECTED = "Corrected"
_LONGEST = 300


def answer_outline(request_id: UUID, shapes: Sequence[ProposedShape], *, refusal: str = NOTHING_THERE) -> None:
    """Make the first shape a suggestion that only the asking reader sees; what it replaces is rejected if undecided.

    The system's own. Answering twice changes nothing.

    Parameters
    ----------
    refusal : why there is none, where there are no shapes.
    """
    with transaction.atomic():
        # Two workers must not both answer.
        rows = OutlineRequest.objects.select_for_update(of=("self",)).select_related("frame__instance", "asked_by")
        asked = rows.get(pk=request_id)
        if asked.answered_at is not None:
            return
        asked.answered_at = timezone.now()
        if shapes:
            asked.suggestion = _waiting_already(asked) or _suggestion(asked, shapes[0])
            _reject_the_one_before(asked)
        else:
            asked.refusal = refusal[:_LONGEST]
        asked.save(update_fields=["answered_at", "suggestion", "refusal"])


def _reject_the_one_before(asked: OutlineRequest) -> None:
    """As rejected rather than gone: taking a correction back is then undoing a decision."""
    if asked.replaces is None:
        return
    own = Suggestion.objects.filter(pk=asked.replaces, case=asked.case_id, asked_by=asked.asked_by_id)
    for before in own.filter(decisions=None).select_related("model_version"):
        SuggestionDecision.objects.create(
            suggestion=before, reader_id=asked.asked_by_id, decision=Decision.REJECTED, reason=CORRECTED
        )
        detail: dict[str, object] = {"reason": CORRECTED, "model": str(before.model_version)}
        record_audit(asked.asked_by, "reject_suggestion", target_kind="suggestion", target_id=before.pk, detail=detail)


def _waiting_already(asked: OutlineRequest) -> Suggestion | None:
    """The same, asked for before and undecided: whoever tried again while the worker was gone is shown one, not two."""
    alike = OutlineRequest.objects.filter(
        case=asked.case_id, frame=asked.frame_id, asked_by=asked.asked_by_id, version=asked.version_id, hint=asked.hint
    )
    waiting = Suggestion.objects.filter(pk__in=alike.values("suggestion"), decisions=None)
    if asked.replaces is not None:
        waiting = waiting.exclude(pk=asked.replaces)
    return waiting.first()


def _suggestion(asked: OutlineRequest, shape: ProposedShape) -> Suggestion:
    instance = asked.frame.instance
    points = check_points(shape.kind, shape.points, rows=instance.rows, columns=instance.columns)
    if not 0 <= shape.score <= 1:
        raise InvalidError(f"A score is between 0 and 1, not {shape.score}.", "score")
    return Suggestion.objects.create(
        case_id=asked.case_id,
        frame_id=asked.frame_id,
        model_version_id=asked.version_id,
        kind=shape.kind,
        points=points,
        mask=shape.mask,
        label=shape.label,
        score=shape.score,
        note=shape.note,
        model_note=asked.note,
        asked_by_id=asked.asked_by_id,
    )
