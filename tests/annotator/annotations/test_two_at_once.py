"""Two requests at the same moment: on SQLite the database takes turns, on PostgreSQL the locked grant does."""

from dataclasses import replace
from uuid import uuid4

import pytest

from annotator.accounts.errors import ConflictError
from annotator.accounts.models import User
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.delete_answer import delete_answer
from annotator.annotations.actions.lock_case import lock_case
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Annotation, Answer, CaseLock, Finding, Revision
from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.labels.actions.install_schemas import install_schemas
from annotator.labels.shipped import newest_shipped
from tests.fixtures.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(shared_case: Case, frame: Frame) -> SaveAnnotation:
    return SaveAnnotation(
        id=uuid4(), case_id=shared_case.pk, frame_key=frame.key, kind="box", points=[[1, 2], [30, 40]]
    )


def test_of_two_changes_on_one_revision_one_is_saved_and_one_meets_a_conflict(
    radiologist: User, box: SaveAnnotation
) -> None:
    save_annotation(radiologist, box)
    for revision in range(1, 6):
        changes = [replace(box, label=label, revision=revision) for label in ("a" * revision, "b" * revision)]
        answers = at_once(*(lambda change=change: save_annotation(radiologist, change) for change in changes))
        assert sorted(isinstance(answer, ConflictError) for answer in answers) == [False, True]
    assert Annotation.objects.get().revision == 6
    assert Revision.objects.count() == 6


def test_one_new_mark_that_arrives_twice_at_once_is_saved_once(radiologist: User, box: SaveAnnotation) -> None:
    answers = at_once(*(lambda: save_annotation(radiologist, box) for _ in range(4)))
    assert [answer.revision for answer in answers if isinstance(answer, Annotation)] == [1, 1, 1, 1]
    assert Revision.objects.count() == 1


def test_one_change_that_arrives_twice_at_once_counts_once(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    for revision in range(1, 4):
        change = replace(box, label="x" * revision, revision=revision, change=uuid4())
        answers = at_once(*(lambda change=change: save_annotation(radiologist, change) for _ in range(4)))
        assert [answer.revision for answer in answers if isinstance(answer, Annotation)] == [revision + 1] * 4
    deletion = uuid4()
    at_once(*(lambda: delete_annotation(radiologist, box.id, revision=4, change=deletion) for _ in range(4)))
    assert Revision.objects.count() == 5


def test_findings_that_are_made_at_once_get_different_numbers(radiologist: User, shared_case: Case) -> None:
    at_once(
        *(
            lambda: save_finding(radiologist, SaveFinding(id=uuid4(), case_id=shared_case.pk, kind="mass"))
            for _ in range(6)
        )
    )
    assert sorted(Finding.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_nothing_is_saved_behind_a_lock(radiologist: User, shared_case: Case, box: SaveAnnotation) -> None:
    """Either the save was first, and it is there when the lock is, or it meets the lock."""
    for _ in range(5):
        CaseLock.objects.all().delete()
        mark = replace(box, id=uuid4())
        answers = at_once(
            lambda mark=mark: save_annotation(radiologist, mark),
            lambda: lock_case(radiologist, shared_case, owner=radiologist, reason="it was submitted"),
        )
        saved = Annotation.objects.filter(pk=mark.id).first()
        if saved is None:
            assert isinstance(answers[0], ConflictError)
        else:
            assert saved.created_at <= CaseLock.objects.get().locked_at


def test_answers_that_are_saved_at_once_end_as_one_after_the_other(
    radiologist: User, shared_case: Case, frame: Frame
) -> None:
    """Of several about one target one is there; and what follows from another has it, whichever came first."""
    newest = [newest_shipped(key) for key in ("head-ct", "head-ct-slices")]
    install_schemas(newest)
    scan, slices = (SaveAnswer(id=uuid4(), case_id=shared_case.pk, schema=f"{one.key}@{one.version}") for one in newest)
    shown = {"answers": {"subdural": "present"}, "first_frame_key": frame.key, "last_frame_key": frame.key}
    for revision in (0, 2, 4):
        wanted = (replace(scan, revision=revision), replace(slices, revision=revision, **shown))
        at_once(*(lambda one=one: save_answer(radiologist, one) for one in wanted))
        assert Answer.objects.get(pk=scan.id).score["derived"].keys() == {"haemorrhage", "subdural"}
        for one in wanted:
            delete_answer(radiologist, one.id, revision=revision + 1)
    answers = at_once(*(lambda: save_answer(radiologist, replace(scan, id=uuid4())) for _ in range(3)))
    assert sorted(isinstance(answer, ConflictError) for answer in answers) == [False, True, True]
    assert Answer.objects.filter(deleted_at=None).count() == 1
