"""Asking for long work, stopping it, asking again; and who may."""

import uuid

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from annotator.accounts.errors import ConflictError, NotFoundError
from annotator.accounts.models import AuditEntry
from annotator.jobs import dispatch, tasks
from annotator.jobs.actions.cancel_job import cancel_job
from annotator.jobs.actions.claim_job import claim_job
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.actions.retry_job import retry_job
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job, JobState
from annotator.jobs.queries import job_for, jobs_for
from tests.annotator.jobs import doing_work  # noqa: F401  (registers the work)


@pytest.fixture
def sent(monkeypatch):
    """The messages sent; the broker is replaced because its contents can't be looked at without a worker."""
    messages: list[tuple[tuple[str, ...], str]] = []
    monkeypatch.setattr(
        tasks.run, "apply_async", lambda args, queue, retry: messages.append((args, queue)), raising=True
    )
    return messages


@pytest.mark.django_db(transaction=True)
def test_the_message_goes_out_after_the_commit_and_not_after_a_rollback(sent):
    with transaction.atomic():
        job = queue_job(None, "tests.count", {"to": 1})
        assert sent == []
    assert sent == [((str(job.pk),), "cpu")]
    with transaction.atomic():
        queue_job(None, "tests.count", {"to": 1})
        transaction.set_rollback(True)
    assert len(sent) == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_loses_no_job(monkeypatch, caplog):
    """The broker is replaced by one that refuses: stopping a real one is tests/operations' business."""

    def refuse(**_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.run, "apply_async", refuse)
    job = queue_job(None, "tests.count", {"to": 1})
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
    assert "the sweeper will send it again" in caplog.text
    assert dispatch.send_message(job.pk, "cpu") is False


@pytest.mark.django_db
def test_a_waiting_job_is_cancelled_at_once_and_never_run(radiologist):
    job = queue_job(radiologist, "tests.count", {"to": 1})
    assert cancel_job(radiologist, job.pk).state == JobState.CANCELLED
    assert run_job(job.pk) is None
    assert AuditEntry.objects.filter(action="cancel_job", target_id=str(job.pk), actor=radiologist).exists()


@pytest.mark.django_db
def test_a_running_job_is_asked_to_stop(radiologist):
    job = queue_job(radiologist, "tests.count", {"to": 1})
    claim_job(job.pk, owner="a worker")
    stopped = cancel_job(radiologist, job.pk)
    assert (stopped.state, stopped.cancel_requested) == (JobState.RUNNING, True)


@pytest.mark.django_db
def test_a_job_that_has_ended_can_not_be_cancelled(radiologist):
    job = queue_job(radiologist, "tests.count", {"to": 1})
    run_job(job.pk)
    with pytest.raises(ConflictError, match="done already"):
        cancel_job(radiologist, job.pk)


@pytest.mark.django_db
def test_a_failed_job_runs_again_with_a_fresh_count(radiologist):
    job = queue_job(radiologist, "tests.break", {"divisor": 0})
    run_job(job.pk)
    again = retry_job(radiologist, job.pk)
    assert (again.state, again.attempts, again.error) == (JobState.QUEUED, 0, "")
    assert run_job(job.pk) == JobState.FAILED
    assert AuditEntry.objects.filter(action="retry_job", target_id=str(job.pk)).count() == 1


@pytest.mark.django_db
def test_only_failed_and_cancelled_jobs_run_again(radiologist):
    job = queue_job(radiologist, "tests.count", {"to": 1})
    with pytest.raises(ConflictError, match="only failed and cancelled"):
        retry_job(radiologist, job.pk)
    cancel_job(radiologist, job.pk)
    assert retry_job(radiologist, job.pk).state == JobState.QUEUED


@pytest.mark.django_db
def test_a_radiologist_sees_and_steers_only_own_jobs(radiologist, second_radiologist, data_manager, admin):
    job = queue_job(radiologist, "tests.count", {"to": 1})
    for person in (radiologist, data_manager, admin):
        assert list(jobs_for(person)) == [job]
    assert list(jobs_for(second_radiologist)) == []
    for ask in (job_for, cancel_job, retry_job):
        with pytest.raises(NotFoundError):
            ask(second_radiologist, job.pk)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert cancel_job(data_manager, job.pk).state == JobState.CANCELLED
    assert retry_job(admin, job.pk).state == JobState.QUEUED


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [uuid.uuid4(), "not-an-id"])
def test_asking_for_a_job_that_is_not_there_says_so(admin, wrong):
    with pytest.raises(NotFoundError, match="There is no job"):
        job_for(admin, wrong)


@pytest.mark.django_db
def test_nobody_sees_jobs_without_signing_in(rf):
    from django.contrib.auth.models import AnonymousUser

    queue_job(None, "tests.count", {"to": 1})
    assert list(jobs_for(AnonymousUser())) == []
