"""Stop a job: at once while it waits, at its next report of progress while it runs."""

import uuid

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.jobs.models import Job, JobState
from annotator.jobs.policies import may_steer_job
from annotator.jobs.queries import job_for
from annotator.jobs.states import move_job


def cancel_job(person: Person, job_id: uuid.UUID | str) -> Job:
    """Cancel a queued job, or ask a running one to stop.

    Raises
    ------
    NotFoundError : no such job, or not theirs to see.
    NotAllowedError : theirs to see, not to steer.
    ConflictError : it has already ended.
    """
    job = job_for(person, job_id)
    if not may_steer_job(person, job):
        raise NotAllowedError(f"You may not cancel the job {job.title!r}.")
    with transaction.atomic():
        stopped = move_job(
            job.pk, origin=JobState.QUEUED, target=JobState.CANCELLED, finished_at=timezone.now(), doing=""
        ) or bool(Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True))
        job.refresh_from_db()
        if not stopped:
            raise ConflictError(f"The job {job.title!r} is {job.state} already.", {"state": job.state})
        record_audit(person, "cancel_job", target_kind="job", target_id=job.pk, detail={"kind": job.kind})
    return job
