"""Answers about a breast, a range of slices, or with a drawing: what they take, and that there is one a target."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from annotator.accounts.errors import ConflictError, InvalidError, StaleError
from annotator.accounts.models import User
from annotator.annotations.actions.delete_answer import delete_answer
from annotator.annotations.actions.lock_case import lock_case
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.models import Answer, MarkKind, Revision
from annotator.annotations.queries import revisions_of
from annotator.annotations.records import answer_as_dict
from annotator.cases.models import Case
from annotator.labels.form import DRAWN_KINDS
from annotator.labels.models import LabelSchema
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study
from tests.annotator.label_rows import install

SIGNS = [{"value": value, "title": value.capitalize()} for value in ("present", "absent", "uncertain")]
BLEED = {"name": "bleed", "title": "Bleed", "kind": "choice", "options": SIGNS}
OUTLINE = {"name": "outline", "title": "Outline", "kind": "draw", "mark_kind": "box"}
LEVELS = [{"level": "low", "from": 0, "meaning": "low"}, {"level": "high", "from": 1, "meaning": "high"}]
POINTED = {
    "name": "shape",
    "title": "Shape",
    "kind": "choice",
    "options": [
        {"value": "round", "title": "Round", "points": {"own": 0}},
        {"value": "odd", "title": "Odd", "points": {"own": 1}},
    ],
}
OWN = {"kind": "points", "categories": ["shape"], "systems": [{"name": "own", "title": "Own"}], "levels": LEVELS}


@pytest.fixture
def case(radiologist: User) -> Case:
    """A CT of two stacks, five slices and three, with a schema for each target."""
    study = make_study()
    case = make_case(study, make_stack(study, frames=5), make_stack(study, frames=3))
    grant(case, radiologist)
    install("slices", "slices", BLEED)
    install("breast", "breast", BLEED)
    install("whole", "case", POINTED, OUTLINE, scoring=OWN)
    return case


@pytest.fixture
def keys(case: Case) -> list[str]:
    return [frame.key for frame in frames_of(case)]


@pytest.fixture
def of_slices(case: Case, keys: list[str]) -> SaveAnswer:
    return SaveAnswer(
        id=uuid4(),
        case_id=case.pk,
        schema="slices@1",
        answers={"bleed": "present"},
        first_frame_key=keys[1],
        last_frame_key=keys[3],
    )


@pytest.fixture
def of_case(case: Case) -> SaveAnswer:
    return SaveAnswer(id=uuid4(), case_id=case.pk, schema="whole@1", answers={"shape": "odd"})


def test_an_answer_keeps_its_range_through_every_revision(
    radiologist: User, of_slices: SaveAnswer, keys: list[str]
) -> None:
    saved = answer_as_dict(save_answer(radiologist, of_slices))
    assert (saved["first_frame"], saved["last_frame"], saved["breast"]) == (keys[1], keys[3], "")
    save_answer(radiologist, replace(of_slices, last_frame_key=keys[4], revision=1))
    delete_answer(radiologist, of_slices.id, revision=2)
    save_answer(radiologist, replace(of_slices, revision=3))
    states = [one.state for one in revisions_of(radiologist, "answer", of_slices.id)]
    assert [(one["last_frame"], one["deleted"]) for one in states] == [
        (keys[3], False),
        (keys[4], False),
        (keys[4], True),
        (keys[3], False),
    ]


def test_the_same_range_again_changes_nothing_and_an_old_state_is_refused(
    radiologist: User, of_slices: SaveAnswer, keys: list[str]
) -> None:
    change = uuid4()
    save_answer(radiologist, replace(of_slices, change=change))
    assert save_answer(radiologist, of_slices).revision == 1
    save_answer(radiologist, replace(of_slices, first_frame_key=keys[0], revision=1))
    assert save_answer(radiologist, replace(of_slices, change=change)).revision == 2, "sent late, saved once"
    with pytest.raises(StaleError):
        save_answer(radiologist, replace(of_slices, first_frame_key=keys[2], revision=1))
    assert Revision.objects.filter(target_id=of_slices.id).count() == 2


@pytest.mark.parametrize(
    ("first", "last", "path", "words"),
    [
        (None, None, "first_frame", "a range of slices. Say which"),
        (1, None, "last_frame", "Say which"),
        (3, 1, "last_frame", "before the first"),
        (3, 6, "last_frame", "within one stack"),
        ("nothing", 1, "first_frame", "no such frame"),
    ],
)
def test_a_range_that_can_not_be_is_refused(
    radiologist: User, of_slices: SaveAnswer, keys: list[str], first: object, last: object, path: str, words: str
) -> None:
    ends = [keys[one] if isinstance(one, int) else one for one in (first, last)]
    with pytest.raises(InvalidError, match=words) as refused:
        save_answer(radiologist, replace(of_slices, first_frame_key=ends[0], last_frame_key=ends[1]))
    assert refused.value.path == path


def test_two_ranges_may_overlap_and_the_same_may_not_be_there_twice(
    radiologist: User, of_slices: SaveAnswer, keys: list[str]
) -> None:
    first = save_answer(radiologist, of_slices)
    save_answer(radiologist, replace(of_slices, id=uuid4(), last_frame_key=keys[4]))
    with pytest.raises(ConflictError) as refused:
        save_answer(radiologist, replace(of_slices, id=uuid4()))
    assert (refused.value.current or {})["id"] == str(first.pk)


def test_each_breast_has_one_answer(radiologist: User, case: Case) -> None:
    left = SaveAnswer(id=uuid4(), case_id=case.pk, schema="breast@1", answers={"bleed": "absent"}, breast="L")
    save_answer(radiologist, left)
    save_answer(radiologist, replace(left, id=uuid4(), breast="R"))
    with pytest.raises(ConflictError):
        save_answer(radiologist, replace(left, id=uuid4()))
    delete_answer(radiologist, left.id, revision=1)
    save_answer(radiologist, replace(left, id=uuid4()))
    assert sorted(Answer.objects.filter(deleted_at=None).values_list("breast", flat=True)) == ["L", "R"]


@pytest.mark.parametrize(
    ("schema", "target", "path", "words"),
    [
        ("breast@1", {}, "breast", "one breast. Say which"),
        ("breast@1", {"breast": "B"}, "breast", '"L" or "R"'),
        ("breast@1", {"breast": "L", "finding_id": uuid4()}, "finding", "not for a finding"),
        ("slices@1", {"breast": "L"}, "breast", "not for one breast"),
        ("whole@1", {"breast": "L"}, "breast", "not for one breast"),
        ("whole@1", {"first_frame_key": "x", "last_frame_key": "x"}, "first_frame", "not for a range of slices"),
    ],
)
def test_an_answer_about_something_else_than_its_schema_asks_is_refused(
    radiologist: User, case: Case, schema: str, target: dict[str, object], path: str, words: str
) -> None:
    wanted = SaveAnswer(id=uuid4(), case_id=case.pk, schema=schema)
    with pytest.raises(InvalidError, match=words) as refused:
        save_answer(radiologist, replace(wanted, **target))
    assert refused.value.path == path


def test_the_database_itself_holds_one_answer_a_target(radiologist: User, case: Case) -> None:
    first, last = frames_of(case)[:2]
    schemas = {schema.key: schema for schema in LabelSchema.objects.all()}
    for target in (
        {"schema": schemas["whole"]},
        {"schema": schemas["breast"], "breast": "L"},
        {"schema": schemas["slices"], "first_frame": first, "last_frame": last},
    ):
        Answer.objects.create(case=case, owner=radiologist, **target)
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(case=case, owner=radiologist, **target)
    for wrong in (
        {"breast": "B"},
        {"first_frame": first},
        {"breast": "R", "first_frame": first, "last_frame": last},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(case=case, owner=radiologist, schema=schemas["slices"], **wrong)


def test_one_target_has_one_answer_whatever_the_version(radiologist: User, of_case: SaveAnswer) -> None:
    save_answer(radiologist, of_case)
    install("whole", "case", POINTED, OUTLINE, version=2, scoring=OWN)
    with pytest.raises(ConflictError):
        save_answer(radiologist, replace(of_case, id=uuid4(), schema="whole@2"))
    moved = save_answer(radiologist, replace(of_case, schema="whole@2", revision=1))
    assert answer_as_dict(moved)["schema"] == "whole@2"


def test_an_override_stands_beside_the_computed_score_and_can_be_taken_back(
    radiologist: User, of_case: SaveAnswer
) -> None:
    override = {"level": "low", "reason": " known for ten years "}
    saved = save_answer(radiologist, replace(of_case, override=override))
    assert (saved.score["level"], saved.override) == ("high", {"level": "low", "reason": "known for ten years"})
    assert save_answer(radiologist, replace(of_case, override=override, revision=1)).revision == 1
    assert save_answer(radiologist, replace(of_case, revision=1)).override is None
    assert [one.state["override"] is None for one in revisions_of(radiologist, "answer", of_case.id)] == [False, True]


@pytest.mark.parametrize(
    ("override", "path", "words"),
    [
        ({"level": "middling", "reason": "x"}, "override.level", "no level 'middling': low, high"),
        ({"category": "4A", "reason": "x"}, "override.category", "no category"),
        ({"level": "low"}, "override.reason", "Say why"),
        ({"level": "low", "reason": "  "}, "override.reason", "Say why"),
        ({"level": "low", "reason": 7}, "override.reason", "Say why"),
        ({"level": "low", "reason": "x" * 1001}, "override.reason", "1,000"),
        ({"level": "low", "reason": "a\0"}, "override.reason", "no writing"),
        ({"level": "low", "category": "4A", "reason": "x"}, "override", "An override is"),
        ({"reason": "x"}, "override", "An override is"),
        ({"level": "low", "reason": "x", "by": "me"}, "override", "An override is"),
        (["low"], "override", "An override is"),
        ("low", "override", "An override is"),
    ],
)
def test_an_override_that_can_not_be_is_refused(
    radiologist: User, of_case: SaveAnswer, override: object, path: str, words: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        save_answer(radiologist, replace(of_case, override=override))
    assert (refused.value.path, words in str(refused.value)) == (path, True), str(refused.value)


def test_what_computes_nothing_can_not_be_overridden(radiologist: User, of_slices: SaveAnswer) -> None:
    with pytest.raises(InvalidError, match="computes nothing"):
        save_answer(radiologist, replace(of_slices, override={"level": "low", "reason": "x"}))


def test_a_drawn_answer_names_the_readers_own_marks_of_that_kind(
    radiologist: User, second_radiologist: User, case: Case, keys: list[str], of_case: SaveAnswer
) -> None:
    grant(case, second_radiologist)

    def draw(person: User, kind: str = "box") -> UUID:
        points = [[1, 1], [9, 9]]
        mark = SaveAnnotation(id=uuid4(), case_id=case.pk, frame_key=keys[0], kind=kind, points=points)
        return save_annotation(person, mark).pk

    box, line, theirs = draw(radiologist), draw(radiologist, "length"), draw(second_radiologist)
    saved = save_answer(radiologist, replace(of_case, answers={"outline": [str(box)]}))
    assert saved.answers == {"outline": [str(box)]}
    for named, words in ((line, "that mark is a length"), (theirs, "no such mark"), (uuid4(), "no such mark")):
        with pytest.raises(InvalidError, match=words) as refused:
            save_answer(radiologist, replace(of_case, answers={"outline": [str(box), str(named)]}, revision=1))
        assert refused.value.path == "answers.outline[1]"
    with pytest.raises(InvalidError, match="by its identifier"):
        save_answer(radiologist, replace(of_case, answers={"outline": ["box"]}, revision=1))


def test_everything_that_can_be_marked_can_be_asked_for() -> None:
    """The labels can't import the marks, which stand on a higher floor."""
    assert tuple(MarkKind.values) == DRAWN_KINDS


def test_a_submitted_reading_takes_no_more_answers_of_any_target(
    radiologist: User, case: Case, of_slices: SaveAnswer, of_case: SaveAnswer
) -> None:
    save_answer(radiologist, of_slices)
    lock_case(radiologist, case, owner=radiologist, reason="it was submitted")
    for wanted in (replace(of_slices, answers={}, revision=1), of_case):
        with pytest.raises(ConflictError, match="submitted"):
            save_answer(radiologist, wanted)
    with pytest.raises(ConflictError, match="submitted"):
        delete_answer(radiologist, of_slices.id, revision=1)
