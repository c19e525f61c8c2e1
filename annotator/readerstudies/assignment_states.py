"""The states of an assignment and the moves between them."""

from django.utils import timezone

from annotator.accounts.errors import ConflictError
from annotator.readerstudies.models import Assignment, AssignmentState

# A program that reads through the API may submit what nobody opened in a page.
_LEGAL = {
    AssignmentState.ASSIGNED: {AssignmentState.OPENED, AssignmentState.SUBMITTED},
    AssignmentState.OPENED: {AssignmentState.SUBMITTED},
    AssignmentState.SUBMITTED: {AssignmentState.OPENED},
}


def move_assignment(assignment: Assignment, to: AssignmentState, *, returned: str = "") -> None:
    """Move an assignment into another state, with the times that belong to it, and save it.

    Parameters
    ----------
    returned : why a submitted one goes back to its reader, who is shown it.

    Raises
    ------
    ConflictError : there is no way from its state to that one.
    """
    now = timezone.now()
    before = AssignmentState(assignment.state)
    if to not in _LEGAL[before]:
        raise ConflictError(f"This assignment is {before.label.lower()}; it can't become {to.label.lower()}.")
    assignment.state = to
    assignment.opened_at = assignment.opened_at or now
    assignment.submitted_at = now if to == AssignmentState.SUBMITTED else None
    assignment.returned = returned
    assignment.save(update_fields=["state", "opened_at", "submitted_at", "returned"])
