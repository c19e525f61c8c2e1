"""An assignment as programs and pages get it."""

from typing import TypedDict

from annotator.readerstudies.models import Assignment


class AssignmentRecord(TypedDict):
    id: str
    case: str
    title: str
    modality: str
    reader: str
    place: int
    due_date: str | None
    state: str
    assigned_at: str
    opened_at: str | None
    submitted_at: str | None
    active_seconds: float | None
    returned: str


def assignment_as_dict(assignment: Assignment) -> AssignmentRecord:
    """An assignment as JSON. Reads `case` and `reader`: select them with it.

    How long it was read is known only of one that came from queries.worklist_for or assignments_for.
    """
    opened, submitted = assignment.opened_at, assignment.submitted_at
    return AssignmentRecord(
        id=str(assignment.pk),
        case=str(assignment.case_id),
        title=assignment.case.title,
        modality=assignment.case.modality,
        reader=assignment.reader.username,
        place=assignment.place,
        due_date=assignment.due_date.isoformat() if assignment.due_date else None,
        state=assignment.state,
        assigned_at=assignment.assigned_at.isoformat(),
        opened_at=opened.isoformat() if opened else None,
        submitted_at=submitted.isoformat() if submitted else None,
        active_seconds=getattr(assignment, "active_seconds", None),
        returned=assignment.returned,
    )
