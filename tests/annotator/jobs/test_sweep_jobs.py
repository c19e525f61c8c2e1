"""What the sweeper does about dead workers and lost messages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.jobs.actions import sweep_jobs as sweeping
from annotator.jobs.actions.claim_job import claim_job
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.actions.sweep_jobs import REMINDERS_A_QUEUE, Swept, sweep_jobs
from annotator.jobs.models import Job, JobState
from tests.annotator.jobs import doing_work  # noqa: F401  (registers the work)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reminded(monkeypatch):
    """Ids of the jobs for which a message went out; the broker is replaced because it can't be looked into."""
    ids = []

    def send(job_id, queue):
        ids.append(job_id)
        return True

    monkeypatch.setattr(sweeping, "send_message", send)
    return ids


def job_of_a_dead_worker(**columns: object) -> Job:
    job = queue_job(None, "tests.count", {"to": 2})
    claim_job(job.pk, owner="a dead worker")
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1), **columns)
    return job


def aged(job: Job, *, sent: float, created: float) -> Job:
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        sent_at=now - timedelta(seconds=sent), created_at=now - timedelta(seconds=created)
    )
    return job


def test_the_job_of_a_dead_worker_is_queued_sent_and_run_again(reminded):
    job = job_of_a_dead_worker()
    assert sweep_jobs() == Swept(requeued=1, ended=0, sent=1)
    job.refresh_from_db()
    assert (job.state, job.lease_owner) == (JobState.QUEUED, "")
    assert reminded == [job.pk]
    assert run_job(job.pk) == JobState.DONE
    job.refresh_from_db()
    assert job.attempts == 2


def test_a_job_whose_lease_still_runs_is_left_alone(reminded):
    job = queue_job(None, "tests.count", {"to": 2})
    claim_job(job.pk, owner="a living worker")
    assert sweep_jobs() == Swept(requeued=0, ended=0, sent=0)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_a_job_that_kills_its_workers_fails_in_the_end_and_says_where(reminded):
    job = job_of_a_dead_worker(attempts=5, doing="file 7 of 9")
    assert sweep_jobs() == Swept(requeued=0, ended=1, sent=0)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error == "The worker died 5 times while: file 7 of 9. Look into the worker's log."


def test_a_dead_workers_job_that_was_to_be_cancelled_is(reminded):
    job = job_of_a_dead_worker(cancel_requested=True)
    assert sweep_jobs() == Swept(requeued=0, ended=1, sent=0)
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == (JobState.CANCELLED, False)


def test_a_message_that_nobody_answered_is_sent_again(reminded):
    lost = aged(queue_job(None, "tests.count", {"to": 1}), sent=6, created=6)
    fresh = aged(queue_job(None, "tests.count", {"to": 1}), sent=1, created=1)
    assert sweep_jobs().sent == 1
    assert reminded == [lost.pk]
    assert fresh.pk not in reminded
    assert sweep_jobs().sent == 0


def test_reminders_grow_rarer_the_longer_a_job_waits_but_never_stop(reminded):
    aged(queue_job(None, "tests.count", {"to": 1}), sent=12, created=32)
    assert sweep_jobs().sent == 0
    aged(Job.objects.get(), sent=31, created=1000)
    assert sweep_jobs().sent == 1


def test_a_long_queue_does_not_flood_the_broker(reminded):
    for _ in range(REMINDERS_A_QUEUE + 5):
        aged(queue_job(None, "tests.count", {"to": 1}), sent=60, created=60)
    on_another_queue = aged(queue_job(None, "tests.on_the_gpu", {}), sent=60, created=60)
    sweep_jobs()
    assert len(reminded) == REMINDERS_A_QUEUE + 1
    assert on_another_queue.pk in reminded
