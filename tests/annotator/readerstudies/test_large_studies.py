"""Launches and amendments that a job makes: killed on the way they go on, taken back they leave nothing."""

import pytest
from django.db.models import QuerySet

from annotator.accounts.errors import ConflictError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.models import Annotation, Answer, Finding, Revision
from annotator.cases.models import Case, CaseGrant
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job
from annotator.readerstudies.actions import make_allocated_readings as making
from annotator.readerstudies.actions import take_back_launch as taking_back
from annotator.readerstudies.actions.amend_study import add_cases, withdraw_reader
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.pilot_study import end_pilot, start_pilot
from annotator.readerstudies.actions.reset_read import reset_read
from annotator.readerstudies.actions.take_back_launch import take_back_launch
from annotator.readerstudies.models import AllocationPart, Assignment, Read, ReaderStudy
from annotator.readerstudies.queries import worklist_for
from annotator.readerstudies.reading_order import own_readings
from tests.annotator.readerstudies.studies import draft, make_cases, make_readers, read_one, running, wanted


class KilledError(Exception):
    """The worker is gone."""


@pytest.fixture
def cases(db: None) -> list[Case]:
    return make_cases(4)


@pytest.fixture
def readers(db: None) -> list[User]:
    return make_readers(2)


def kill_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the work die behind so many chunks of two readings."""
    whole, done = making._make_chunk, []

    def dies(*given: object) -> int:
        if len(done) == count:
            raise KilledError
        done.append(given)
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "_CHUNK", 2)
    monkeypatch.setattr(making, "_make_chunk", dies)


def test_a_large_launch_is_a_jobs_and_goes_on_behind_a_killed_worker(
    admin: User, cases: list[Case], readers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    study = draft(admin, cases, readers, arm_order="as listed")
    shown = {part.reader.person_id: part.entries for part in AllocationPart.objects.select_related("reader")}
    study = launch_study(admin, study.pk, revision=study.revision, most_at_once=15)
    assert (study.state, study.launched_at, Assignment.objects.count()) == ("starting", None, 0)
    with pytest.raises(ConflictError, match="a moment ago"):
        launch_study(admin, study.pk, revision=study.revision)
    with monkeypatch.context() as patch:
        kill_after(3, patch)
        with pytest.raises(KilledError):
            making.make_allocated_readings(study.pk)
    assert Assignment.objects.count() == 6
    assert not CaseGrant.objects.exists(), "nobody is let in before everything is there"
    assert not worklist_for(readers[0]).exists()
    with pytest.raises(ConflictError, match="are being made"):
        take_back_launch(admin, study.pk)
    assert run_job(Job.objects.get().pk) == "done"
    study.refresh_from_db()
    assert (study.state, study.job, Assignment.objects.count()) == ("running", None, 16)
    for reader in readers:
        assert [[one.item.number, one.arm, one.session] for one in own_readings(study.pk, reader.pk)] == shown[
            reader.pk
        ]
        assert worklist_for(reader).count() == 2
    copies = Assignment.objects.values_list("case_id", flat=True)
    assert len(set(copies)) == 8, "readers share the copies, also those of both attempts"
    assert AuditEntry.objects.filter(action="launch_study", actor=admin, detail__readings=16).count() == 1
    assert making.make_allocated_readings(study.pk) == 0, "done twice is done once"


def test_a_launch_that_stopped_is_taken_back_and_leaves_a_draft_and_no_copy(
    admin: User, cases: list[Case], readers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    study = draft(admin, cases, readers)
    study = launch_study(admin, study.pk, revision=study.revision, most_at_once=15)
    with monkeypatch.context() as patch:
        kill_after(3, patch)
        assert run_job(Job.objects.get().pk) == "failed"
    assert take_back_launch(admin, study.pk).state == "draft"
    assert (Assignment.objects.count(), Case.objects.filter(copied_from__isnull=False).count()) == (0, 0)
    with pytest.raises(ConflictError, match="taken back"):
        making.make_allocated_readings(study.pk)
    with pytest.raises(ConflictError, match="isn't being launched"):
        take_back_launch(admin, study.pk)


def test_a_large_launch_is_taken_back_by_a_job_that_goes_on_behind_a_killed_worker(
    admin: User, cases: list[Case], readers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    study = draft(admin, cases, readers)
    study = launch_study(admin, study.pk, revision=study.revision, most_at_once=15)
    launch = Job.objects.get()
    with monkeypatch.context() as patch:
        kill_after(6, patch)
        assert run_job(launch.pk) == "failed"
    assert Assignment.objects.count() == 12
    assert take_back_launch(admin, study.pk, most_at_once=11).state == "starting"
    with pytest.raises(ConflictError, match="already"):
        take_back_launch(admin, study.pk)
    # The launch's own job, run again from the page of jobs, makes nothing between.
    Job.objects.filter(pk=launch.pk).update(state="queued")
    assert run_job(launch.pk) == "failed"
    monkeypatch.setattr(taking_back, "_COPIES_AT_ONCE", 1)
    whole, done = taking_back.throw_away, []

    def dies(some: QuerySet[Assignment]) -> int:
        if len(done) == 2:
            raise KilledError
        done.append(some.count())
        return whole(some)

    with monkeypatch.context() as patch:
        patch.setattr(taking_back, "throw_away", dies)
        with pytest.raises(KilledError):
            taking_back.take_back_readings(study.pk)
    study.refresh_from_db()
    left = 12 - sum(done)
    assert (study.state, Assignment.objects.count()) == ("starting", left)
    assert 0 < left < 12
    job = Job.objects.exclude(pk=launch.pk).get()
    assert run_job(job.pk) == "done"
    job.refresh_from_db()
    study.refresh_from_db()
    assert (job.result, study.state, study.job) == ({"readings": left}, "draft", None)
    assert (Assignment.objects.count(), Case.objects.filter(copied_from__isnull=False).count()) == (0, 0)
    assert AuditEntry.objects.filter(action="take_back_launch", actor=admin).count() == 1
    with pytest.raises(ConflictError, match="any more"):
        taking_back.take_back_readings(study.pk)
    again = launch_study(admin, study.pk, revision=study.revision)
    assert (again.state, Assignment.objects.count()) == ("running", 16)


def test_many_added_cases_are_made_by_a_job_and_other_amendments_wait_for_it(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = running(admin, cases[:3], readers)
    made = add_cases(admin, study.pk, wanted(cases)[3:], reason="Too few bleeds.", most_at_once=3)
    assert (made.change["cases"], Assignment.objects.count()) == ([4], 12)
    with pytest.raises(ConflictError, match="still being made"):
        withdraw_reader(admin, study.pk, "R01", reason="Left.")
    assert run_job(Job.objects.get().pk) == "done"
    assert [one.session for one in own_readings(study.pk, readers[0].pk)] == [1] * 4 + [2] * 4
    assert ReaderStudy.objects.get().job is None
    withdraw_reader(admin, study.pk, "R01", reason="Left.")


def test_of_a_pilot_not_even_marks_and_copies_are_left(admin: User, cases: list[Case], readers: list[User]) -> None:
    study = draft(admin, cases, readers, pilot_cases=1)
    start_pilot(admin, study.pk, revision=study.revision)
    reading = read_one(study, readers[0])
    reset_read(admin, study.pk, reading.pk, reason="The phone rang.")
    read_one(study, readers[0])
    assert Answer.objects.count() == 2
    end_pilot(admin, study.pk)
    left = [kind.objects.count() for kind in (Answer, Annotation, Finding, Revision, Read, Assignment)]
    assert left == [0] * 6
    assert set(Case.objects.values_list("pk", flat=True)) == {case.pk for case in cases}
