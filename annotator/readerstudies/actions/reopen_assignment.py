"""Give a submitted reading back to its reader."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.annotations.actions.unlock_case import unlock_case
from annotator.annotations.storable_checks import check_line
from annotator.readerstudies.assignment_states import move_assignment
from annotator.readerstudies.locked_assignment import locked_assignment
from annotator.readerstudies.models import Assignment, AssignmentState
from annotator.readerstudies.policies import may_assign


def reopen_assignment(person: Person, assignment_id: UUID | str, *, reason: str) -> Assignment:
    """Unlock a submitted reading, so that its reader can change and submit it again.

    Parameters
    ----------
    reason : its reader is shown it, and it stands in the audit trail.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such assignment.
    InvalidError : no reason, or one of more than 1,000 characters; path "reason".
    ConflictError : it isn't submitted.
    """
    if not may_assign(person):
        raise NotAllowedError("Only an admin may reopen a reading.")
    reason = check_line(reason, path="reason", longest=1000)
    if not reason:
        raise InvalidError("Say why the reading is opened again: its reader is shown it.", path="reason")
    with transaction.atomic():
        assignment = locked_assignment(person, assignment_id)
        if assignment.state != AssignmentState.SUBMITTED:
            raise ConflictError("This reading isn't submitted; its reader can still change it.")
        submitted_at = assignment.submitted_at
        move_assignment(assignment, AssignmentState.OPENED, returned=reason)
        unlock_case(person, assignment.case, owner=assignment.reader)
        detail: dict[str, object] = {
            "case": str(assignment.case_id),
            "reader": assignment.reader.username,
            "reason": reason,
            "was_submitted_at": submitted_at.isoformat() if submitted_at else None,
        }
        record_audit(person, "reopen_assignment", target_kind="assignment", target_id=assignment.pk, detail=detail)
    return assignment
