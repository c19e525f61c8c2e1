"""Jobs that a person may see, and whether a worker is alive."""

import time
import uuid

from django.db.models import QuerySet

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person, is_signed_in
from annotator.jobs.heartbeat import newest_heartbeat, newest_heartbeat_of
from annotator.jobs.models import Job
from annotator.jobs.policies import may_see_all_jobs

# A worker that works hard on few cores may miss some of its beats.
_SILENT_AFTER_SECONDS = 15.0


def jobs_for(person: Person) -> QuerySet[Job]:
    """The jobs this person may see, newest first: all for data managers and admins, else the own ones."""
    jobs = Job.objects.select_related("requested_by")
    if may_see_all_jobs(person):
        return jobs
    if is_signed_in(person):
        return jobs.filter(requested_by_id=person.pk)
    return jobs.none()


def job_for(person: Person, job_id: uuid.UUID | str) -> Job:
    """One job that this person may see.

    Raises
    ------
    NotFoundError : there is none, or it is not theirs to see.
    """
    try:
        job = jobs_for(person).filter(pk=uuid.UUID(str(job_id))).first()
    except ValueError:
        job = None
    if job is None:
        raise NotFoundError(f"There is no job {job_id}.")
    return job


def seconds_since_worker_heartbeat() -> float | None:
    """Seconds since any worker last said that it lives; None when none ever did."""
    at = newest_heartbeat()
    return None if at is None else max(0.0, time.time() - at)


def is_served(queue: str) -> bool:
    """Whether a worker of this queue said in the last seconds that it lives."""
    at = newest_heartbeat_of(queue)
    return at is not None and time.time() - at < _SILENT_AFTER_SECONDS
