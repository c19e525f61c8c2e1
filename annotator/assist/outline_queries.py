"""What came of a reader's clicks."""

from dataclasses import dataclass
from uuid import UUID

from annotator.accounts.errors import ConflictError, NotFoundError, UnavailableError
from annotator.accounts.policies import Person
from annotator.assist.models import OutlineRequest, Suggestion
from annotator.assist.queries import suggestion_for
from annotator.jobs.models import JobState
from annotator.jobs.queries import is_served

QUEUE = "gpu"
NOBODY_WORKS = (
    "No worker draws outlines at the moment: its queue is served by nobody. Draw by hand, or tell an administrator."
)


@dataclass(frozen=True)
class OutlineState:
    """Where a request stands: the suggestion, or None while it waits."""

    id: UUID
    suggestion: Suggestion | None


def outline_for(person: Person, request_id: UUID) -> OutlineState:
    """A request of one's own, and what came of it.

    Raises
    ------
    NotFoundError : there is none of one's own, or what it made was replaced, or the case closed.
    ConflictError : there is no outline, in words that say why.
    UnavailableError : the work failed, or no worker takes it.
    """
    asked = OutlineRequest.objects.select_related("job").filter(pk=request_id, asked_by_id=person.pk).first()
    if asked is None:
        raise NotFoundError("You asked for no such outline.")
    if asked.answered_at is not None:
        if asked.refusal:
            raise ConflictError(asked.refusal)
        if asked.suggestion_id is None:
            raise NotFoundError("This outline was replaced by a later one.")
        return OutlineState(asked.pk, suggestion_for(person, asked.suggestion_id))
    if asked.job is None or asked.job.state in (JobState.FAILED, JobState.CANCELLED):
        said = asked.job.error if asked.job is not None else ""
        raise UnavailableError(said or "The work on this outline was ended. Click again.")
    if asked.job.state == JobState.QUEUED and not is_served(QUEUE):
        raise UnavailableError(NOBODY_WORKS)
    return OutlineState(asked.pk, None)
