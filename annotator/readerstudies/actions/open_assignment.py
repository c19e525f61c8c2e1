"""Note that a reader began to read a case."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.policies import Person
from annotator.cases.queries import case_for
from annotator.readerstudies.assignment_states import move_assignment
from annotator.readerstudies.models import Assignment, AssignmentState
from annotator.readerstudies.reading_order import check_is_next


def open_assignment(person: Person, case_id: UUID | str) -> Assignment | None:
    """Mark this person's assignment of a case as opened, the first time, and return it.

    None for somebody who may open the case without having it on a worklist.

    Raises
    ------
    NotFoundError : the case is not open to this person.
    ConflictError : a study's case before it in the order waits to be submitted.
    """
    with transaction.atomic():
        case = case_for(person, case_id)
        assignment = (
            Assignment.objects.select_for_update(of=("self",))
            .select_related("case", "reader")
            .filter(case=case, reader_id=person.pk)
            .first()
        )
        if assignment is not None and assignment.study_id is not None:
            check_is_next(assignment)
        if assignment is not None and assignment.state == AssignmentState.ASSIGNED:
            move_assignment(assignment, AssignmentState.OPENED)
            detail: dict[str, object] = {"case": str(case.pk)}
            record_audit(person, "open_assignment", target_kind="assignment", target_id=assignment.pk, detail=detail)
    return assignment
