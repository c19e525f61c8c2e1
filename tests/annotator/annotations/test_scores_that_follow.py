"""Scores that follow from other answers: in whatever order those are saved, changed and deleted."""

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.accounts.models import User
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.delete_answer import delete_answer
from annotator.annotations.actions.delete_finding import delete_finding
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Answer, Revision
from annotator.cases.models import Case
from annotator.imaging.models import Stack
from annotator.labels.context import ScoringContext
from annotator.labels.score import Score
from annotator.labels.scoring_functions import FUNCTIONS, ScoringFunction
from annotator.labels.targets import AppliesTo
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study
from tests.annotator.label_rows import install

SIGNS = [{"value": value, "title": value.capitalize()} for value in ("present", "absent", "uncertain")]
BLEED = {"name": "bleed", "title": "Any bleed", "kind": "choice", "options": SIGNS}
WORST = {"name": "worst", "title": "Worst", "kind": "number", "minimum": 0, "maximum": 9}


def of_scan(_definition: dict[str, Any], answers: dict[str, Any], context: ScoringContext) -> Score:
    """Present when any range of slices shows it; the reader's own word stays what it is."""
    shown = [one for one in context.others_of("slices") if one.answers.get("bleed") == "present"]
    because = f"{len(shown)} ranges of slices"
    derived = {"bleed": {"value": "present", "because": because}} if shown and answers.get("bleed") != "present" else {}
    return Score(derived=derived)


def of_breast(_definition: dict[str, Any], answers: dict[str, Any], context: ScoringContext) -> Score:
    """Its own number and one for every finding that its pictures show."""
    breast = context.target.breast if context.target else None
    found = sum(one.side == breast for one in context.findings or ())
    return Score(points=answers.get("worst", 0) + found)


def of_examination(_definition: dict[str, Any], _answers: dict[str, Any], context: ScoringContext) -> Score:
    """The worst score of a breast, which itself follows from the findings."""
    return Score(points=max((one.score["points"] for one in context.others_of(kind=AppliesTo.BREAST)), default=None))


@pytest.fixture(autouse=True)
def scorings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, score in (("of_scan", of_scan), ("of_breast", of_breast), ("of_examination", of_examination)):
        monkeypatch.setitem(FUNCTIONS, name, ScoringFunction(score=score, title=name, uses_context=True))


@pytest.fixture
def case(radiologist: User) -> Case:
    study = make_study()
    left, right = (make_stack(study, laterality=side) for side in "LR")
    case = make_case(study, left, right)
    grant(case, radiologist)
    install("slices", "slices", BLEED)
    for key, applies_to, question in (
        ("scan", "case", BLEED),
        ("breast", "breast", WORST),
        ("examination", "case", WORST),
    ):
        install(key, applies_to, question, scoring={"kind": "function", "name": f"of_{key}"})
    return case


def score_of(key: str) -> dict[str, Any]:
    return Answer.objects.get(schema__key=key, deleted_at=None).score


def derived() -> dict[str, Any]:
    return score_of("scan")["derived"]


@pytest.fixture
def of_slices(case: Case) -> SaveAnswer:
    ends = [frame.key for frame in frames_of(case)[:2]]
    return SaveAnswer(
        id=uuid4(),
        case_id=case.pk,
        schema="slices@1",
        answers={"bleed": "present"},
        first_frame_key=ends[0],
        last_frame_key=ends[1],
    )


@pytest.fixture
def of_the_scan(case: Case) -> SaveAnswer:
    return SaveAnswer(id=uuid4(), case_id=case.pk, schema="scan@1", answers={"bleed": "absent"})


def test_any_range_that_is_present_makes_the_scan_present_and_takes_that_back_with_it(
    radiologist: User, of_slices: SaveAnswer, of_the_scan: SaveAnswer
) -> None:
    save_answer(radiologist, of_the_scan)
    assert derived() == {}
    save_answer(radiologist, of_slices)
    second = replace(of_slices, id=uuid4(), last_frame_key=of_slices.first_frame_key)
    save_answer(radiologist, second)
    assert derived() == {"bleed": {"value": "present", "because": "2 ranges of slices"}}
    save_answer(radiologist, replace(second, answers={"bleed": "uncertain"}, revision=1))
    assert derived() == {"bleed": {"value": "present", "because": "1 ranges of slices"}}
    delete_answer(radiologist, of_slices.id, revision=1)
    assert derived() == {}
    save_answer(radiologist, replace(of_slices, revision=2))
    assert derived() != {}, "undone, it counts again"


def test_what_follows_never_changes_the_readers_own_answer_nor_its_revision(
    radiologist: User, of_slices: SaveAnswer, of_the_scan: SaveAnswer
) -> None:
    save_answer(radiologist, of_the_scan)
    save_answer(radiologist, of_slices)
    scan = Answer.objects.get(pk=of_the_scan.id)
    assert (scan.answers, scan.revision) == ({"bleed": "absent"}, 1)
    assert Revision.objects.filter(target_id=scan.pk).count() == 1
    assert save_answer(radiologist, replace(of_the_scan, answers={}, revision=1)).revision == 2


def test_both_orders_of_saving_give_the_same(radiologist: User, of_slices: SaveAnswer, of_the_scan: SaveAnswer) -> None:
    found = []
    for order in permutations([of_slices, of_the_scan]):
        for wanted in order:
            save_answer(radiologist, replace(wanted, id=uuid4()))
        found.append(derived())
        for answer in Answer.objects.filter(deleted_at=None):
            delete_answer(radiologist, answer.pk, revision=answer.revision)
    assert found[0] == found[1] != {}


def test_words_that_label_slices_count_as_their_answer(
    radiologist: User, case: Case, of_the_scan: SaveAnswer, of_slices: SaveAnswer
) -> None:
    save_answer(radiologist, of_the_scan)
    label = SaveAnnotation(
        id=uuid4(),
        case_id=case.pk,
        frame_key=str(of_slices.first_frame_key),
        kind="slices",
        points=[],
        label="any BLEED",
        first_frame_key=of_slices.first_frame_key,
        last_frame_key=of_slices.last_frame_key,
    )
    save_annotation(radiologist, label)
    assert derived() == {"bleed": {"value": "present", "because": "1 ranges of slices"}}
    save_annotation(radiologist, replace(label, label="calcified", revision=1))
    assert derived() == {}, "other words answer nothing"
    save_annotation(radiologist, replace(label, revision=2))
    delete_annotation(radiologist, label.id, revision=3)
    assert derived() == {}


def test_an_examination_follows_from_breasts_that_follow_from_findings_in_every_order(
    radiologist: User, case: Case
) -> None:
    """Six orders of three answers, and a finding that is marked before, between or behind them."""
    frame = frames_of(case)[0]
    assert Stack.objects.get(pk=frame.instance.stack_id).laterality == "L"

    def breast(side: str, worst: int) -> SaveAnswer:
        return SaveAnswer(id=uuid4(), case_id=case.pk, schema="breast@1", answers={"worst": worst}, breast=side)

    def find() -> UUID:
        finding = save_finding(radiologist, SaveFinding(id=uuid4(), case_id=case.pk, kind="mass")).pk
        mark = SaveAnnotation(
            id=uuid4(), case_id=case.pk, frame_key=frame.key, kind="box", points=[[1, 1], [9, 9]], finding_id=finding
        )
        save_annotation(radiologist, mark)
        return finding

    for at, order in enumerate(permutations("LRE")):
        finding = None
        for place, one in enumerate(order):
            if place == at % 3:
                finding = find()
            wanted = {
                "L": breast("L", 4),
                "R": breast("R", 2),
                "E": SaveAnswer(id=uuid4(), case_id=case.pk, schema="examination@1"),
            }[one]
            save_answer(radiologist, wanted)
        assert finding is not None
        assert score_of("examination")["points"] == 5, order
        delete_finding(radiologist, finding, revision=1)
        assert score_of("examination")["points"] == 4, order
        left = Answer.objects.get(breast="L", deleted_at=None)
        delete_answer(radiologist, left.pk, revision=left.revision)
        assert score_of("examination")["points"] == 2, order
        for answer in Answer.objects.filter(deleted_at=None):
            delete_answer(radiologist, answer.pk, revision=answer.revision)


def test_two_scores_of_the_case_never_feed_on_each_other(
    radiologist: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would see what the other made of it before, and the order of saving would show."""

    def of_all(_definition: dict[str, Any], _answers: dict[str, Any], context: ScoringContext) -> Score:
        return Score(points=1 + sum(one.score.get("points") or 0 for one in context.others))

    monkeypatch.setitem(FUNCTIONS, "of_all", ScoringFunction(score=of_all, title="All", uses_context=True))
    for key in ("first", "second"):
        install(key, "case", BLEED, scoring={"kind": "function", "name": "of_all"})
    for order in permutations(["first@1", "second@1"]):
        for reference in order:
            save_answer(radiologist, SaveAnswer(id=uuid4(), case_id=case.pk, schema=reference))
        assert [score_of(key)["points"] for key in ("first", "second")] == [1, 1]
        for answer in Answer.objects.filter(deleted_at=None):
            delete_answer(radiologist, answer.pk, revision=answer.revision)


def test_what_follows_costs_no_query_an_answer(
    radiologist: User, case: Case, of_slices: SaveAnswer, of_the_scan: SaveAnswer
) -> None:
    def queries_of_a_finding() -> int:
        with CaptureQueriesContext(connection) as queries:
            save_finding(radiologist, SaveFinding(id=uuid4(), case_id=case.pk, kind="mass"))
        return len(queries)

    nothing_follows = queries_of_a_finding()
    save_answer(radiologist, of_the_scan)
    one_follows = queries_of_a_finding()
    for key in frames_of(case)[2:6]:
        save_answer(radiologist, replace(of_slices, id=uuid4(), first_frame_key=key.key, last_frame_key=key.key))
    save_answer(radiologist, SaveAnswer(id=uuid4(), case_id=case.pk, schema="examination@1"))
    assert queries_of_a_finding() == one_follows <= nothing_follows + 5


def test_nobody_elses_answers_count(
    radiologist: User, second_radiologist: User, case: Case, of_slices: SaveAnswer, of_the_scan: SaveAnswer
) -> None:
    grant(case, second_radiologist)
    save_answer(second_radiologist, of_slices)
    save_answer(radiologist, of_the_scan)
    assert derived() == {}
    save_answer(second_radiologist, replace(of_slices, answers={}, revision=1))
    save_answer(second_radiologist, replace(of_slices, revision=2))
    assert derived() == {}
