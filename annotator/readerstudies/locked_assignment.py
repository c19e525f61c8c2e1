"""An assignment about to change: two requests for it take turns."""

from uuid import UUID

from annotator.accounts.policies import Person
from annotator.readerstudies.models import Assignment
from annotator.readerstudies.queries import assignment_for


def locked_assignment(person: Person, assignment_id: UUID | str) -> Assignment:
    """Lock an assignment outside studies that an admin may see, or one that is open to its reader. In a transaction.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    """
    pk = assignment_for(person, assignment_id).pk
    return Assignment.objects.select_for_update(of=("self",)).select_related("case", "reader").get(pk=pk)
