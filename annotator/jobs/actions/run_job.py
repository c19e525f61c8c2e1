"""Do a job's work in this process and write down how it ended."""

import json
import logging
import os
import secrets
import socket
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from annotator.jobs.actions.claim_job import claim_job
from annotator.jobs.errors import JobCancelledError, LeaseLostError, WorkFailedError
from annotator.jobs.lease import Lease
from annotator.jobs.models import Job, JobState
from annotator.jobs.registry import WorkContext, registered_work
from annotator.jobs.states import move_job

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Outcome:
    state: JobState
    fields: dict[str, Any] = field(default_factory=dict)


def run_job(job_id: uuid.UUID) -> JobState | None:
    """Claim a queued job, do its work, and write its result.

    Returns
    -------
    How it ended; None when there was nothing to claim, or the lease was lost on the way and the
    outcome thrown away because the job is another worker's now.
    """
    owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(8)}"
    job = claim_job(job_id, owner=owner)
    if job is None:
        return None
    logger.info("Job %s (%s) starts, attempt %d.", job.pk, job.kind, job.attempts)
    lease = Lease(job.pk, owner)
    try:
        with lease.renewed_in_background():
            outcome = _do_work(job, lease)
    except LeaseLostError:
        logger.warning("Job %s (%s) lost its lease and was given to another worker.", job.pk, job.kind)
        return None
    written = move_job(
        job.pk,
        origin=JobState.RUNNING,
        target=outcome.state,
        held_by=owner,
        finished_at=timezone.now(),
        cancel_requested=False,
        **outcome.fields,
    )
    if not written:
        logger.warning("Job %s (%s) lost its lease at its end; the result is thrown away.", job.pk, job.kind)
        return None
    logger.info("Job %s (%s) is %s.", job.pk, job.kind, outcome.state)
    return outcome.state


def _do_work(job: Job, lease: Lease) -> _Outcome:
    registered = registered_work(job.kind)
    if registered is None:
        return _Outcome(JobState.FAILED, {"error": f"No room of this installation does the work {job.kind!r}."})
    context = WorkContext(
        job_id=job.pk, parameters=job.parameters, requested_by_id=job.requested_by_id, report=lease.report
    )
    try:
        result = registered.function(context) or {}
        json.dumps(result)
    except JobCancelledError:
        return _Outcome(JobState.CANCELLED, {"doing": ""})
    except WorkFailedError as error:
        return _Outcome(JobState.FAILED, {"error": str(error)})
    except Exception as error:
        logger.exception("Job %s (%s) failed.", job.pk, job.kind)
        return _Outcome(JobState.FAILED, {"error": f"{type(error).__name__}: {error}"})
    return _Outcome(JobState.DONE, {"result": result, "percent": 100, "doing": ""})
