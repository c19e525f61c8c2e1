"""The list of jobs, cancelling, and running again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.accounts.models import User
from annotator.jobs.models import Job, JobState
from tests.frontend.conftest import ClientFor


@pytest.fixture
def jobs(data_manager: User) -> dict[str, Job]:
    now = timezone.now()
    soon = now + timedelta(seconds=20)
    rows = {
        "queued": {"state": JobState.QUEUED},
        "running": {
            "state": JobState.RUNNING,
            "percent": 42,
            "doing": "Filing 7 of 16",
            "lease_expires_at": soon,
            "started_at": now,
        },
        "failed": {"state": JobState.FAILED, "error": "The disk is full: make room and run it again."},
        "done": {"state": JobState.DONE, "percent": 100, "started_at": now, "finished_at": now + timedelta(seconds=65)},
    }
    return {
        name: Job.objects.create(kind="imaging.ingest", title=f"the {name} one", requested_by=data_manager, **row)
        for name, row in rows.items()
    }


def test_each_job_shows_its_state_how_far_it_is_and_why_it_failed(
    jobs: dict[str, Job], data_manager: User, client_for: ClientFor
) -> None:
    page = client_for(data_manager).get("/jobs/").content.decode()
    for words in ("42 %", "Filing 7 of 16", "The disk is full", "1 min 5 s", "Waiting for a worker", "the queued one"):
        assert words in page


def test_the_rows_alone_are_answered_for_polling_with_a_key_each(
    jobs: dict[str, Job], data_manager: User, client_for: ClientFor
) -> None:
    part = client_for(data_manager).get("/jobs/?part=rows").content.decode()
    assert "<html" not in part
    for job in jobs.values():
        assert f'data-key="{job.pk}"' in part


def test_the_list_can_be_narrowed_to_a_state(jobs: dict[str, Job], data_manager: User, client_for: ClientFor) -> None:
    listed = client_for(data_manager).get("/jobs/?state=failed").context["page"]
    assert [job.title for job in listed] == ["the failed one"]
    assert len(client_for(data_manager).get("/jobs/?state=nonsense").context["page"]) == 4


def test_a_waiting_job_is_cancelled_and_a_failed_one_runs_again(
    jobs: dict[str, Job], data_manager: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)
    client.post(f"/jobs/{jobs['queued'].pk}/cancel")
    client.post(f"/jobs/{jobs['failed'].pk}/retry")
    client.post(f"/jobs/{jobs['running'].pk}/cancel")
    for job in jobs.values():
        job.refresh_from_db()
    assert jobs["queued"].state == JobState.CANCELLED
    assert jobs["failed"].state == JobState.QUEUED
    assert jobs["running"].cancel_requested


def test_what_can_not_be_cancelled_any_more_is_said_on_the_page(
    jobs: dict[str, Job], data_manager: User, client_for: ClientFor
) -> None:
    answer = client_for(data_manager).post(f"/jobs/{jobs['done'].pk}/cancel", follow=True)
    assert "is done already" in answer.content.decode()


def test_steering_a_job_leads_back_to_the_page_that_asked_but_never_to_another_host(
    jobs: dict[str, Job], data_manager: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)
    where = f"/jobs/{jobs['queued'].pk}/cancel"
    assert client.post(where, {"back": "/exports/"}).headers["Location"] == "/exports/"
    assert client.post(where, {"back": "https://elsewhere.example/"}).headers["Location"] == "/jobs/"


def test_the_page_says_when_no_worker_is_there(
    data_manager: User, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mocked: the heartbeat's age, because a worker process would have to be started and waited for."""
    client = client_for(data_manager)
    monkeypatch.setattr("frontend.pages.jobs.seconds_since_worker_heartbeat", lambda: 60.0)
    assert "No worker has been heard of" in client.get("/jobs/").content.decode()
    monkeypatch.setattr("frontend.pages.jobs.seconds_since_worker_heartbeat", lambda: 1.0)
    assert "No worker has been heard of" not in client.get("/jobs/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_number_of_jobs(
    data_manager: User, client_for: ClientFor, django_assert_max_num_queries: object
) -> None:
    for number in range(40):
        Job.objects.create(kind="imaging.ingest", title=f"job {number}", requested_by=data_manager)
    client = client_for(data_manager)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get("/jobs/?part=rows")
