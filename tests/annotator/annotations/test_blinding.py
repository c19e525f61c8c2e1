"""A reader never sees another reader's work, in any query of this room."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.models import User
from annotator.annotations import queries
from annotator.annotations.actions.lock_case import lock_case
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.actions.unlock_case import unlock_case
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.cases.models import Case, CaseGrant
from annotator.imaging.models import Frame
from annotator.labels.models import LabelSchema

Work = tuple[Annotation, Finding, Answer]


@pytest.fixture
def work_of(shared_case: Case, frame: Frame) -> Callable[[User], Work]:
    LabelSchema.objects.create(
        key="free",
        version=1,
        title="Free",
        definition={
            "applies_to": "case",
            "modalities": ["CT"],
            "answers": {"type": "object", "properties": {"note": {"type": "string"}}},
            "form": {"questions": [{"name": "note", "title": "Note", "kind": "text"}]},
            "scoring": {"kind": "none"},
        },
    )

    def work(person: User) -> Work:
        finding = save_finding(person, SaveFinding(id=uuid4(), case_id=shared_case.pk, kind="nodule"))
        mark = save_annotation(
            person,
            SaveAnnotation(
                id=uuid4(),
                case_id=shared_case.pk,
                frame_key=frame.key,
                kind="point",
                points=[[1, 1]],
                finding_id=finding.pk,
            ),
        )
        answer = save_answer(
            person, SaveAnswer(id=uuid4(), case_id=shared_case.pk, schema="free@1", answers={"note": "mine"})
        )
        return mark, finding, answer

    return work


def test_a_reader_never_sees_another_readers_mark_finding_or_answer(
    radiologist: User, second_radiologist: User, shared_case: Case, work_of: Callable[[User], Work]
) -> None:
    own, theirs = work_of(radiologist), work_of(second_radiologist)
    for listed, mine in zip((queries.annotations_for, queries.findings_for, queries.answers_for), own, strict=True):
        assert list(listed(radiologist)) == [mine]
    for single, record in zip((queries.annotation_for, queries.finding_for, queries.answer_for), theirs, strict=True):
        with pytest.raises(NotFoundError):
            single(radiologist, record.pk)
    for kind, record in zip(("annotation", "finding", "answer"), theirs, strict=True):
        with pytest.raises(NotFoundError):
            queries.revisions_of(radiologist, kind, record.pk)
    read = queries.marks_for(radiologist, shared_case)
    assert (read.annotations, read.findings, read.answers) == ([own[0]], [own[1]], [own[2]])


def test_naming_another_reader_shows_a_radiologist_nothing(
    radiologist: User, second_radiologist: User, shared_case: Case, work_of: Callable[[User], Work]
) -> None:
    work_of(second_radiologist)
    read = queries.marks_for(radiologist, shared_case, owner=second_radiologist.username)
    assert (read.annotations, read.findings, read.answers) == ([], [], [])


@pytest.mark.parametrize("who", ["data_manager", "admin"])
def test_data_managers_and_admins_see_all_readers_or_one_of_them(
    who: str,
    request: pytest.FixtureRequest,
    radiologist: User,
    second_radiologist: User,
    shared_case: Case,
    work_of: Callable[[User], Work],
) -> None:
    person = request.getfixturevalue(who)
    first, second = work_of(radiologist), work_of(second_radiologist)
    assert {mark.pk for mark in queries.marks_for(person, shared_case).annotations} == {first[0].pk, second[0].pk}
    assert queries.marks_for(person, shared_case, owner=second_radiologist.username).findings == [second[1]]
    assert queries.annotation_for(person, first[0].pk) == first[0]


@pytest.mark.parametrize(
    "terms",
    [
        {"valid_until": timezone.now() - timedelta(seconds=1)},
        {"valid_from": timezone.now() + timedelta(days=1)},
    ],
    ids=["ended", "not yet begun"],
)
def test_without_a_grant_that_holds_a_reader_does_not_even_see_the_own_work(
    terms: dict[str, object], radiologist: User, shared_case: Case, work_of: Callable[[User], Work]
) -> None:
    mark, _, _ = work_of(radiologist)
    CaseGrant.objects.filter(case=shared_case, person=radiologist).update(**terms)
    assert not queries.annotations_for(radiologist).exists()
    with pytest.raises(NotFoundError):
        queries.annotation_for(radiologist, mark.pk)
    with pytest.raises(NotFoundError):
        queries.marks_for(radiologist, shared_case)
    with pytest.raises(NotFoundError):
        save_finding(radiologist, SaveFinding(id=uuid4(), case_id=shared_case.pk, kind="nodule"))


def test_an_unknown_kind_of_record_has_no_revisions(radiologist: User) -> None:
    with pytest.raises(NotFoundError):
        queries.revisions_of(radiologist, "user", uuid4())


def test_reading_the_marks_of_a_case_costs_the_same_for_one_mark_and_for_many(
    radiologist: User,
    shared_case: Case,
    frame: Frame,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for column in range(10):
        save_annotation(
            radiologist,
            SaveAnnotation(id=uuid4(), case_id=shared_case.pk, frame_key=frame.key, kind="point", points=[[column, 1]]),
        )
    with django_assert_num_queries(4):
        marks = queries.marks_for(radiologist, shared_case)
        assert {mark.frame.key for mark in marks.annotations} == {frame.key}


def test_readers_lock_their_own_reading_and_only_who_reviews_unlocks_it(
    radiologist: User, second_radiologist: User, data_manager: User, admin: User, shared_case: Case
) -> None:
    for person in (second_radiologist, data_manager):
        with pytest.raises(NotAllowedError):
            lock_case(person, shared_case, owner=radiologist, reason="it was submitted")
    lock_case(radiologist, shared_case, owner=radiologist, reason="it was submitted")
    lock_case(radiologist, shared_case, owner=radiologist, reason="again")
    assert queries.is_locked(shared_case, radiologist)
    assert not queries.is_locked(shared_case, second_radiologist)
    for person in (radiologist, second_radiologist):
        with pytest.raises(NotAllowedError):
            unlock_case(person, shared_case, owner=radiologist)
    assert unlock_case(admin, shared_case, owner=radiologist)
    assert not unlock_case(admin, shared_case, owner=radiologist)
    assert not queries.is_locked(shared_case, radiologist)
    lock_case(radiologist, shared_case, owner=radiologist, reason="it was submitted")
    assert unlock_case(data_manager, shared_case, owner=radiologist)
