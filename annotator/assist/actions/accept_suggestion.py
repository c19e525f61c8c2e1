"""Make a model's suggestion one's own mark."""

from uuid import UUID, uuid4

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.models import Annotation, Provenance
from annotator.annotations.turns import take_turn
from annotator.assist.actions.note_shown import seconds_shown
from annotator.assist.decisions import UNSETTLED, own_decision_to_change
from annotator.assist.models import Decision, SuggestionDecision
from annotator.assist.policies import may_decide_on_suggestions
from annotator.assist.queries import suggestion_for


def accept_suggestion(
    person: Person, suggestion_id: UUID, *, annotation_id: UUID | None = None, finding_id: UUID | None = None
) -> Annotation:
    """Save the suggestion as a mark of this reader and return the mark; accepting twice returns the same one.

    A mark that came from this suggestion and was deleted meanwhile comes back. The mark can be moved afterwards;
    its provenance stays "suggestion".

    Parameters
    ----------
    annotation_id : made by the reader's program; None makes one here.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, or isn't shown the suggestion.
    InvalidError : not a finding of theirs in this case.
    ConflictError : the reading was submitted, or the identifier is that of another mark of theirs.
    """
    if not may_decide_on_suggestions(person):
        raise NotAllowedError("Only radiologists accept suggestions.")
    with transaction.atomic():
        suggestion = suggestion_for(person, suggestion_id)
        turn = take_turn(person, suggestion.case_id)
        decision = own_decision_to_change(turn, suggestion)
        accepted = decision.annotation if decision is not None else None
        if accepted is not None and accepted.deleted_at is None:
            return accepted
        if accepted is None:
            accepted = _deleted_mark(turn.owner.pk, annotation_id)
        mark = save_annotation(
            person,
            SaveAnnotation(
                id=accepted.pk if accepted is not None else annotation_id or uuid4(),
                case_id=suggestion.case_id,
                frame_key=suggestion.frame.key,
                kind=suggestion.kind,
                points=suggestion.points,
                mask=suggestion.mask,
                finding_id=finding_id,
                label=suggestion.label,
                revision=accepted.revision if accepted is not None else 0,
                provenance=Provenance.SUGGESTION,
            ),
        )
        SuggestionDecision.objects.update_or_create(
            suggestion=suggestion,
            reader=turn.owner,
            defaults={
                "decision": Decision.ACCEPTED,
                "annotation": mark,
                "reason": "",
                "seconds": seconds_shown(suggestion, turn.owner.pk),
                **UNSETTLED,
            },
        )
        detail: dict[str, object] = {"annotation": str(mark.pk), "model": str(suggestion.model_version)}
        record_audit(person, "accept_suggestion", target_kind="suggestion", target_id=suggestion.pk, detail=detail)
    return mark


def _deleted_mark(owner_id: int, annotation_id: UUID | None) -> Annotation | None:
    """The mark that an undone acceptance left behind, when the reader accepts again under its identifier."""
    if annotation_id is None:
        return None
    return Annotation.objects.filter(
        pk=annotation_id, owner_id=owner_id, provenance=Provenance.SUGGESTION, deleted_at__isnull=False
    ).first()
