"""Take a queued job for one worker."""

import uuid

from django.db.models import F
from django.utils import timezone

from annotator.jobs.lease import lease_length
from annotator.jobs.models import Job, JobState
from annotator.jobs.states import move_job


def claim_job(job_id: uuid.UUID, *, owner: str) -> Job | None:
    """Give a queued job to this owner; None when it is not queued any more (a doubled or late message)."""
    # The read spares a write lock for each message that comes twice.
    if not Job.objects.filter(pk=job_id, state=JobState.QUEUED).exists():
        return None
    now = timezone.now()
    claimed = move_job(
        job_id,
        origin=JobState.QUEUED,
        target=JobState.RUNNING,
        lease_owner=owner,
        lease_expires_at=now + lease_length(),
        attempts=F("attempts") + 1,
        started_at=now,
        finished_at=None,
        percent=0,
        doing="",
        error="",
        result={},
    )
    return Job.objects.get(pk=job_id) if claimed else None
