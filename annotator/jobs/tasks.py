"""Celery's entry points: run one job, and sweep up after dead workers and lost messages."""

import uuid

from celery import shared_task

from annotator.jobs import heartbeat  # noqa: F401  (connects the worker's signals)
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.actions.sweep_jobs import sweep_jobs


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    run_job(uuid.UUID(job_id))


@shared_task(name="jobs.sweep")
def sweep() -> None:
    sweep_jobs()
