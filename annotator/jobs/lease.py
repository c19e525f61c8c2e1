"""A worker's claim on a running job: renewed while the work runs, and by every report of progress."""

import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from annotator.jobs.errors import JobCancelledError, LeaseLostError
from annotator.jobs.models import Job, JobState

logger = logging.getLogger(__name__)

REPORT_INTERVAL_SECONDS = 0.25


def lease_length() -> timedelta:
    """How long a worker may stay silent before its job is given to another."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


class Lease:
    """The right to work on one job, which ends when it is not renewed in time."""

    def __init__(self, job_id: uuid.UUID, owner: str, *, report_interval: float | None = None) -> None:
        self.job_id = job_id
        self.owner = owner
        self._report_interval = REPORT_INTERVAL_SECONDS if report_interval is None else report_interval
        self._reported_at = float("-inf")
        self._lost = threading.Event()

    def report(self, percent: int, doing: str) -> None:
        """Write progress and renew the lease, a few times a second at most.

        Raises
        ------
        JobCancelledError : a person cancelled the job.
        LeaseLostError : the lease ran out and the job was given away.
        """
        if self._lost.is_set():
            raise LeaseLostError(f"The lease on job {self.job_id} was lost.")
        if time.monotonic() - self._reported_at < self._report_interval:
            return
        changed = (
            self._held()
            .filter(cancel_requested=False)
            .update(
                percent=min(max(int(percent), 0), 100),
                doing=doing[:200],
                lease_expires_at=timezone.now() + lease_length(),
            )
        )
        self._reported_at = time.monotonic()
        if changed:
            return
        if self._held().exists():
            raise JobCancelledError(f"Job {self.job_id} was cancelled.")
        self._lost.set()
        raise LeaseLostError(f"The lease on job {self.job_id} was lost.")

    def renew(self) -> bool:
        """Prolong the lease; False, and remembered, when it is no longer ours."""
        held = bool(self._held().update(lease_expires_at=timezone.now() + lease_length()))
        if not held:
            self._lost.set()
        return held

    @contextmanager
    def renewed_in_background(self) -> Iterator[None]:
        """Renew from a thread while the body runs, so that work which is silent for long keeps its job.

        In a transaction of the caller nobody else can see the claim, so there is nothing to renew.
        """
        if connection.in_atomic_block:
            yield
            return
        stop = threading.Event()
        thread = threading.Thread(target=self._renew_until, args=(stop,), name=f"lease-{self.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _renew_until(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(settings.JOB_LEASE_SECONDS / 4):
                try:
                    if not self.renew():
                        return
                except DatabaseError:
                    logger.exception("The lease on job %s could not be renewed; trying again.", self.job_id)
                    connection.close()
        finally:
            connection.close()

    def _held(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job_id, state=JobState.RUNNING, lease_owner=self.owner)
