"""Give the jobs of dead workers to living ones, and send again the messages that nobody answered."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from annotator.jobs.dispatch import send_message
from annotator.jobs.models import Job, JobState
from annotator.jobs.states import move_job

logger = logging.getLogger(__name__)

RESEND_AFTER_AT_LEAST = timedelta(seconds=5)
RESEND_AFTER_AT_MOST = timedelta(seconds=30)
# A long queue is not a lost one: a few reminders wake a worker, thousands would only fill the broker.
REMINDERS_A_QUEUE = 20
OLDEST_LOOKED_AT = 1000


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    requeued: int
    ended: int
    sent: int


def sweep_jobs() -> Swept:
    """Queue again, fail or cancel the running jobs whose lease ran out; remind workers of waiting ones."""
    now = timezone.now()
    requeued = ended = 0
    for job in Job.objects.filter(state=JobState.RUNNING, lease_expires_at__lt=now):
        if _end_or_requeue(job, now) == JobState.QUEUED:
            requeued += 1
        else:
            ended += 1
    return Swept(requeued=requeued, ended=ended, sent=_send_reminders(now))


def _end_or_requeue(job: Job, now: datetime) -> JobState:
    target: JobState
    fields: dict[str, Any]
    if job.cancel_requested:
        target, fields = JobState.CANCELLED, {"finished_at": now, "cancel_requested": False, "doing": ""}
    elif job.attempts >= job.max_attempts:
        while_doing = f" while: {job.doing}" if job.doing else ""
        error = f"The worker died {job.attempts} times{while_doing or ' at this job'}. Look into the worker's log."
        target, fields = JobState.FAILED, {"finished_at": now, "error": error}
    else:
        doing = f"Waits to be run again: its worker stopped (attempt {job.attempts})."
        target, fields = JobState.QUEUED, {"percent": 0, "doing": doing, "sent_at": None}
    if move_job(job.pk, origin=JobState.RUNNING, target=target, lease_expired_at=now, **fields):
        logger.warning("Job %s (%s): its worker stopped; the job is %s.", job.pk, job.kind, target)
    return target


def _send_reminders(now: datetime) -> int:
    sent = 0
    reminded: dict[str, int] = {}
    for job in Job.objects.filter(state=JobState.QUEUED).order_by("created_at")[:OLDEST_LOOKED_AT]:
        if reminded.get(job.queue, 0) >= REMINDERS_A_QUEUE or not _is_overdue(job, now):
            continue
        reminded[job.queue] = reminded.get(job.queue, 0) + 1
        if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(sent_at=now):
            sent += send_message(job.pk, job.queue)
    return sent


def _is_overdue(job: Job, now: datetime) -> bool:
    """Whether a message went out so long ago that it may be lost; the longer it waits, the rarer it is sent."""
    if job.sent_at is None:
        return True
    waited = max(job.sent_at - job.created_at, RESEND_AFTER_AT_LEAST)
    return now - job.sent_at >= min(waited, RESEND_AFTER_AT_MOST)
