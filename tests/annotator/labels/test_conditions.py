"""When a question is asked. The cases are shared with the viewer's twin, form_conditions.test.ts."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.conditions import check_conditions, condition_in_words, shown_answers, shown_questions
from annotator.labels.errors import DefinitionError

SHARED = json.loads(Path(__file__).with_name("condition_cases.json").read_text(encoding="utf-8"))


def question(name, *, show_when=None, kind="boolean", **more):
    condition = {} if show_when is None else {"show_when": show_when}
    return {"name": name, "title": name.upper(), "kind": kind, **more, **condition}


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["says"])
def test_a_shared_case_shows_these_questions(case):
    assert list(shown_questions(SHARED["forms"][case["form"]], case["answers"])) == case["shown"]


@pytest.mark.parametrize("form", SHARED["forms"])
def test_every_shared_form_holds_together(form):
    check_conditions(SHARED["forms"][form])


@given(st.data())
def test_answers_to_questions_that_are_not_asked_never_decide_what_is_asked(data):
    case = data.draw(st.sampled_from(SHARED["cases"]))
    questions = SHARED["forms"][case["form"]]
    kept = shown_answers(questions, case["answers"])
    assert shown_questions(questions, kept) == shown_questions(questions, case["answers"])
    hidden = [q["name"] for q in questions if q["name"] not in case["shown"]]
    noise = data.draw(st.dictionaries(st.sampled_from(hidden), st.just("yes"))) if hidden else {}
    assert list(shown_questions(questions, {**kept, **noise})) == case["shown"]


def test_a_circle_is_named_with_its_path():
    questions = [
        question("first"),
        question("a", show_when={"all": [{"question": "first", "is": True}, {"question": "c", "answered": True}]}),
        question("b", show_when={"not": {"question": "a", "is": True}}),
        question("c", show_when={"question": "b", "is": False}),
        question("behind", show_when={"question": "c", "is": True}),
    ]
    with pytest.raises(DefinitionError, match="circle: a → c → b → a") as refused:
        check_conditions(questions)
    assert refused.value.path == "form.questions[1].show_when.all[1]"
    assert shown_questions(questions, {"first": True, "c": True}) == ("first",), "one that slipped in is never asked"


def test_a_question_that_waits_for_itself_is_a_circle():
    with pytest.raises(DefinitionError, match="circle: a → a") as refused:
        check_conditions([question("a", show_when={"question": "a", "is": True})])
    assert refused.value.path == "form.questions[0].show_when"


def test_a_circle_that_other_questions_wait_for_is_named_without_them():
    questions = [
        question("behind", show_when={"question": "a", "is": True}),
        question("a", show_when={"question": "b", "is": True}),
        question("b", show_when={"question": "a", "is": True}),
    ]
    with pytest.raises(DefinitionError, match=r"circle: a → b → a$"):
        check_conditions(questions)


def test_a_long_chain_against_the_forms_order_is_followed_to_its_end():
    chain = [question(f"q{n}", show_when={"question": f"q{n + 1}", "is": True}) for n in range(200)]
    questions = [*chain, question("q200")]
    check_conditions(questions)
    assert len(shown_questions(questions, {q["name"]: True for q in questions})) == 201


CHOICE = question("c", kind="choice", options=[{"value": "x", "title": "The X"}])
SEVERAL = question("m", kind="multiple", options=[{"value": "x", "title": "The X"}])
NUMBER = question("n", kind="number", minimum=0, maximum=10)
DRAWN = question("d", kind="draw", mark_kind="box")


@pytest.mark.parametrize(
    ("condition", "path", "words"),
    [
        ("c", "", "a condition is"),
        ([], "", "a condition is"),
        ({}, "", "a condition is"),
        ({"question": "c"}, "", "a condition is"),
        ({"question": "c", "is": "x", "includes": "x"}, "", "a condition is"),
        ({"question": "c", "is": "x", "why": "?"}, "", "a condition is"),
        ({"is": "x"}, "", "a condition is"),
        ({"all": []}, ".all", "list of conditions"),
        ({"any": {"question": "c", "is": "x"}}, ".any", "list of conditions"),
        ({"not": "c"}, ".not", "a condition is"),
        ({"all": [{"not": {"any": [{"question": "c", "is": "x"}, 7]}}]}, ".all[0].not.any[1]", "a condition is"),
        ({"question": "gone", "is": "x"}, ".question", "no question 'gone'"),
        ({"question": 7, "is": "x"}, ".question", "no question 7"),
        ({"question": ["c"], "is": "x"}, ".question", "no question"),
        ({"question": "c", "is": "y"}, ".is", "no option 'y': it has x"),
        ({"question": "c", "is": ["x"]}, ".is", "no option"),
        ({"question": "c", "is_one_of": []}, ".is_one_of", "list of values"),
        ({"question": "c", "is_one_of": "x"}, ".is_one_of", "list of values"),
        ({"question": "c", "is_one_of": ["x", "y"]}, ".is_one_of[1]", "no option 'y'"),
        ({"question": "c", "includes": "x"}, ".includes", 'ask "is" or "is_one_of"'),
        ({"question": "m", "is": "x"}, ".is", 'ask "includes"'),
        ({"question": "m", "includes": "y"}, ".includes", "no option 'y'"),
        ({"question": "b", "is": "yes"}, ".is", "true or false"),
        ({"question": "b", "is": 1}, ".is", "true or false"),
        ({"question": "n", "is": True}, ".is", "by a number"),
        ({"question": "n", "is": 11}, ".is", "outside its bounds"),
        ({"question": "t", "is": ""}, ".is", "by text"),
        ({"question": "d", "is": "box"}, ".is", 'only "answered"'),
        ({"question": "c", "answered": "yes"}, ".answered", "true or false"),
    ],
)
def test_a_condition_that_can_not_be_is_refused_with_its_path(condition, path, words):
    questions = [CHOICE, SEVERAL, NUMBER, DRAWN, question("b"), question("t", kind="text")]
    with pytest.raises(DefinitionError) as refused:
        check_conditions([*questions, question("z", show_when=condition)])
    assert refused.value.path == f"form.questions[6].show_when{path}"
    assert words in str(refused.value)


def test_a_condition_is_told_in_words():
    condition = {
        "all": [
            {"any": [{"question": "c", "is": "x"}, {"question": "m", "includes": "x"}]},
            {"not": {"question": "b", "is": True}},
            {"question": "n", "is_one_of": [1, 2.5]},
            {"question": "d", "answered": False},
        ]
    }
    assert condition_in_words(condition, [CHOICE, SEVERAL, NUMBER, DRAWN, question("b")]) == (
        '((C is "The X" or M includes "The X") and not (B is yes) and N is 1 or 2.5 and D is not answered)'
    )
