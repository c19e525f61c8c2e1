"""A study from its draft to its last read: launched once, read in order, aided as the arm says, kept as it was."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, StaleError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.assist.models import ModelVersion, Suggestion
from annotator.assist.queries import suggestions_for
from annotator.cases.models import Case, CaseGrant
from annotator.cases.queries import case_for, cases_for
from annotator.labels.models import LabelSchema, RetiredSchema
from annotator.readerstudies.actions.allocate_study import allocate_study
from annotator.readerstudies.actions.amend_study import add_cases, change_protocol, reassign_readings, withdraw_reader
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.close_study import close_study
from annotator.readerstudies.actions.edit_study import WantedCase, choose_cases, edit_study
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.make_study import make_study
from annotator.readerstudies.actions.open_assignment import open_assignment
from annotator.readerstudies.actions.pilot_study import end_pilot, start_pilot
from annotator.readerstudies.actions.record_reading_time import record_reading_time
from annotator.readerstudies.actions.remind_readers import remind_readers
from annotator.readerstudies.actions.reset_read import reopen_read, reset_read
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.launch_checks import launch_checks
from annotator.readerstudies.models import AllocationPart, Assignment, Read, ReaderStudy
from annotator.readerstudies.queries import next_assignment, previous_assignment, reading_state, worklist_for
from annotator.readerstudies.reading_order import open_next, own_readings
from annotator.readerstudies.study_progress import study_progress
from annotator.readerstudies.training import feedback_for
from tests.annotator.case_rows import frames_of
from tests.annotator.readerstudies.studies import (
    AIDED,
    ALONE,
    DEFINITION,
    SECOND,
    answer,
    draft,
    make_cases,
    make_readers,
    next_reading,
    read_one,
    running,
    wanted,
)


@pytest.fixture
def cases(db: None) -> list[Case]:
    return make_cases(4)


@pytest.fixture
def readers(db: None) -> list[User]:
    return make_readers(2)


def suggest(case: Case) -> Suggestion:
    model, _ = ModelVersion.objects.get_or_create(name="finder", version="1", defaults={"content_hash": "0" * 64})
    return Suggestion.objects.create(
        case=case, frame=frames_of(case)[0], model_version=model, kind="box", points=[[1, 2], [9, 8]], score=0.8
    )


def test_a_draft_says_what_it_lacks_and_is_not_launched_before(admin: User, db: None) -> None:
    study = make_study(admin, "Empty")
    parts = {check.part for check in launch_checks(study) if check.blocks}
    assert parts == {"protocol", "readers", "cases", "allocation"}
    with pytest.raises(ConflictError, match="can't begin yet"):
        launch_study(admin, study.pk, revision=1)


def test_launching_gives_every_reader_what_was_shown_and_opens_the_first_two_cases(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = draft(admin, cases, readers)
    shown = {part.reader.person_id: part.entries for part in AllocationPart.objects.select_related("reader")}
    launch_study(admin, study.pk, revision=study.revision)
    for reader in readers:
        order = [(one.item.number, one.arm, one.session) for one in own_readings(study.pk, reader.pk)]
        assert [list(one) for one in order] == shown[reader.pk]
        assert len(order) == 8
        assert [row.pk for row in worklist_for(reader)] == [one.pk for one in own_readings(study.pk, reader.pk)[:2]]
    assert not cases_for(readers[0]).filter(pk__in=[case.pk for case in cases]).exists(), "copies are read"
    assert set(Assignment.objects.values_list("case__copied_from", flat=True)) == {case.pk for case in cases}


def test_a_launched_study_can_not_be_edited_or_launched_again(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = running(admin, cases, readers)
    with pytest.raises(ConflictError, match="launched"):
        launch_study(admin, study.pk, revision=study.revision)
    with pytest.raises(ConflictError, match="amendment"):
        edit_study(admin, study.pk, revision=study.revision, protocol={})
    with pytest.raises(NotAllowedError):
        make_study(readers[0], "Mine")


def test_a_change_after_the_allocation_asks_for_a_new_one_and_an_old_page_is_told(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = draft(admin, cases, readers)
    choose_cases(admin, study.pk, wanted(cases[:3]), revision=study.revision)
    with pytest.raises(StaleError):
        edit_study(admin, study.pk, revision=study.revision, name="Late")
    study.refresh_from_db()
    assert any("since the allocation" in check.words for check in launch_checks(study))


def test_cases_are_read_in_their_order_with_no_way_back(admin: User, cases: list[Case], readers: list[User]) -> None:
    study, reader = running(admin, cases, readers), readers[0]
    first, second, third = own_readings(study.pk, reader.pk)[:3]
    with pytest.raises(ConflictError, match="in their order"):
        open_assignment(reader, second.case_id)
    with pytest.raises(NotFoundError):
        open_assignment(reader, third.case_id)
    with pytest.raises(ConflictError, match="Bleed is not answered"):
        submit_assignment(reader, first.pk)
    answer(reader, first)
    sitting = uuid4()
    record_reading_time(reader, first.pk, sitting, active_seconds=20.0)
    state = reading_state(reader, case_for(reader, first.case_id))
    assert (state.position, state.may_annotate, state.schemas) == ("1 of 4", True, ("bleed@1",))
    submit_assignment(reader, first.pk)
    record_reading_time(reader, first.pk, sitting, active_seconds=31.0)
    assert submit_assignment(reader, first.pk).state == "submitted", "a repeated message finds it done"
    with pytest.raises(NotFoundError):
        case_for(reader, first.case_id)
    assert [row.pk for row in worklist_for(reader)] == [second.pk, third.pk]
    assert next_assignment(reader, first.pk) == second
    assert previous_assignment(reader, second.pk) is None
    read = Read.objects.get()
    assert (read.step, read.active_seconds) == ("final", 31.0)
    assert [one["answers"] for one in read.content["answers"]] == [{"bleed": True}]


def test_the_arm_decides_who_sees_suggestions_and_a_second_read_keeps_both_answers(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    for case in cases:
        suggest(case)
    study, reader = running(admin, cases, readers, arms=[ALONE, AIDED, SECOND]), readers[0]
    for reading in own_readings(study.pk, reader.pk):
        shown = Suggestion.objects.filter(case=reading.case_id).exists()
        assert shown == (reading.arm != "alone"), "what is not shown isn't even there"
    own_readings(study.pk, reader.pk).exclude(arm="second").update(given_up_at=timezone.now())
    open_next(study, reader.pk)
    CaseGrant.objects.filter(person=reader).update(valid_from=None)
    reading = next_reading(study, reader)
    answer(reader, reading)
    assert list(suggestions_for(reader, reading.case)) == []
    with pytest.raises(InvalidError, match="step"):
        submit_assignment(reader, reading.pk)
    for _twice in range(2):
        assert submit_assignment(reader, reading.pk, step="unaided").state == "opened"
    assert len(suggestions_for(reader, reading.case)) == 1
    key = frames_of(reading.case)[0].key
    mark = SaveAnnotation(
        id=uuid4(),
        case_id=reading.case_id,
        frame_key=key,
        kind="box",
        points=[[1, 1], [5, 5]],
    )
    save_annotation(reader, mark)
    submit_assignment(reader, reading.pk, step="final")
    found = {one.step: len(one.content["annotations"]) for one in Read.objects.all()}
    assert found == {"unaided": 0, "final": 1}


def test_only_the_marks_and_schemas_of_the_protocol_are_taken(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study, reader = running(admin, cases, readers, mark_kinds=["point"]), readers[0]
    reading = next_reading(study, reader)
    frame = frames_of(reading.case)[0].key
    box = SaveAnnotation(id=uuid4(), case_id=reading.case_id, frame_key=frame, kind="box", points=[[1, 1], [5, 5]])
    with pytest.raises(InvalidError, match="No box is drawn"):
        save_annotation(reader, box)
    point = SaveAnnotation(id=uuid4(), case_id=reading.case_id, frame_key=frame, kind="point", points=[[1, 1]])
    assert save_annotation(reader, point).kind == "point"


def test_a_schema_that_is_superseded_and_retired_meanwhile_is_asked_on_in_its_version(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = running(admin, cases, readers)
    LabelSchema.objects.create(key="bleed", version=2, title="Bleed, newer", definition=DEFINITION)
    RetiredSchema.objects.create(key="bleed", retired_by=admin, reason="Nobody uses it.")
    assert read_one(study, readers[0]).state == "submitted"
    assert Read.objects.get().content["answers"][0]["schema"] == "bleed@1"


def test_the_second_session_opens_after_the_washout(admin: User, cases: list[Case], readers: list[User]) -> None:
    study, reader = running(admin, cases, readers), readers[0]
    for _ in range(4):
        read_one(study, reader)
    assert not worklist_for(reader).exists()
    last = max(one.submitted_at for one in own_readings(study.pk, reader.pk) if one.submitted_at)
    opens = CaseGrant.objects.filter(person=reader, valid_from__isnull=False)
    assert {one.valid_from for one in opens} == {last + timedelta(days=28)}
    with pytest.raises(NotFoundError):
        open_assignment(reader, next_reading(study, reader).case_id)
    change_protocol(admin, study.pk, {"washout_days": 0}, reason="The board agreed to a day.")
    assert read_one(study, reader).session == 2


def test_cases_that_are_added_move_nothing_and_are_read_at_the_end_of_their_session(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = running(admin, cases[:3], readers)
    before = list(own_readings(study.pk, readers[0].pk).values_list("pk", "session", "sequence"))
    parts = list(AllocationPart.objects.values_list("pk", "sha256"))
    made = add_cases(admin, study.pk, wanted(cases)[3:], reason="Too few bleeds.")
    assert (made.number, made.kind, made.change["cases"]) == (1, "cases added", [4])
    after = list(own_readings(study.pk, readers[0].pk).values_list("pk", "session", "sequence"))
    assert [one for one in after if one in before] == before
    assert [one[1] for one in after] == [1] * 4 + [2] * 4
    assert list(AllocationPart.objects.filter(amendment=0).values_list("pk", "sha256")) == parts
    with pytest.raises(InvalidError, match="Say why"):
        add_cases(admin, study.pk, wanted(make_cases(1)), reason=" ")
    with pytest.raises(InvalidError, match="stays as it is"):
        change_protocol(admin, study.pk, {"seed": 9}, reason="Luck.")


def test_a_withdrawn_readers_unread_cases_go_to_another_once(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = running(admin, cases, readers, arms=[ALONE], design={"kind": "readers a case", "readers_per_case": 1})
    read_one(study, readers[0])
    own = own_readings(study.pk, readers[0].pk).count()
    withdraw_reader(admin, study.pk, "R01", reason="Left the hospital.")
    assert not worklist_for(readers[0]).exists()
    assert own_readings(study.pk, readers[0].pk).count() == 1, "what was read stays"
    had = own_readings(study.pk, readers[1].pk).count()
    made = reassign_readings(admin, study.pk, from_code="R01", to_code="R02", reason="To be complete.")
    assert made.number == 2
    assert own_readings(study.pk, readers[1].pk).count() == had + own - 1
    with pytest.raises(ConflictError):
        reassign_readings(admin, study.pk, from_code="R01", to_code="R02", reason="Again.")


def test_a_reset_read_is_kept_and_read_anew_from_nothing_a_reopened_one_goes_on(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study, reader = running(admin, cases, readers), readers[0]
    reading = read_one(study, reader)
    reset_read(admin, study.pk, reading.pk, reason="The phone rang.")
    again = next_reading(study, reader)
    assert again.pk == reading.pk
    assert again.case_id != reading.case_id
    assert read_one(study, reader).pk == reading.pk
    assert list(Read.objects.order_by("handed_in_at").values_list("set_aside_why", flat=True)) == [
        "reset: The phone rang.",
        "",
    ]
    reopen_read(admin, study.pk, reading.pk, reason="One question was unclear.")
    state = reading_state(reader, case_for(reader, again.case_id))
    assert (state.returned, state.may_annotate) == ("One question was unclear.", True)
    submit_assignment(reader, reading.pk)
    assert Read.objects.filter(set_aside_at=None).count() == 1
    assert Read.objects.count() == 3


def test_a_pilot_is_read_and_thrown_away(admin: User, cases: list[Case], readers: list[User]) -> None:
    study = draft(admin, cases, readers, pilot_cases=1)
    start_pilot(admin, study.pk, revision=study.revision)
    for session in (1, 2):
        assert read_one(study, readers[0]).session == session, "without a washout"
    assert Read.objects.count() == 2
    end_pilot(admin, study.pk)
    assert (Read.objects.count(), Assignment.objects.count()) == (0, 0)
    assert not cases_for(readers[1]).exists()
    study.refresh_from_db()
    launch_study(admin, study.pk, revision=study.revision)
    assert own_readings(study.pk, readers[0].pk).count() == 8
    assert AuditEntry.objects.filter(action="end_pilot", detail__reads_thrown_away=2).exists()


def test_the_dashboard_counts_readers_and_arms_in_as_many_queries_for_any_study(
    admin: User, cases: list[Case], readers: list[User], django_assert_num_queries
) -> None:
    study = running(admin, cases, readers)
    read_one(study, readers[0])
    now = timezone.now()
    with django_assert_num_queries(3):
        progress = study_progress(study, now=now)
    assert (progress.read, progress.total) == (1, 16)
    first = progress.readers[0]
    assert (first.read, first.total, first.a_day, first.expected_end) == (
        1,
        8,
        1.0,
        timezone.localdate(now) + timedelta(days=7 + 28),
    )
    assert progress.expected_end is None, "the other one has not begun"
    assert sum(one.total for one in progress.arms) == 16


def test_reminders_name_what_is_left_and_no_case(
    admin: User, cases: list[Case], readers: list[User], settings, mailoutbox
) -> None:
    settings.EMAIL_HOST = "mail.example"
    User.objects.filter(pk=readers[0].pk).update(email="reader0@example.org")
    study = running(admin, cases, readers)
    found = remind_readers(admin, study.pk, ["R01", "R02"])
    assert (found.sent, found.without_address) == (("R01",), ("R02",))
    (letter,) = mailoutbox
    assert letter.to == ["reader0@example.org"]
    assert "8 cases are left" in letter.body
    assert not [case.title for case in cases if case.title in letter.body]


def test_a_closed_study_is_read_no_more(admin: User, cases: list[Case], readers: list[User]) -> None:
    study = running(admin, cases, readers)
    reading = read_one(study, readers[0])
    close_study(admin, study.pk, reason="Enough.")
    assert not cases_for(readers[0]).exists()
    with pytest.raises(ConflictError, match="closed"):
        reset_read(admin, study.pk, reading.pk, reason="Late.")
    assert ReaderStudy.objects.get().amendments.get().change == {"unread": 15}


def test_ordinary_work_goes_on_beside_a_study(admin: User, cases: list[Case], readers: list[User]) -> None:
    study, reader = running(admin, cases, readers), readers[0]
    (own,) = assign_cases(admin, [make_cases(1)[0].pk], [reader.pk])
    assert next_assignment(reader, own.pk) is not None
    with pytest.raises(NotFoundError):
        assign_cases(admin, [next_reading(study, reader).case_id], [reader.pk])
    assert submit_assignment(reader, own.pk).state == "submitted"
    assert case_for(reader, own.case_id)
    assert not Read.objects.exists()


def test_training_cases_come_first_and_tell_what_is_true_once_they_were_submitted(
    admin: User, cases: list[Case], readers: list[User]
) -> None:
    study = draft(admin, cases, readers)
    truth = {"source": "pathology", "answers": {"bleed.bleed": False}, "note": "Seen at surgery."}
    training = WantedCase(make_cases(1)[0].pk, stage="training", truth=truth)
    choose_cases(admin, study.pk, [training, *wanted(cases)], revision=study.revision)
    allocate_study(admin, study.pk, revision=study.revision + 1)
    launch_study(admin, study.pk, revision=study.revision + 1)
    reading = next_reading(study, readers[0])
    assert (reading.stage, reading.session) == ("training", 0)
    assert [row.pk for row in worklist_for(readers[0])] == [reading.pk], "the study begins after it"
    with pytest.raises(NotFoundError):
        feedback_for(readers[0], reading.pk)
    read_one(study, readers[0])
    told = feedback_for(readers[0], reading.pk)
    assert [(one.question, one.answered, one.true, one.is_right) for one in told.lines] == [
        ("Bleed", True, False, False)
    ]
    assert told.note == "Seen at surgery."
    with pytest.raises(NotFoundError):
        feedback_for(readers[1], reading.pk)
    main = read_one(study, readers[0])
    assert main.stage == "main"
    with pytest.raises(NotFoundError):
        feedback_for(readers[0], main.pk)
