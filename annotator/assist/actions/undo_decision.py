"""Take a decision on a suggestion back."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.turns import take_turn
from annotator.assist.decisions import own_decision_to_change
from annotator.assist.models import Suggestion
from annotator.assist.policies import may_decide_on_suggestions
from annotator.assist.queries import suggestion_for


def undo_decision(person: Person, suggestion_id: UUID) -> Suggestion:
    """Make a suggestion undecided again for this reader; the mark of an accepted one is deleted with it.

    Returns the suggestion as it is then. One that is undecided is returned as it is.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, or isn't shown the suggestion.
    ConflictError : the reading was submitted.
    """
    if not may_decide_on_suggestions(person):
        raise NotAllowedError("Only radiologists decide on suggestions.")
    with transaction.atomic():
        suggestion = suggestion_for(person, suggestion_id)
        turn = take_turn(person, suggestion.case_id)
        decision = own_decision_to_change(turn, suggestion)
        if decision is None:
            return suggestion
        mark = decision.annotation
        if mark is not None and mark.deleted_at is None:
            delete_annotation(person, mark.pk, revision=mark.revision)
        detail: dict[str, object] = {"was": decision.decision, "model": str(suggestion.model_version)}
        decision.delete()
        record_audit(person, "undo_decision", target_kind="suggestion", target_id=suggestion.pk, detail=detail)
        return suggestion_for(person, suggestion_id)
