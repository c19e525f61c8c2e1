"""Say that a model's suggestion is wrong."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.annotations.storable_checks import check_line
from annotator.annotations.turns import take_turn
from annotator.assist.actions.note_shown import seconds_shown
from annotator.assist.decisions import UNSETTLED, own_decision_to_change
from annotator.assist.models import Decision, SuggestionDecision
from annotator.assist.policies import may_decide_on_suggestions
from annotator.assist.queries import suggestion_for


def reject_suggestion(person: Person, suggestion_id: UUID, reason: str = "") -> SuggestionDecision:
    """Reject a suggestion for this reader; rejecting it again changes the reason at most.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, or isn't shown the suggestion.
    InvalidError : a reason of more than 200 characters.
    ConflictError : the reading was submitted, or the suggestion was accepted and its mark is there.
    """
    if not may_decide_on_suggestions(person):
        raise NotAllowedError("Only radiologists reject suggestions.")
    words = check_line(reason, path="reason", longest=200)
    with transaction.atomic():
        suggestion = suggestion_for(person, suggestion_id)
        turn = take_turn(person, suggestion.case_id)
        before = own_decision_to_change(turn, suggestion)
        if before is not None and before.decision == Decision.REJECTED and before.reason == words:
            return before
        if before is not None and before.annotation is not None and before.annotation.deleted_at is None:
            raise ConflictError("You accepted this suggestion. Undo that first; its mark goes with it.")
        decision, _ = SuggestionDecision.objects.update_or_create(
            suggestion=suggestion,
            reader=turn.owner,
            defaults={
                "decision": Decision.REJECTED,
                "annotation": None,
                "reason": words,
                "seconds": seconds_shown(suggestion, turn.owner.pk),
                **UNSETTLED,
            },
        )
        detail: dict[str, object] = {"reason": words, "model": str(suggestion.model_version)}
        record_audit(person, "reject_suggestion", target_kind="suggestion", target_id=suggestion.pk, detail=detail)
    return decision
