"""Giving cases to readers, and the worklist that comes of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.queries import marks_for
from annotator.cases.models import Case, CaseGrant
from annotator.cases.queries import case_for, cases_for
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.open_assignment import open_assignment
from annotator.readerstudies.actions.reopen_assignment import reopen_assignment
from annotator.readerstudies.actions.reorder_assignments import reorder_assignments
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.actions.withdraw_assignment import withdraw_assignment
from annotator.readerstudies.models import Assignment
from annotator.readerstudies.queries import (
    assignment_for,
    assignments_for,
    next_assignment,
    previous_assignment,
    progress_by_reader,
    reading_state,
    worklist_for,
)
from annotator.readerstudies.records import assignment_as_dict
from tests.annotator.case_rows import grant, make_case, make_stack, make_study

DUE = date(2030, 5, 4)


@pytest.fixture
def cases(db: None) -> list[Case]:
    made = []
    for number in range(6):
        study = make_study(patient_id=f"P{number}")
        made.append(make_case(study, make_stack(study, frames=1)))
    return made


@pytest.fixture
def worklist(admin: User, radiologist: User, cases: list[Case]) -> list[Assignment]:
    """Six cases on the radiologist's worklist, in the order in which they were made."""
    return assign_cases(admin, [case.pk for case in cases], [radiologist.pk], due_date=DUE)


def order_of(reader: User) -> list[Any]:
    return [assignment.case_id for assignment in worklist_for(reader)]


def test_assigned_cases_are_on_the_worklist_in_the_order_given_and_open_blinded(
    radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    assert order_of(radiologist) == [case.pk for case in cases]
    assert {assignment.due_date for assignment in worklist} == {DUE}
    grants = CaseGrant.objects.filter(person=radiologist)
    assert [(one.shows_identity, one.shows_suggestions) for one in grants] == [(False, True)] * 6


def test_a_case_that_was_not_assigned_stays_closed(
    second_radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    assert not cases_for(second_radiologist).exists()
    assert not worklist_for(second_radiologist).exists()
    with pytest.raises(NotFoundError):
        case_for(second_radiologist, cases[0].pk)


def test_a_shuffle_gives_each_reader_an_own_order_that_stays_and_can_be_repeated(
    admin: User, radiologist: User, second_radiologist: User
) -> None:
    # Twenty cases: six random identifiers come out in one order for both readers once in 720 runs.
    ids = [make_case(study, make_stack(study, frames=1)).pk for study in (make_study() for _ in range(20))]
    assign_cases(admin, ids, [radiologist.pk, second_radiologist.pk], shuffle_seed=7)
    first, second = order_of(radiologist), order_of(second_radiologist)
    assert sorted(first) == sorted(second) == sorted(ids)
    assert first != second
    assert order_of(radiologist) == first, "asking again never reshuffles"
    Assignment.objects.all().delete()
    assign_cases(admin, ids, [radiologist.pk], shuffle_seed=7)
    assert order_of(radiologist) == first


def test_more_cases_come_behind_those_that_are_there(admin: User, radiologist: User, cases: list[Case]) -> None:
    assign_cases(admin, [cases[3].pk], [radiologist.pk])
    assign_cases(admin, [cases[0].pk, cases[1].pk], [radiologist.pk], shuffle_seed=None)
    assert order_of(radiologist) == [cases[3].pk, cases[0].pk, cases[1].pk]


def test_a_case_that_a_reader_has_already_is_left_out_and_the_rest_assigned(
    admin: User, radiologist: User, second_radiologist: User, cases: list[Case]
) -> None:
    assign_cases(admin, [cases[0].pk], [radiologist.pk], due_date=DUE)
    made = assign_cases(admin, [cases[0].pk, cases[1].pk], [radiologist.pk, second_radiologist.pk])
    assert [(one.case_id, one.reader_id) for one in made] == [
        (cases[1].pk, radiologist.pk),
        (cases[0].pk, second_radiologist.pk),
        (cases[1].pk, second_radiologist.pk),
    ]
    assert Assignment.objects.get(case=cases[0], reader=radiologist).due_date == DUE


def test_assigning_only_what_is_there_already_is_refused_in_words(
    admin: User, radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    with pytest.raises(ConflictError) as refused:
        assign_cases(admin, [case.pk for case in cases], [radiologist.pk])
    assert radiologist.username in str(refused.value)
    assert cases[0].title in str(refused.value)


def test_only_active_radiologists_get_cases(
    admin: User, radiologist: User, data_manager: User, cases: list[Case]
) -> None:
    radiologist.is_active = False
    radiologist.save()
    for readers in ([data_manager.pk], [radiologist.pk], [987654], []):
        with pytest.raises(InvalidError) as refused:
            assign_cases(admin, [cases[0].pk], readers)
        assert refused.value.path == "readers"
    with pytest.raises(InvalidError):
        assign_cases(admin, [], [radiologist.pk])
    with pytest.raises(NotFoundError):
        assign_cases(admin, [uuid4()], [radiologist.pk])
    assert not Assignment.objects.exists()


def test_only_an_admin_assigns_withdraws_reorders_and_reopens(
    radiologist: User, data_manager: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    for person in (radiologist, data_manager):
        for attempt in (
            lambda person=person: assign_cases(person, [cases[0].pk], [radiologist.pk]),
            lambda person=person: withdraw_assignment(person, worklist[0].pk),
            lambda person=person: reorder_assignments(person, radiologist.pk, [worklist[0].pk]),
            lambda person=person: reopen_assignment(person, worklist[0].pk, reason="Missed."),
            lambda person=person: assignments_for(person),
            lambda person=person: progress_by_reader(person),
        ):
            with pytest.raises(NotAllowedError):
                attempt()


def test_the_worklist_costs_one_query(
    radiologist: User, worklist: list[Assignment], django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(1):
        records = [assignment_as_dict(assignment) for assignment in worklist_for(radiologist)]
    assert [record["place"] for record in records] == [1, 2, 3, 4, 5, 6]
    assert (records[0]["due_date"], records[0]["state"], records[0]["reader"]) == (
        "2030-05-04",
        "assigned",
        "radiologist",
    )


def test_opening_a_case_the_first_time_is_noted_and_the_second_time_is_not(
    radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    opened = open_assignment(radiologist, cases[0].pk)
    assert opened is not None
    assert opened.state == "opened"
    again = open_assignment(radiologist, cases[0].pk)
    assert again is not None
    assert again.opened_at == opened.opened_at
    assert AuditEntry.objects.filter(action="open_assignment").count() == 1


def test_who_looks_without_an_assignment_opens_none(
    admin: User, second_radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    assert open_assignment(admin, cases[0].pk) is None
    with pytest.raises(NotFoundError):
        open_assignment(second_radiologist, cases[0].pk)
    assert Assignment.objects.get(pk=worklist[0].pk).state == "assigned"


def finding_in(case: Case) -> SaveFinding:
    return SaveFinding(id=uuid4(), case_id=case.pk, kind="lesion")


def test_submitting_locks_the_reading_and_reopening_unlocks_it(
    admin: User, radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    save_finding(radiologist, finding_in(cases[0]))
    submitted = submit_assignment(radiologist, worklist[0].pk)
    assert (submitted.state, submitted.submitted_at is not None) == ("submitted", True)
    with pytest.raises(ConflictError, match="submitted"):
        save_finding(radiologist, finding_in(cases[0]))
    save_finding(radiologist, finding_in(cases[1]))
    assert len(marks_for(radiologist, cases[0]).findings) == 1, "a submitted reading can still be looked at"

    reopened = reopen_assignment(admin, worklist[0].pk, reason="Missed.")
    assert (reopened.state, reopened.submitted_at) == ("opened", None)
    assert reading_state(radiologist, cases[0]).returned == "Missed."
    save_finding(radiologist, finding_in(cases[0]))
    assert submit_assignment(radiologist, worklist[0].pk).state == "submitted"
    assert reading_state(radiologist, cases[0]).returned == ""


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "a\x00b"])
def test_a_reading_is_not_reopened_without_a_reason(
    admin: User, radiologist: User, worklist: list[Assignment], reason: str
) -> None:
    submit_assignment(radiologist, worklist[0].pk)
    with pytest.raises(InvalidError) as refused:
        reopen_assignment(admin, worklist[0].pk, reason=reason)
    assert refused.value.path == "reason"
    assert Assignment.objects.get(pk=worklist[0].pk).state == "submitted"


def test_submitting_twice_is_submitting_once(radiologist: User, worklist: list[Assignment]) -> None:
    first = submit_assignment(radiologist, worklist[0].pk)
    assert submit_assignment(radiologist, worklist[0].pk).submitted_at == first.submitted_at
    assert AuditEntry.objects.filter(action="submit_assignment").count() == 1


def test_what_is_not_submitted_is_not_reopened(admin: User, worklist: list[Assignment]) -> None:
    with pytest.raises(ConflictError):
        reopen_assignment(admin, worklist[0].pk, reason="Missed.")
    assert Assignment.objects.get(pk=worklist[0].pk).state == "assigned"


def test_nobody_submits_for_another(
    admin: User, radiologist: User, second_radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    assign_cases(admin, [cases[0].pk], [second_radiologist.pk])
    with pytest.raises(NotFoundError):
        submit_assignment(second_radiologist, worklist[0].pk)
    with pytest.raises(NotAllowedError):
        submit_assignment(admin, worklist[0].pk)


def test_a_reader_never_sees_another_readers_assignment(
    admin: User, radiologist: User, second_radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    (theirs,) = assign_cases(admin, [cases[0].pk], [second_radiologist.pk])
    assert list(worklist_for(second_radiologist)) == [theirs]
    for assignment_id in (worklist[0].pk, uuid4(), "no uuid"):
        with pytest.raises(NotFoundError):
            assignment_for(second_radiologist, assignment_id)
    assert assignment_for(admin, worklist[0].pk) == worklist[0]
    assert {one.pk for one in assignments_for(admin)} == {theirs.pk, *(one.pk for one in worklist)}


def test_the_next_case_is_the_first_that_is_not_submitted(radiologist: User, worklist: list[Assignment]) -> None:
    assert next_assignment(radiologist) == worklist[0]
    submit_assignment(radiologist, worklist[0].pk)
    assert next_assignment(radiologist) == worklist[1]


def test_the_next_case_after_one_is_behind_it_and_then_from_the_start(
    radiologist: User, worklist: list[Assignment]
) -> None:
    submit_assignment(radiologist, worklist[3].pk)
    assert next_assignment(radiologist, after=worklist[2].pk) == worklist[4]
    assert next_assignment(radiologist, after=str(worklist[5].pk)) == worklist[0]
    assert next_assignment(radiologist, after="no uuid") == worklist[0]
    assert next_assignment(radiologist, after=uuid4()) == worklist[0]


def test_after_the_last_case_there_is_no_next_one(radiologist: User, worklist: list[Assignment]) -> None:
    for assignment in worklist[1:]:
        submit_assignment(radiologist, assignment.pk)
    assert next_assignment(radiologist, after=worklist[0].pk) is None
    submit_assignment(radiologist, worklist[0].pk)
    assert next_assignment(radiologist) is None


def test_reordering_permutes_the_places_that_the_named_assignments_hold(
    admin: User, radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    moved = reorder_assignments(admin, radiologist.pk, [worklist[4].pk, worklist[0].pk, str(worklist[2].pk)])
    assert [one.place for one in moved] == [1, 3, 5]
    assert order_of(radiologist) == [cases[at].pk for at in (4, 1, 0, 3, 2, 5)]


def test_an_order_with_a_stranger_or_a_double_is_refused_and_nothing_moves(
    admin: User, radiologist: User, second_radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    (theirs,) = assign_cases(admin, [cases[0].pk], [second_radiologist.pk])
    for order in ([worklist[1].pk, theirs.pk], [worklist[1].pk, worklist[0].pk, worklist[1].pk]):
        with pytest.raises(InvalidError) as refused:
            reorder_assignments(admin, radiologist.pk, order)
        assert refused.value.path == "assignments"
    assert order_of(radiologist) == [case.pk for case in cases]


def test_a_withdrawn_assignment_closes_the_case_and_keeps_the_marks(
    admin: User, radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    save_finding(radiologist, finding_in(cases[0]))
    withdraw_assignment(admin, worklist[0].pk)
    assert order_of(radiologist) == [case.pk for case in cases[1:]]
    with pytest.raises(NotFoundError):
        marks_for(radiologist, cases[0])
    assert len(marks_for(admin, cases[0]).findings) == 1


def test_a_submitted_assignment_is_not_withdrawn(admin: User, radiologist: User, worklist: list[Assignment]) -> None:
    submit_assignment(radiologist, worklist[0].pk)
    with pytest.raises(ConflictError, match="Reopen"):
        withdraw_assignment(admin, worklist[0].pk)


def test_the_reading_state_says_place_lock_and_right(
    admin: User, radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    state = reading_state(radiologist, cases[2])
    assert (state.assignment, state.state, state.position) == (str(worklist[2].pk), "assigned", "3 of 6")
    assert (state.locked, state.may_annotate) == (False, True)
    assert [kind.value for kind in state.finding_kinds][:2] == ["haemorrhage", "fracture"]
    submit_assignment(radiologist, worklist[2].pk)
    state = reading_state(radiologist, cases[2])
    assert (state.state, state.locked, state.may_annotate) == ("submitted", True, False)
    state = reading_state(admin, cases[2])
    assert (state.assignment, state.state, state.position, state.locked, state.may_annotate) == (
        None,
        None,
        None,
        False,
        False,
    )


def test_a_reader_with_a_bare_grant_may_annotate_without_an_assignment(
    second_radiologist: User, cases: list[Case]
) -> None:
    grant(cases[0], second_radiologist)
    state = reading_state(second_radiologist, cases[0])
    assert (state.assignment, state.position, state.may_annotate) == (None, None, True)


def test_an_admin_sees_how_far_each_reader_is(
    admin: User, radiologist: User, second_radiologist: User, cases: list[Case], worklist: list[Assignment]
) -> None:
    open_assignment(radiologist, cases[0].pk)
    submit_assignment(radiologist, worklist[1].pk)
    progress = {one.reader: (one.assigned, one.opened, one.submitted, one.total) for one in progress_by_reader(admin)}
    assert progress == {radiologist: (4, 1, 1, 6), second_radiologist: (0, 0, 0, 0)}


def test_every_change_of_an_assignment_is_in_the_audit_trail(
    admin: User, radiologist: User, worklist: list[Assignment], cases: list[Case]
) -> None:
    open_assignment(radiologist, cases[0].pk)
    submit_assignment(radiologist, worklist[0].pk)
    reopen_assignment(admin, worklist[0].pk, reason="Missed.")
    withdraw_assignment(admin, worklist[0].pk)
    trail = AuditEntry.objects.filter(target_kind="assignment", target_id=str(worklist[0].pk)).order_by("id")
    assert [(entry.action, entry.actor_id) for entry in trail] == [
        ("assign_case", admin.pk),
        ("open_assignment", radiologist.pk),
        ("submit_assignment", radiologist.pk),
        ("reopen_assignment", admin.pk),
        ("withdraw_assignment", admin.pk),
    ]
    assert trail[3].detail["reason"] == "Missed."


def test_assigning_a_case_opens_it_again_where_access_had_ended(
    admin: User, radiologist: User, cases: list[Case]
) -> None:
    ended = timezone.now() - timedelta(days=1)
    grant(cases[0], radiologist, valid_until=ended, shows_identity=True)
    assign_cases(admin, [cases[0].pk], [radiologist.pk])
    kept = CaseGrant.objects.get(case=cases[0], person=radiologist)
    assert (kept.valid_until, kept.shows_identity) == (None, False)
    assert order_of(radiologist) == [cases[0].pk]


def test_giving_out_many_cases_costs_few_queries(
    admin: User, radiologist: User, cases: list[Case], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(16):
        assign_cases(admin, [case.pk for case in cases], [radiologist.pk])


def test_one_goes_back_to_the_case_before_submitted_or_not(
    radiologist: User, second_radiologist: User, worklist: list[Assignment]
) -> None:
    submit_assignment(radiologist, worklist[1].pk)
    assert previous_assignment(radiologist, worklist[2].pk) == worklist[1]
    assert previous_assignment(radiologist, worklist[1].pk) == worklist[0]
    assert previous_assignment(radiologist, worklist[0].pk) is None
    assert previous_assignment(radiologist, "nonsense") is None
    assert previous_assignment(second_radiologist, worklist[2].pk) is None
