"""Hand a reading in."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.annotations.actions.lock_case import lock_case
from annotator.readerstudies.assignment_states import move_assignment
from annotator.readerstudies.locked_assignment import locked_assignment
from annotator.readerstudies.models import Assignment, AssignmentState
from annotator.readerstudies.policies import may_read_cases


def submit_assignment(person: Person, assignment_id: UUID | str) -> Assignment:
    """Submit one's own reading and lock its marks; submitting twice changes nothing.

    Raises
    ------
    NotAllowedError : `person` is no radiologist.
    NotFoundError : it isn't on their worklist.
    """
    if not may_read_cases(person):
        raise NotAllowedError("Only radiologists submit readings.")
    with transaction.atomic():
        assignment = locked_assignment(person, assignment_id)
        if assignment.reader_id != person.pk:
            raise NotFoundError("There is no such assignment among those that you may see.")
        if assignment.state == AssignmentState.SUBMITTED:
            return assignment
        lock_case(person, assignment.case, owner=assignment.reader, reason="it was submitted")
        move_assignment(assignment, AssignmentState.SUBMITTED)
        detail: dict[str, object] = {"case": str(assignment.case_id)}
        record_audit(person, "submit_assignment", target_kind="assignment", target_id=assignment.pk, detail=detail)
    return assignment
