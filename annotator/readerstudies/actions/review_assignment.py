"""Approve a submitted reading, or give it back to its reader with a reason."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.actions.unlock_case import unlock_case
from annotator.annotations.storable_checks import check_line
from annotator.readerstudies.assignment_states import move_assignment
from annotator.readerstudies.models import Assignment, AssignmentState, Review, Verdict
from annotator.readerstudies.policies import may_review


def review_assignment(person: Person, assignment_id: UUID | str, *, verdict: str, reason: str = "") -> Review:
    """Decide about a submitted reading; a returned one is unlocked, and its reader is shown the reason.

    Raises
    ------
    NotAllowedError : `person` is neither data manager nor admin.
    NotFoundError : there is no such assignment.
    InvalidError : no such verdict, or a return without a reason.
    ConflictError : it isn't submitted.
    """
    if not may_review(person):
        raise NotAllowedError("Only data managers and admins review readings.")
    if verdict not in Verdict.values:
        raise InvalidError(f"A verdict is one of {', '.join(Verdict.values)}.", path="verdict")
    reason = check_line(reason, path="reason", longest=1000).strip()
    if verdict == Verdict.RETURNED and not reason:
        raise InvalidError("Say why the reading is returned: its reader is shown it.", path="reason")
    with transaction.atomic():
        assignment = _locked(assignment_id)
        if assignment.study_id is not None:
            raise ConflictError("This reading belongs to a study. An admin opens it again on the study's page.")
        if assignment.state != AssignmentState.SUBMITTED:
            raise ConflictError("This reading isn't submitted; its reader can still change it.")
        review = Review.objects.create(
            assignment=assignment, verdict=verdict, reason=reason, reviewer=signed_in(person)
        )
        if verdict == Verdict.RETURNED:
            move_assignment(assignment, AssignmentState.OPENED, returned=reason)
            unlock_case(person, assignment.case, owner=assignment.reader)
        detail: dict[str, object] = {
            "case": str(assignment.case_id),
            "reader": assignment.reader.username,
            "verdict": str(verdict),
            "reason": reason,
        }
        record_audit(person, "review_assignment", target_kind="assignment", target_id=assignment.pk, detail=detail)
    return review


def _locked(assignment_id: UUID | str) -> Assignment:
    """A reviewer decides about everybody's readings, of whomever the assignments are."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("case", "reader")
    found = rows.filter(pk=assignment_id).first()
    if found is None:
        raise NotFoundError("There is no such assignment.")
    return found
