"""From a disagreement to an adjudicator's own record: who may, what is shown, and that no read is changed."""

import json
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.actions.save_annotation import SaveAnnotation
from annotator.annotations.models import Provenance
from annotator.cases.models import Case
from annotator.cases.queries import case_for
from annotator.readerstudies.actions.assign_adjudications import assign_adjudications, take_adjudication_back
from annotator.readerstudies.actions.open_assignment import open_assignment
from annotator.readerstudies.actions.save_mark import save_mark
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.adjudicating import adjudication_of_case, disputed_cases, possible_adjudicators
from annotator.readerstudies.letters import letters_of
from annotator.readerstudies.models import Assignment, Read, ReaderStudy
from annotator.readerstudies.queries import reading_state, worklist_for
from tests.annotator.case_rows import frames_of
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study


def reads(reader: str, item: int, arm: str, step: str):
    """Case 1: all alike. 2: the third reader sees no bleed. 3: the first one alone marks something. 4: all alike."""
    sees = "absent" if item == 2 and reader == "R03" else "present"
    boxes = [(5.0, 5.0, 12.0)] if item == 3 and reader == "R01" else []
    return made_read(reader, item, arm=arm, step=step, answers={"haemorrhage": sees}, schema="head-ct@1", boxes=boxes)


@pytest.fixture
def study(admin: User) -> ReaderStudy:
    return finished_study(admin, content=reads)


def frozen(study: ReaderStudy) -> list[tuple[object, ...]]:
    rows = Read.objects.filter(assignment__study=study, assignment__stage="main").order_by("pk")
    return [(one.pk, json.dumps(one.content), one.active_seconds, one.set_aside_at) for one in rows]


def test_only_cases_that_all_have_read_and_that_disagree_are_to_be_settled(admin: User, study: ReaderStudy) -> None:
    found = disputed_cases(admin, study.pk)
    assert [case.number for case in found.cases] == [2, 3]
    assert (found.agreed, found.waiting) == (2, 0)
    assert found.cases[0].words == ("Head CT · Intracranial haemorrhage. R01: Present; R02: Present; R03: Absent",)
    assert found.cases[1].words == ("Lesion 1: marked by R01, not by R02 and R03",)
    open_one = Assignment.objects.filter(study=study, item__number=2).first()
    Assignment.objects.filter(pk=open_one.pk).update(state="opened", submitted_at=None)
    found = disputed_cases(admin, study.pk)
    assert ([case.number for case in found.cases], found.waiting) == ([3], 1)


def test_an_adjudicator_sees_letters_makes_an_own_record_and_changes_no_read(
    admin: User, radiologist: User, study: ReaderStudy
) -> None:
    before = frozen(study)
    made = assign_adjudications(admin, study.pk, radiologist.pk, numbers=[2, 3])
    assert [one.item.number for one in made] == [2, 3]
    assert list(worklist_for(radiologist)) == made
    letters = letters_of(str(study.pk), ["R01", "R02", "R03"])
    shown = adjudication_of_case(radiologist, made[1].case_id)
    assert shown.readers == ["Reader A", "Reader B", "Reader C"]
    [mark] = shown.records["annotations"]
    assert (mark["owner"], mark["case"]) == (letters["R01"], str(made[1].case_id))
    assert shown.because[0]["words"].startswith(f"Lesion 1: marked by {letters['R01']}, not by Reader")
    told = json.dumps([shown.because, shown.records, shown.readers, [one.readers for one in shown.agreements]])
    people = list(study.readers.values_list("person__username", flat=True))
    assert not any(word in told for word in ["R01", "R02", "R03", "Number", *people])
    state = reading_state(radiologist, case_for(radiologist, made[0].case_id))
    assert (state.adjudicates, state.may_annotate, state.may_review) == (True, True, False)
    open_assignment(radiologist, made[0].case_id)
    submit_assignment(radiologist, made[0].pk)
    own = Read.objects.get(assignment=made[0])
    assert own.content["annotations"] == []
    assert frozen(study) == before
    by_number = {case.number: case for case in disputed_cases(admin, study.pk).cases}
    assert (by_number[2].assignment.state, by_number[3].assignment.state) == ("submitted", "assigned")


def test_nobody_but_the_adjudicator_is_shown_an_adjudication(
    admin: User, data_manager: User, radiologist: User, second_radiologist: User, study: ReaderStudy
) -> None:
    [made] = assign_adjudications(admin, study.pk, radiologist.pk, numbers=[2])
    reader = study.readers.first().person
    for person in (second_radiologist, reader, data_manager, admin):
        with pytest.raises(NotFoundError):
            adjudication_of_case(person, made.case_id)
    own = Assignment.objects.filter(reader=reader, item__number=2).get()
    with pytest.raises(NotFoundError):
        adjudication_of_case(reader, own.case_id)


def test_who_reads_in_the_study_and_who_is_no_radiologist_cannot_adjudicate(
    admin: User, data_manager: User, radiologist: User, study: ReaderStudy
) -> None:
    reader = study.readers.first().person
    assert reader not in possible_adjudicators(study)
    for person in (reader, data_manager):
        with pytest.raises(InvalidError) as refused:
            assign_adjudications(admin, study.pk, person.pk, numbers=[2])
        assert refused.value.path == "adjudicator"
    for numbers in ([], [1], [2, 99]):
        with pytest.raises(InvalidError) as refused:
            assign_adjudications(admin, study.pk, radiologist.pk, numbers=numbers)
        assert refused.value.path == "cases"
    for person in (data_manager, radiologist):
        with pytest.raises(NotAllowedError):
            assign_adjudications(person, study.pk, radiologist.pk, numbers=[2])
    ReaderStudy.objects.filter(pk=study.pk).update(state="running", closed_at=None)
    with pytest.raises(NotAllowedError, match="early"):
        disputed_cases(admin, study.pk)


def test_a_case_is_settled_once_and_can_be_taken_back_before_it_is_begun(
    admin: User, radiologist: User, second_radiologist: User, study: ReaderStudy
) -> None:
    [first] = assign_adjudications(admin, study.pk, radiologist.pk, numbers=[2])
    assert assign_adjudications(admin, study.pk, second_radiologist.pk, numbers=[2]) == []
    take_adjudication_back(admin, first.pk)
    assert list(worklist_for(radiologist)) == []
    with pytest.raises(NotFoundError):
        adjudication_of_case(radiologist, first.case_id)
    [second] = assign_adjudications(admin, study.pk, second_radiologist.pk, numbers=[2])
    open_assignment(second_radiologist, second.case_id)
    with pytest.raises(ConflictError, match="began"):
        take_adjudication_back(admin, second.pk)
    with pytest.raises(NotAllowedError):
        take_adjudication_back(radiologist, second.pk)
    acts = AuditEntry.objects.filter(target_id=str(study.pk)).order_by("pk").values_list("action", flat=True)
    assert list(acts)[-4:] == [
        "assign_adjudications",
        "assign_adjudications",
        "take_adjudication_back",
        "assign_adjudications",
    ]


def test_the_server_looks_into_it_when_a_mark_is_said_to_be_taken_over(
    admin: User, radiologist: User, second_radiologist: User, study: ReaderStudy
) -> None:
    shown = Case.objects.get(pk=study.items.get(number=3).case.copied_from_id)
    study.items.filter(number=3).update(case=shown)
    frame = frames_of(shown)[0].key
    for read in Read.objects.filter(assignment__study=study):
        for mark in read.content["annotations"]:
            mark.update(frame=frame, id=str(uuid4()), revision=4)
        read.save()
    [made] = assign_adjudications(admin, study.pk, radiologist.pk, numbers=[3])
    open_assignment(radiologist, made.case_id)
    [theirs] = adjudication_of_case(radiologist, made.case_id).records["annotations"]

    def saved(says: bool = True, **changed: Any) -> tuple[str, UUID | None, int | None]:
        told = {"points": theirs["points"], "kind": "box", "frame_key": frame, "id": uuid4(), **changed}
        mark = save_mark(radiologist, SaveAnnotation(case_id=made.case_id, **told), says_taken_over=says)
        return mark.provenance, mark.taken_from, mark.taken_revision

    source = ("taken_over", UUID(theirs["id"]), theirs["revision"])
    first = uuid4()
    assert saved(id=first) == source
    moved = [[column + 0.01, row] for column, row in theirs["points"]]
    drawn = ("drawn", None, None)
    assert saved(says=False) == drawn, "who doesn't say so has drawn it"
    assert saved(points=moved) == drawn, "a wrong word is dropped, the mark isn't"
    assert saved(kind="length") == drawn
    assert saved(label="other") == drawn
    assert saved(id=first, points=moved, revision=1) == source, "reshaped later it stays whose it was"
    assert saved(says=False, provenance=Provenance.TAKEN_OVER, points=moved) == drawn
    with pytest.raises(NotFoundError):
        save_mark(
            second_radiologist,
            SaveAnnotation(id=uuid4(), case_id=made.case_id, kind="box", frame_key=frame, points=theirs["points"]),
            says_taken_over=True,
        )
    # Where nobody settles anything a claim is worth nothing, not even in the case that was read.
    submit_assignment(radiologist, made.pk)
    content = Read.objects.get(assignment=made).content["annotations"]
    assert Counter(one["provenance"] for one in content) == {"taken_over": 1, "drawn": 5}
