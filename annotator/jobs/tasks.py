"""Celery's entry points: run one job, and sweep up after dead workers and lost messages."""

import uuid

from celery import shared_task

from annotator.jobs import heartbeat  # noqa: F401  (connects the worker's signals)
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.actions.sweep_jobs import sweep_jobs
from annotator.jobs.at_once import run_in_turn


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    run_in_turn(uuid.UUID(job_id), run_job)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    sweep_jobs()
