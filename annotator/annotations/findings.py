"""The finding that a mark or an answer is tied to."""

from uuid import UUID

from annotator.accounts.errors import InvalidError
from annotator.annotations.models import Finding
from annotator.annotations.turns import Turn


def own_live_finding(turn: Turn, finding_id: UUID | None) -> Finding | None:
    """The reader's finding in the case at hand; None stays None.

    Raises
    ------
    InvalidError : the reader has no such finding in this case, or it was deleted; path "finding".
    """
    if finding_id is None:
        return None
    found = Finding.objects.filter(pk=finding_id, case_id=turn.case_id, owner=turn.owner).first()
    if found is None:
        raise InvalidError("You have no such finding in this case.", path="finding")
    if found.deleted_at is not None:
        raise InvalidError(f"{found} was deleted. Bring it back first, or choose another.", path="finding")
    return found
