"""The one place where a job's state changes, by conditional updates: what two workers try, one of them does."""

import uuid
from datetime import datetime
from typing import Any

from annotator.jobs.models import Job, JobState

LEGAL_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # back to queued when the lease of a dead worker ran out
    JobState.RUNNING: frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
    JobState.DONE: frozenset(),
}


class IllegalMoveError(Exception):
    """A job can't go from the one state to the other."""


def move_job(
    job_id: uuid.UUID,
    *,
    origin: JobState,
    target: JobState,
    held_by: str | None = None,
    lease_expired_at: datetime | None = None,
    **fields: Any,
) -> bool:
    """Move a job from one state to another if it is still in the first, in one UPDATE.

    Parameters
    ----------
    held_by : only while this owner holds the lease.
    lease_expired_at : only if the lease had run out at this time.
    fields : columns to write with the move.

    Returns
    -------
    Whether the job was moved; False when somebody else was faster.

    Raises
    ------
    IllegalMoveError : no job may ever go this way.
    """
    if target not in LEGAL_MOVES[origin]:
        raise IllegalMoveError(f"A job that is {origin} can't become {target}.")
    rows = Job.objects.filter(pk=job_id, state=origin)
    if held_by is not None:
        rows = rows.filter(lease_owner=held_by)
    if lease_expired_at is not None:
        rows = rows.filter(lease_expires_at__lt=lease_expired_at)
    if target != JobState.RUNNING:
        fields = {"lease_owner": "", "lease_expires_at": None, **fields}
    return rows.update(state=target, **fields) == 1
