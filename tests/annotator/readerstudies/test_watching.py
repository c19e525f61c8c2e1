"""What admins are told by themselves: cases that moved, readers who can't read; who is reminded when; pinned models."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import AuditEntry, User
from annotator.assist.models import ModelPin, ModelVersion, Suggestion
from annotator.cases.models import Case, CaseGrant
from annotator.cases.queries import cases_for
from annotator.config import clock_watch
from annotator.imaging.models import Patient, Study
from annotator.labels.models import LabelSchema
from annotator.readerstudies.actions.amend_study import change_protocol
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.remind_readers import remind_idle_readers
from annotator.readerstudies.actions.watch_clock import count_jump, watch_clock
from annotator.readerstudies.clock_jumps import held_jumps
from annotator.readerstudies.completeness import AskedSchema, Given, GivenAnswer, what_is_missing
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.launch_checks import launch_checks
from annotator.readerstudies.models import Assignment, ReaderStudy, StudyReader
from annotator.readerstudies.reading_order import open_next
from annotator.readerstudies.watch_list import watch_list
from tests.annotator.case_rows import frames_of
from tests.annotator.readerstudies.studies import (
    AIDED,
    ALONE,
    DEFINITION,
    draft,
    make_cases,
    make_readers,
    read_one,
    running,
)


@pytest.fixture
def cases(db: None) -> list[Case]:
    return make_cases(4)


@pytest.fixture
def readers(db: None) -> list[User]:
    return make_readers(2)


def test_a_case_that_moved_a_reader_who_left_and_a_superseded_schema_are_named(
    admin: User, cases: list[Case], readers: list[User], django_assert_num_queries
) -> None:
    study = running(admin, cases, readers)
    with django_assert_num_queries(4):
        assert watch_list(study) == []
    Study.objects.filter(pk=cases[1].study_id).update(patient=Patient.objects.create(patient_id="ANOTHER"))
    User.objects.filter(pk=readers[1].pk).update(is_active=False)
    LabelSchema.objects.create(key="bleed", version=2, title="Bleed, newer", definition=DEFINITION)
    moved, gone, superseded = watch_list(study)
    assert moved.startswith("Case 2 belongs to another patient")
    assert gone.startswith("R02")
    assert "superseded by bleed@2" in superseded


def test_who_reads_nothing_for_some_days_is_reminded_once_and_not_within_a_washout(
    admin: User, cases: list[Case], readers: list[User], settings, mailoutbox
) -> None:
    settings.EMAIL_HOST = "mail.example"
    User.objects.update(email="reader@example.org")
    study = running(admin, cases, readers)
    later = timezone.now() + timedelta(days=8)
    assert remind_idle_readers(now=later) == 0, "the protocol doesn't want it"
    change_protocol(admin, study.pk, {"remind_every_days": 7, "due_date": "2001-01-01"}, reason="Slow.")
    assert remind_idle_readers() == 0, "the study has only begun"
    for _ in range(4):
        read_one(study, readers[1])
    # The first reader dawdles; the second is through with the session and in the washout.
    ReaderStudy.objects.update(launched_at=timezone.now() - timedelta(days=8))
    Assignment.objects.filter(state="submitted").update(submitted_at=timezone.now() - timedelta(days=8))
    assert remind_idle_readers() == 1
    (letter,) = mailoutbox
    assert "8 cases are left" in letter.body
    assert "It was to be finished by 2001-01-01." in letter.body
    assert remind_idle_readers() == 0, "not twice within the week"
    assert AuditEntry.objects.filter(action="remind_readers", actor=None, detail__readers=["R01"]).count() == 1
    StudyReader.objects.update(reminded_at=timezone.now() - timedelta(days=8))
    assert remind_idle_readers() == 1


def test_breasts_and_slices_that_the_protocol_demands_are_missed_even_where_nobody_began() -> None:
    breast = AskedSchema("breast@1", "Assessment", "breast", demanded=("L", "R"))
    slices = AskedSchema("slices@1", "Bleeding", "slices", demanded=("",))
    left = GivenAnswer("breast@1", "L")
    assert what_is_missing([breast, slices], Given()) == [
        "Assessment is not answered for the left breast",
        "Assessment is not answered for the right breast",
        "Bleeding is not answered",
    ]
    assert what_is_missing([breast], Given(answers=[left])) == ["Assessment is not answered for the right breast"]
    assert what_is_missing([slices], Given(answers=[GivenAnswer("slices@1", "frame.1")])) == []
    free = AskedSchema("breast@1", "Assessment", "breast")
    assert what_is_missing([free], Given()) == []
    with pytest.raises(InvalidError, match="isn't asked"):
        Protocol.from_json({"schemas": ["breast@1"], "must_answer": ["slices@1"]})


def test_a_launch_writes_versions_into_the_protocol_and_pins_them_to_the_copies(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    old, new = (
        ModelVersion.objects.create(name="finder", version=str(at), task="d", content_hash="0" * 64) for at in (1, 2)
    )
    for case in cases:
        for version, score in ((old, 0.9), (new, 0.4)):
            Suggestion.objects.create(
                case=case,
                frame=frames_of(case)[0],
                model_version=version,
                kind="box",
                points=[[1, 2], [9, 8]],
                score=score,
            )
    named = {**AIDED, "model": "finder 2"}
    unknown = draft(admin, cases, readers, arms=[ALONE, {**AIDED, "model": "finder 2, finder 7"}])
    assert [one.words for one in launch_checks(unknown) if one.blocks and "finder 7" in one.words]
    with pytest.raises(ConflictError, match="finder 7"):
        launch_study(admin, unknown.pk, revision=unknown.revision)
    unknown.delete()
    study = draft(admin, cases, readers, arms=[ALONE, named, {"name": "ordered", "kind": "triage"}])
    assert any("ordered: no model is named" in one.words for one in launch_checks(study))
    study = launch_study(admin, study.pk, revision=study.revision)
    assert [arm["model"] for arm in study.protocol["arms"]] == ["", "finder 2", "finder 1, finder 2"]
    for reading in Assignment.objects.all():
        pins = set(ModelPin.objects.filter(case=reading.case).values_list("version__version", flat=True))
        shown = set(reading.case.suggestions.values_list("model_version__version", flat=True))
        assert pins == shown == ({"2"} if reading.arm == "aided" else set())


def test_a_clock_that_jumps_shortens_no_washout_until_an_admin_says_that_the_time_passed(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = running(admin, cases, readers)
    now = timezone.now()
    assert watch_clock(now=now) is None
    assert watch_clock(now=now + timedelta(days=2)) is None, "off over the weekend"
    watch_clock(now=now)
    for _ in range(4):
        read_one(study, readers[0])

    def opens() -> set[int]:
        grants = CaseGrant.objects.filter(person=readers[0], valid_from__gt=now, valid_until=None)
        return {round((one.valid_from - now) / timedelta(days=1)) for one in grants}

    assert opens() == {28}
    later = now + timedelta(days=30)
    assert watch_clock(now=later, jumped=timedelta(days=30)) is not None
    assert watch_clock(now=later, jumped=timedelta(days=30)) is None, "the next process sees the same one"
    assert opens() == {58}
    open_next(study, readers[0].pk)
    assert opens() == {58}, "also where it is computed anew"
    assert not cases_for(readers[0]).exists()
    watch_clock(now=now + timedelta(minutes=1))
    assert opens() == {28}, "put back"
    assert held_jumps() == []
    jump = watch_clock(now=later)
    assert jump is not None, "a restart behind a jump"
    assert opens() == {58}
    with pytest.raises(NotAllowedError):
        count_jump(readers[0], jump.pk, why="I was there.")
    with pytest.raises(InvalidError, match="Say how"):
        count_jump(admin, jump.pk, why=" ")
    count_jump(admin, jump.pk, why="The server was off over the holidays.")
    assert opens() == {28}
    with pytest.raises(ConflictError, match="settled"):
        count_jump(admin, jump.pk, why="Again.")


def test_every_process_compares_the_clock_with_what_really_passed(
    monkeypatch: pytest.MonkeyPatch, settings, rf
) -> None:
    settings.CLOCK_WATCHED = True
    told: list[timedelta | None] = []
    clocks = {"wall": 1000.0, "passed": 50.0}
    monkeypatch.setattr(clock_watch, "watch_clock", lambda *, jumped: told.append(jumped))
    monkeypatch.setattr(clock_watch, "_passed", lambda: clocks["passed"])
    monkeypatch.setattr(clock_watch.time, "time", lambda: clocks["wall"])
    answer = clock_watch.WatchClock(lambda _request: HttpResponse())
    for wall, passed in ((0, 0), (5, 5), (3605, 5), (3600, 3600), (-7200, 1)):
        clocks["wall"] += wall
        clocks["passed"] += passed
        answer(rf.get("/"))
    assert told == [None, timedelta(hours=1), None, None]

    def busy(*, jumped: timedelta | None) -> None:
        raise OperationalError("database is locked")

    clocks["wall"] += 7200
    with monkeypatch.context() as patch:
        patch.setattr(clock_watch, "watch_clock", busy)
        assert answer(rf.get("/")).status_code == 200
    answer(rf.get("/"))
    assert told[-1] == timedelta(hours=2), "the next request looks again"
