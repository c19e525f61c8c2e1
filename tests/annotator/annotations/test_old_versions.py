"""An answer under an old version stays readable for ever, with the form that it was given in."""

from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.accounts.models import User
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.queries import answer_for, marks_for
from annotator.annotations.records import answer_as_dict
from annotator.cases.manifest import manifest_for
from annotator.cases.models import Case
from annotator.labels.schema import check_answers, score_answers
from annotator.readerstudies.queries import reading_state
from tests.annotator.case_rows import grant, make_case, make_stack, make_study
from tests.annotator.label_rows import install

NAMES = ["shape", "margin", "size", "signs", "note"]
VALUES = ["round", "odd", "none", "smooth"]
numbers = count(1)


@st.composite
def questions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some questions of any kind; under another version the same name may ask something else."""
    made: list[dict[str, Any]] = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        kind = draw(st.sampled_from(["choice", "multiple", "boolean", "number", "text"]))
        question: dict[str, Any] = {"name": name, "title": draw(st.sampled_from("ABC")), "kind": kind}
        if kind in {"choice", "multiple"}:
            values = draw(st.lists(st.sampled_from(VALUES), min_size=1, unique=True))
            question["options"] = [{"value": v, "title": v, "points": {"own": len(v)}} for v in values]
        if kind == "number":
            question |= {"minimum": draw(st.integers(-9, 0)), "maximum": draw(st.integers(1, 9))}
        if made and draw(st.booleans()):
            question["show_when"] = {"question": made[0]["name"], "answered": True}
        made.append(question)
    return made


def answer_to(question: dict[str, Any]) -> Any:
    values = [option["value"] for option in question.get("options", ())]
    return {
        "choice": values[:1] and values[0],
        "multiple": values,
        "boolean": False,
        "number": question.get("maximum"),
        "text": "seen",
    }[question["kind"]]


@pytest.fixture
def case(radiologist: User) -> Case:
    study = make_study()
    case = make_case(study, make_stack(study))
    grant(case, radiologist)
    return case


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(questions(), min_size=3, max_size=3))
def test_an_answer_under_version_1_is_read_with_its_own_form_after_2_and_3(
    radiologist: User, case: Case, versions: list[list[dict[str, Any]]]
) -> None:
    key = f"own-{next(numbers)}"
    first = install(key, "case", *versions[0])
    answers = {question["name"]: answer_to(question) for question in versions[0]}
    wanted = SaveAnswer(id=uuid4(), case_id=case.pk, schema=f"{key}@1", answers=answers)
    before = answer_as_dict(save_answer(radiologist, wanted))
    for version in (2, 3):
        install(key, "case", *versions[version - 1], version=version)
    assert answer_as_dict(answer_for(radiologist, wanted.id)) == before
    assert before in [answer_as_dict(one) for one in marks_for(radiologist, case).answers]
    manifest = manifest_for(radiologist, case, reading=reading_state(radiologist, case))
    shown = {(one["version"], one["current"]): one["definition"] for one in manifest["schemas"] if one["key"] == key}
    assert shown.keys() == {(3, True), (1, False)}, "the newest to ask now, and the one that was answered"
    own = shown[1, False]
    assert own == first.definition
    check_answers(own, before["answers"])
    assert score_answers(own, before["answers"]) == before["score"]
    assert save_answer(radiologist, wanted).revision == 1, "it can be saved again as it is"


def test_a_version_that_was_not_answered_here_is_not_shown_once_it_is_superseded(radiologist: User, case: Case) -> None:
    question = {"name": "note", "title": "Note", "kind": "text"}
    for version in (1, 2):
        install("own", "case", question, version=version)
    manifest = manifest_for(radiologist, case, reading=reading_state(radiologist, case))
    assert [(one["version"], one["current"]) for one in manifest["schemas"]] == [(2, True)]


def test_another_readers_old_version_is_shown_to_who_sees_their_answers(
    radiologist: User, second_radiologist: User, data_manager: User, case: Case
) -> None:
    question = {"name": "note", "title": "Note", "kind": "text"}
    grant(case, second_radiologist)
    install("own", "case", question)
    save_answer(radiologist, SaveAnswer(id=uuid4(), case_id=case.pk, schema="own@1", answers={"note": "seen"}))
    install("own", "case", question, version=2)
    shown = {
        person.username: len(manifest_for(person, case, reading=reading_state(person, case))["schemas"])
        for person in (radiologist, second_radiologist, data_manager)
    }
    assert list(shown.values()) == [2, 1, 2]
