"""Work of which a process does few at once leaves its other threads free, and nothing of it is forgotten."""

import uuid

import pytest

from annotator.jobs import at_once
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.at_once import run_in_turn
from annotator.jobs.models import Job, JobState
from annotator.jobs.registry import WorkContext, work


@work("tests.one_at_once", at_once=1)
def one_at_once(context: WorkContext) -> dict[str, object]:
    """While it runs, a message of another job of its kind comes in, as in another thread."""
    other = context.parameters.get("other")
    if other:
        run_in_turn(uuid.UUID(other), run_job)
        assert Job.objects.get(pk=other).state == JobState.QUEUED, "let go, and still to be done"
    return {}


@pytest.mark.django_db
def test_a_message_that_finds_all_places_taken_is_let_go_and_its_job_done_by_whoever_holds_one() -> None:
    later = queue_job(None, "tests.one_at_once", {})
    first = queue_job(None, "tests.one_at_once", {"other": str(later.pk)})
    run_in_turn(first.pk, run_job)
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert at_once._taken["tests.one_at_once"] == 0
    run_in_turn(uuid.uuid4(), run_job)
