"""Findings: their numbers, and what becomes of marks and answers when one is deleted."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotFoundError
from annotator.accounts.models import User
from annotator.annotations.actions.delete_finding import delete_finding
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.annotations.queries import marks_for
from annotator.annotations.records import finding_as_dict
from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.labels.models import LabelSchema


def wanted(case: Case, kind: str = "lesion", **state: object) -> SaveFinding:
    return replace(SaveFinding(id=uuid4(), case_id=case.pk, kind=kind), **state)


def test_each_reader_counts_the_findings_of_a_case_from_one(
    radiologist: User, second_radiologist: User, shared_case: Case, other_case: Case
) -> None:
    mine = [save_finding(radiologist, wanted(shared_case)).number for _ in range(2)]
    theirs = save_finding(second_radiologist, wanted(shared_case)).number
    elsewhere = save_finding(radiologist, wanted(other_case)).number
    assert (mine, theirs, elsewhere) == ([1, 2], 1, 1)


def test_the_number_of_a_deleted_finding_is_not_given_again(radiologist: User, shared_case: Case) -> None:
    first = save_finding(radiologist, wanted(shared_case))
    delete_finding(radiologist, first.pk, revision=1)
    assert save_finding(radiologist, wanted(shared_case)).number == 2
    back = save_finding(radiologist, wanted(shared_case, id=first.pk, revision=2))
    assert (back.number, back.revision, back.deleted_at) == (1, 3, None)


def test_saving_a_finding_again_changes_nothing_and_keeps_its_number(radiologist: User, shared_case: Case) -> None:
    asked = wanted(shared_case, name="left lobe")
    save_finding(radiologist, asked)
    again = save_finding(radiologist, asked)
    assert (again.revision, again.number, Finding.objects.count()) == (1, 1, 1)


def test_a_change_of_a_finding_on_an_old_revision_is_refused(radiologist: User, shared_case: Case) -> None:
    asked = wanted(shared_case)
    save_finding(radiologist, asked)
    save_finding(radiologist, replace(asked, kind="mass", revision=1))
    with pytest.raises(ConflictError) as refused:
        save_finding(radiologist, replace(asked, kind="nodule", revision=1))
    assert refused.value.current is not None
    assert refused.value.current["kind"] == "mass"


@pytest.mark.parametrize(("state", "path"), [({"kind": "unicorn"}, "kind"), ({"name": "x" * 101}, "name")])
def test_what_can_not_be_a_finding_is_refused(
    radiologist: User, shared_case: Case, state: dict[str, str], path: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        save_finding(radiologist, wanted(shared_case, **state))
    assert refused.value.path == path


def test_another_readers_finding_can_be_neither_changed_nor_deleted(
    radiologist: User, second_radiologist: User, shared_case: Case
) -> None:
    theirs = save_finding(second_radiologist, wanted(shared_case))
    with pytest.raises(NotFoundError):
        save_finding(radiologist, wanted(shared_case, id=theirs.pk, name="mine", revision=1))
    with pytest.raises(NotFoundError):
        delete_finding(radiologist, theirs.pk, revision=1)


@pytest.fixture
def lesion_schema(db: None) -> LabelSchema:
    return LabelSchema.objects.create(
        key="lesion-test",
        version=1,
        title="Lesion",
        definition={
            "applies_to": "finding",
            "modalities": ["CT"],
            "answers": {"type": "object", "properties": {"sure": {"type": "boolean"}}},
            "form": {"questions": [{"name": "sure", "title": "Sure?", "kind": "boolean"}]},
            "scoring": {"kind": "none"},
        },
    )


def test_a_deleted_finding_leaves_its_marks_without_it_and_takes_its_answers_along(
    radiologist: User, shared_case: Case, frame: Frame, lesion_schema: LabelSchema
) -> None:
    finding = save_finding(radiologist, wanted(shared_case))
    mark_id, answer_id = uuid4(), uuid4()
    mark = SaveAnnotation(
        id=mark_id,
        case_id=shared_case.pk,
        frame_key=frame.key,
        kind="point",
        points=[[1, 1]],
        finding_id=finding.pk,
    )
    save_annotation(radiologist, mark)
    answer = SaveAnswer(
        id=answer_id,
        case_id=shared_case.pk,
        schema="lesion-test@1",
        answers={"sure": True},
        finding_id=finding.pk,
    )
    save_answer(radiologist, answer)

    deleted = delete_finding(radiologist, finding.pk, revision=1)

    assert finding_as_dict(deleted)["deleted"] is True
    kept = Annotation.objects.get(pk=mark_id)
    assert (kept.finding, kept.deleted_at, kept.revision) == (None, None, 2)
    gone = Answer.objects.get(pk=answer_id)
    assert gone.deleted_at is not None
    read = marks_for(radiologist, shared_case)
    assert ([one.pk for one in read.annotations], read.findings, read.answers) == ([mark_id], [], [])

    # Undo, as the viewer does it: the finding first, then what belonged to it, each on its newest revision.
    save_finding(radiologist, wanted(shared_case, id=finding.pk, revision=2))
    save_annotation(radiologist, replace(mark, revision=2))
    save_answer(radiologist, replace(answer, revision=2))
    read = marks_for(radiologist, shared_case)
    assert [one.finding_id for one in (*read.annotations, *read.answers)] == [finding.pk, finding.pk]


def test_deleting_a_finding_twice_is_deleting_it_once(radiologist: User, shared_case: Case) -> None:
    finding = save_finding(radiologist, wanted(shared_case))
    assert delete_finding(radiologist, finding.pk, revision=1).revision == 2
    assert delete_finding(radiologist, finding.pk, revision=1).revision == 2


def test_a_mark_is_not_tied_to_a_deleted_finding(radiologist: User, shared_case: Case, frame: Frame) -> None:
    finding = save_finding(radiologist, wanted(shared_case))
    delete_finding(radiologist, finding.pk, revision=1)
    with pytest.raises(InvalidError, match="deleted") as refused:
        save_annotation(radiologist, point_on(shared_case, frame, finding.pk))
    assert refused.value.path == "finding"


def point_on(case: Case, frame: Frame, finding_id: UUID) -> SaveAnnotation:
    return SaveAnnotation(
        id=uuid4(), case_id=case.pk, frame_key=frame.key, kind="point", points=[[1, 1]], finding_id=finding_id
    )
