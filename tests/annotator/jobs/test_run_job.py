"""How a job is claimed, run and ended."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotator.jobs.actions.claim_job import claim_job
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.errors import JobCancelledError, LeaseLostError
from annotator.jobs.lease import Lease
from annotator.jobs.models import Job, JobState
from annotator.jobs.registry import WorkContext, registered_work, work
from annotator.jobs.states import LEGAL_MOVES, IllegalMoveError, move_job
from tests.annotator.jobs import doing_work


@pytest.mark.django_db
def test_a_job_that_is_run_ends_done_with_its_result(radiologist):
    job = queue_job(radiologist, "tests.count", {"to": 3}, title="Count")
    assert (job.state, job.requested_by, job.queue) == (JobState.QUEUED, radiologist, "cpu")
    assert run_job(job.pk) == JobState.DONE
    job.refresh_from_db()
    assert (job.state, job.result, job.percent, job.attempts, job.error) == ("done", {"counted": 3}, 100, 1, "")
    assert job.finished_at is not None
    assert job.lease_owner == ""
    assert job.lease_expires_at is None


@pytest.mark.django_db
def test_a_message_that_comes_twice_runs_the_job_once(radiologist):
    job = queue_job(radiologist, "tests.count", {"to": 1})
    assert run_job(job.pk) == JobState.DONE
    assert run_job(job.pk) is None
    job.refresh_from_db()
    assert job.attempts == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "parameters", "error"),
    [
        ("tests.refuse", {}, "the folder is empty; choose another"),
        ("tests.break", {"divisor": 0}, "ZeroDivisionError: division by zero"),
        ("tests.answer_badly", {}, "TypeError: Object of type object is not JSON serializable"),
        ("tests.unheard_of", {}, "No room of this installation does the work 'tests.unheard_of'."),
    ],
)
def test_work_that_fails_leaves_its_reason(kind, parameters, error):
    job = queue_job(None, kind, parameters)
    assert run_job(job.pk) == JobState.FAILED
    job.refresh_from_db()
    assert (job.state, job.error, job.result) == (JobState.FAILED, error, {})


@pytest.mark.django_db
def test_a_cancelled_job_stops_at_its_next_report():
    job = queue_job(None, "tests.change_own_row", {"change": {"cancel_requested": True}})
    assert run_job(job.pk) == JobState.CANCELLED
    job.refresh_from_db()
    assert (job.state, job.result, job.cancel_requested) == (JobState.CANCELLED, {}, False)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["tests.change_own_row", "tests.change_own_row_silently"])
def test_a_worker_that_lost_its_lease_writes_nothing(kind):
    job = queue_job(None, kind, {"change": {"lease_owner": "another worker", "doing": "its work"}})
    assert run_job(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.lease_owner, job.doing, job.result) == ("running", "another worker", "its work", {})


@pytest.mark.django_db
def test_progress_is_written_and_renews_the_lease():
    job = queue_job(None, "tests.count", {"to": 1})
    claim_job(job.pk, owner="me")
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() + timedelta(seconds=1))
    Lease(job.pk, "me").report(40, "file 4 of 10")
    job.refresh_from_db()
    assert (job.percent, job.doing) == (40, "file 4 of 10")
    assert job.lease_expires_at > timezone.now() + timedelta(seconds=5)


@pytest.mark.django_db
def test_reporting_every_file_costs_no_query_a_file(django_assert_max_num_queries):
    job = queue_job(None, "tests.count", {"to": 1})
    claim_job(job.pk, owner="me")
    lease = Lease(job.pk, "me", report_interval=3600)
    with django_assert_max_num_queries(1):
        for number in range(500):
            lease.report(number // 5, f"file {number}")


@pytest.mark.django_db
def test_a_report_says_whether_the_job_was_cancelled_or_taken_away():
    job = queue_job(None, "tests.count", {"to": 1})
    claim_job(job.pk, owner="me")
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    with pytest.raises(JobCancelledError):
        Lease(job.pk, "me").report(1, "")
    with pytest.raises(LeaseLostError):
        Lease(job.pk, "somebody else").report(1, "")
    assert not Lease(job.pk, "somebody else").renew()


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_want_a_job_one_gets_it():
    job = queue_job(None, "tests.count", {"to": 1})
    start, got = threading.Barrier(4), []

    def claim(number: int) -> None:
        try:
            start.wait()
            got.append(claim_job(job.pk, owner=f"worker {number}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    assert sum(claimed is not None for claimed in got) == 1
    job.refresh_from_db()
    assert job.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_the_lease_of_silent_work_is_renewed_from_a_thread(settings):
    settings.JOB_LEASE_SECONDS = 0.2
    job = queue_job(None, "tests.count", {"to": 1})
    claim_job(job.pk, owner="me")
    expired = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(lease_expires_at=expired)
    renewed = threading.Event()
    with Lease(job.pk, "me").renewed_in_background():
        for _ in range(400):
            if Job.objects.get(pk=job.pk).lease_expires_at > expired:
                renewed.set()
                break
            threading.Event().wait(0.05)
    assert renewed.is_set()


def test_no_state_but_the_named_ones_can_follow_another():
    for origin in JobState:
        for target in set(JobState) - LEGAL_MOVES[origin]:
            with pytest.raises(IllegalMoveError):
                move_job(uuid.uuid4(), origin=origin, target=target)


def test_a_name_of_work_belongs_to_one_function():
    def another(context: WorkContext) -> dict[str, object]:
        return {}

    with pytest.raises(ValueError, match="already done by"):
        work("tests.count")(another)
    found = registered_work("tests.count")
    assert found is not None
    assert found.function is doing_work.count


@pytest.mark.django_db
def test_a_job_goes_to_the_queue_that_its_work_was_registered_with():
    assert queue_job(None, "tests.on_the_gpu", {}).queue == "gpu"
    assert queue_job(None, "tests.on_the_gpu", {}, queue="cpu").queue == "cpu"
