"""Queue again a job that failed or was cancelled."""

import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.jobs.dispatch import send_message
from annotator.jobs.models import Job, JobState
from annotator.jobs.policies import may_steer_job
from annotator.jobs.queries import job_for
from annotator.jobs.states import move_job


def retry_job(person: Person, job_id: uuid.UUID | str) -> Job:
    """Run a failed or cancelled job again with the same parameters and a fresh count of attempts.

    Raises
    ------
    NotFoundError : no such job, or not theirs to see.
    NotAllowedError : theirs to see, not to steer.
    ConflictError : it is queued, running or done.
    """
    job = job_for(person, job_id)
    if not may_steer_job(person, job):
        raise NotAllowedError(f"You may not run the job {job.title!r} again.")
    with transaction.atomic():
        fresh: dict[str, Any] = {
            "attempts": 0,
            "percent": 0,
            "doing": "",
            "error": "",
            "cancel_requested": False,
            "finished_at": None,
            "sent_at": timezone.now(),
        }
        moved = any(
            move_job(job.pk, origin=origin, target=JobState.QUEUED, **fresh)
            for origin in (JobState.FAILED, JobState.CANCELLED)
        )
        job.refresh_from_db()
        if not moved:
            raise ConflictError(f"The job {job.title!r} is {job.state}; only failed and cancelled ones run again.")
        record_audit(person, "retry_job", target_kind="job", target_id=job.pk, detail={"kind": job.kind})
        transaction.on_commit(partial(send_message, job.pk, job.queue))
    return job
