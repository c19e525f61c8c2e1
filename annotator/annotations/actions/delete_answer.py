"""Delete an answer; saving it again brings it back."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.policies import Person
from annotator.annotations.contexts import refresh_scores
from annotator.annotations.models import Answer
from annotator.annotations.revisions import save_as_next_revision
from annotator.annotations.turns import check_may_change, take_turn_for, was_saved


def delete_answer(person: Person, answer_id: UUID, *, revision: int, change: UUID | None = None) -> Answer:
    """Delete an answer of one's own and return it; one that is deleted already is returned as it is.

    Scores of other answers that followed from it are computed anew, without it.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, or has no such answer.
    StaleError, ConflictError : changed meanwhile, or the reading was submitted; with what is there now.
    """
    with transaction.atomic():
        turn, answer = take_turn_for(person, Answer, answer_id, change=change)
        if answer.deleted_at is not None or was_saved(answer, change):
            return answer
        check_may_change(turn, answer, seen=revision)
        save_as_next_revision(answer, saved_by=turn.owner, verb="delete", change=change)
        refresh_scores(turn.case_id, turn.owner)
    return answer
