"""Delete a mark; saving it again brings it back."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.policies import Person
from annotator.annotations.contexts import refresh_scores
from annotator.annotations.models import Annotation, MarkKind
from annotator.annotations.revisions import save_as_next_revision
from annotator.annotations.turns import check_may_change, take_turn_for, was_saved


def delete_annotation(person: Person, annotation_id: UUID, *, revision: int, change: UUID | None = None) -> Annotation:
    """Delete a mark of one's own and return it; one that is deleted already is returned as it is.

    Parameters
    ----------
    revision : the one that the reader's program last saw.
    change : made by the reader's program; what was saved under it is not saved again, whatever came after it.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, or has no such mark.
    StaleError, ConflictError : changed meanwhile, or the reading was submitted; with what is there now.
    """
    with transaction.atomic():
        turn, mark = take_turn_for(person, Annotation, annotation_id, change=change)
        if mark.deleted_at is not None or was_saved(mark, change):
            return mark
        check_may_change(turn, mark, seen=revision)
        save_as_next_revision(mark, saved_by=turn.owner, verb="delete", change=change)
        if mark.kind == MarkKind.SLICES or mark.finding_id is not None:
            refresh_scores(turn.case_id, turn.owner)
    return mark
