"""Delete a finding: its answers go with it, its marks stay without it."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.policies import Person
from annotator.annotations.contexts import refresh_scores
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.annotations.revisions import save_as_next_revision
from annotator.annotations.turns import check_may_change, take_turn_for, was_saved


def delete_finding(person: Person, finding_id: UUID, *, revision: int, change: UUID | None = None) -> Finding:
    """Delete a finding of one's own and return it; one that is deleted already is returned as it is.

    Every mark that showed it loses the tie and gets a new revision; every answer for it is deleted.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, or has no such finding.
    StaleError, ConflictError : changed meanwhile, or the reading was submitted; with what is there now.
    """
    with transaction.atomic():
        turn, finding = take_turn_for(person, Finding, finding_id, change=change)
        if finding.deleted_at is not None or was_saved(finding, change):
            return finding
        check_may_change(turn, finding, seen=revision)
        live = {"finding": finding, "owner": turn.owner, "deleted_at__isnull": True}
        for mark in Annotation.objects.select_related("owner", "frame", "first_frame", "last_frame").filter(**live):
            mark.finding = None
            save_as_next_revision(mark, saved_by=turn.owner, verb="unlink")
        for answer in Answer.objects.select_related("owner", "schema", "first_frame", "last_frame").filter(**live):
            save_as_next_revision(answer, saved_by=turn.owner, verb="delete")
        save_as_next_revision(finding, saved_by=turn.owner, verb="delete", change=change)
        refresh_scores(turn.case_id, turn.owner)
    return finding
