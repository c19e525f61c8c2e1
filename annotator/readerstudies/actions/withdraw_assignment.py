"""Take a case off a reader's worklist."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.cases.actions.revoke_grant import revoke_grant
from annotator.readerstudies.locked_assignment import locked_assignment
from annotator.readerstudies.models import AssignmentState
from annotator.readerstudies.policies import may_assign


def withdraw_assignment(person: Person, assignment_id: UUID | str) -> None:
    """Remove an assignment and the reader's access to its case; marks that were made stay.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such assignment.
    ConflictError : it was submitted; its reading is a result.
    """
    if not may_assign(person):
        raise NotAllowedError("Only an admin may withdraw an assignment.")
    with transaction.atomic():
        assignment = locked_assignment(person, assignment_id)
        if assignment.state == AssignmentState.SUBMITTED:
            raise ConflictError("This reading was submitted. Reopen it first if it must go.")
        detail: dict[str, object] = {
            "case": str(assignment.case_id),
            "reader": assignment.reader.username,
            "place": assignment.place,
            "was": assignment.state,
        }
        record_audit(person, "withdraw_assignment", target_kind="assignment", target_id=assignment.pk, detail=detail)
        assignment.delete()
        revoke_grant(person, assignment.case_id, reader_id=assignment.reader_id)
