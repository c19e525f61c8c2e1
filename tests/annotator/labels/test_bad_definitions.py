"""Whatever comes as a definition is taken or refused with words and a path; nothing else happens."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.labels.errors import AnswerError, DefinitionError
from annotator.labels.schema import check_answers, check_definition, score_answers
from annotator.labels.shipped import shipped_schemas

SHIPPED = [schema.definition for schema in shipped_schemas()]
WORDS = ["choice", "name", "shape", "is", "points", "none", "all", "required", "pattern", "^(a+)+$", "#", "R", "\ud800"]
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(WORDS), st.just(10**400)
)
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.text(max_size=6), st.sampled_from(WORDS)), inner)
    ),
    max_leaves=12,
)


def places_in(value, path=()):
    """Every place of a definition, as the names and numbers that lead there."""
    yield path
    for name, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places_in(part, (*path, name))


PLACES = [(number, place) for number, one in enumerate(SHIPPED) for place in places_in(one)]


def taken_or_refused(definition):
    """How many characters the refusal has; 1 for what was taken."""
    try:
        check_definition(definition)
    except DefinitionError as refused:
        return len(str(refused))
    # What was taken can be stored, answered with nothing and scored.
    json.dumps(definition, allow_nan=False).encode()
    check_answers(definition, {})
    score_answers(definition, {})
    return 1


@given(ANY_JSON)
@settings(max_examples=150)
def test_any_json_is_taken_or_refused(value):
    assert 0 < taken_or_refused(value) < 1000


@given(st.sampled_from(PLACES), ANY_JSON)
@settings(max_examples=250)
def test_a_shipped_definition_with_one_part_replaced_is_taken_or_refused(place, value):
    number, path = place
    assert 0 < taken_or_refused(with_part(SHIPPED[number], path, value)) < 1000


@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
@settings(max_examples=150)
def test_a_shipped_definition_with_one_part_put_in_another_place_is_taken_or_refused(place, source):
    value = SHIPPED[source[0]]
    for name in source[1]:
        value = value[name]
    assert 0 < taken_or_refused(with_part(SHIPPED[place[0]], place[1], copy.deepcopy(value))) < 1000


def test_a_refused_setting_of_a_scoring_is_not_repeated_whole():
    birads = next(one for one in SHIPPED if one["scoring"].get("name") == "birads_examination")
    assert 0 < taken_or_refused(with_part(birads, ("scoring", "from"), copy.deepcopy(SHIPPED[0]))) < 1000


NAMES = sorted({name for one in SHIPPED for name in one["answers"]["properties"]})


@given(st.sampled_from(SHIPPED), st.one_of(ANY_JSON, st.dictionaries(st.sampled_from(NAMES), ANY_JSON, max_size=3)))
@settings(max_examples=200)
def test_any_json_as_answers_is_taken_or_refused_with_its_path(definition, answers):
    try:
        check_answers(definition, answers)
    except AnswerError as refused:
        refusal = refused
    else:
        refusal = None
        score_answers(definition, answers)
    assert refusal is None or refusal.path.startswith("answers"), refusal


@pytest.mark.parametrize("answers", [{"x" * 100_000: 1}, {"haemorrhage": ["y" * 100_000]}, {"haemorrhage": "z" * 9999}])
def test_a_refusal_repeats_no_page_of_what_was_sent(answers):
    definition = next(s.definition for s in shipped_schemas() if s.key == "head-ct")
    with pytest.raises(AnswerError) as refused:
        check_answers(definition, answers)
    assert len(str(refused.value)) + len(refused.value.path) < 1500


def with_part(definition, path, value):
    if not path:
        return value
    copied = copy.deepcopy(definition)
    part = copied
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return copied


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


FREE = {
    "applies_to": "case",
    "modalities": ["CT"],
    "answers": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "note": {"type": "string", "maxLength": 100},
            "size": {"type": "number", "minimum": 0, "maximum": 50},
            "signs": {"type": "array", "uniqueItems": True, "items": {"enum": ["none", "skin", "nodes"]}},
            "outline": {"type": "array", "uniqueItems": True, "maxItems": 5, "items": {"type": "string"}},
        },
    },
    "form": {
        "groups": [{"name": "first", "title": "First"}],
        "questions": [
            {"name": "note", "title": "Note", "kind": "text", "group": "first", "key": "n"},
            {"name": "size", "title": "Size", "kind": "number", "unit": "mm", "maximum": 50, "required": True},
            {
                "name": "signs",
                "title": "Signs",
                "kind": "multiple",
                "show_when": {"question": "size", "answered": True},
                "options": [
                    {"value": "none", "title": "None", "excludes_others": True},
                    {"value": "skin", "title": "Skin", "key": "s"},
                    {"value": "nodes", "title": "Nodes"},
                ],
            },
            {"name": "outline", "title": "Outline", "kind": "draw", "mark_kind": "contour"},
        ],
    },
    "scoring": {"kind": "none"},
}


def test_a_definition_with_groups_conditions_keys_and_drawing_is_taken():
    check_definition(FREE)


@pytest.mark.parametrize(
    ("place", "value", "path", "words"),
    [
        ("", [], "", "is not of type 'object'"),
        ("", "a schema", "", "is not of type 'object'"),
        ("", None, "", "is not of type 'object'"),
        ("", nested(200_000), "[0][0][0][0]", "nested more than 24 levels deep"),
        ("", [0] * 1_000_000, "", "more than 20,000 parts"),
        ("description", "x" * 5000, "description", "is too long"),
        ("description", "x" * 50_000, "description", "50,000 characters"),
        ("description", "a\0b", "description", "no writing"),
        ("answers.properties.size.maximum", float("nan"), "answers.properties.size.maximum", "finite"),
        ("answers.properties.size.maximum", float("inf"), "answers.properties.size.maximum", "finite"),
        ("answers.properties.size.maximum", 10**400, "answers.properties.size.maximum", "reasonable size"),
        ("answers.properties.size", {"type": "number"}, "form.questions[1]", "needs a minimum and a maximum"),
        ("answers.properties.size.minimum", 51, "form.questions[1]", "needs a minimum and a maximum"),
        ("form.questions.1.maximum", 40, "form.questions[1].maximum", "40 here and 50 in the answers"),
        ("answers.properties.note.pattern", "^(a+)+$", "answers.properties.note.pattern", "no regular expressions"),
        ("answers.properties.note.$ref", "#/properties/note", "answers.properties.note.$ref", "no references"),
        ("answers.properties.note.$ref", "http://127.0.0.1/a", "answers.properties.note.$ref", "no references"),
        (
            "answers.properties.note.allOf",
            [{"not": {"patternProperties": {}}}],
            "answers.properties.note.allOf[0].not.patternProperties",
            "can't stand here",
        ),
        ("answers.required", ["note"], "answers.required", '"required" in the form'),
        ("answers.properties.note.maxLength", 1_000_000, "form.questions[0]", "maxLength of at most"),
        ("answers.properties.signs.items", True, "form.questions[2]", "not what its answer allows"),
        ("answers.properties.signs.minItems", 2, "form.questions[2].options[0]", "can never be chosen"),
        ("answers.properties.signs.uniqueItems", False, "form.questions[2]", "array of unique items"),
        ("form.questions.2.options.2.value", "skin", "form.questions[2].options[2]", "offers 'skin' twice"),
        ("form.questions.2.options.2.key", "S", "form.questions[2].options[2].key", "is that of 'Skin' already"),
        ("form.questions.2.options.2.key", "ab", "form.questions[2].options[2].key", "does not match"),
        ("form.questions.1.key", "n", "form.questions[1].key", "is that of 'Note' already"),
        ("form.questions.0.group", "last", "form.questions[0].group", "no group 'last'"),
        ("form.groups", [{"name": "first", "title": "A"}] * 2, "form.groups[1]", "two groups 'first'"),
        ("form.questions.3.mark_kind", "circle", "form.questions[3].mark_kind", "no kind of mark 'circle'"),
        ("form.questions.0.mark_kind", "box", "form.questions[0].mark_kind", "a text question has no 'mark_kind'"),
        ("form.questions.0.show_when", {"question": "gone"}, "form.questions[0].show_when", "a condition is"),
        (
            "form.questions.1.show_when",
            {"question": "signs", "answered": True},
            "form.questions[1].show_when",
            "circle: size → signs → size",
        ),
        ("scoring", {"kind": "function", "name": "magic"}, "scoring.name", "no scoring function 'magic'"),
        ("scoring", {"kind": "function"}, "scoring", "'name' is a required property"),
        ("scoring", {"kind": "none", "name": "x"}, "scoring", "Additional properties"),
        ("scoring", {"kind": "function", "name": "head_ct", "haemorrhage": "note"}, "scoring", "'types' is a required"),
        (
            "scoring",
            {"kind": "function", "name": "head_ct", "haemorrhage": "note", "types": ["signs"]},
            "scoring",
            "needs a choice question 'note'",
        ),
        ("applies_to", "study", "applies_to", "'study' is not one of"),
    ],
)
def test_a_fault_is_told_with_its_path(place, value, path, words):
    names = [int(part) if part.isdigit() else part for part in place.split(".")] if place else []
    with pytest.raises(DefinitionError) as refused:
        check_definition(with_part(FREE, names, value))
    assert words in str(refused.value)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("answers", "path", "words"),
    [
        ({"size": -1}, "answers.size", "less than the minimum"),
        ({"size": 51}, "answers.size", "greater than the maximum"),
        ({"size": 3, "signs": ["skin", "none"]}, "answers.signs", '"None" can\'t be chosen together with others'),
        ({"signs": ["skin"]}, "answers.signs", "'Signs' isn't asked here, only when Size is answered"),
        ({"outline": ["a", "a"]}, "answers.outline", "non-unique"),
        ({"outline": [7]}, "answers.outline[0]", "not of type 'string'"),
    ],
)
def test_an_answer_that_the_form_does_not_take_is_refused(answers, path, words):
    with pytest.raises(AnswerError) as refused:
        check_answers(FREE, answers)
    assert (refused.value.path, words in str(refused.value)) == (path, True), str(refused.value)


def test_what_is_required_is_missing_only_while_it_is_asked_and_open():
    definition = with_part(FREE, ("form", "questions", 2, "required"), True)
    assert score_answers(definition, {})["missing_names"] == ["size"]
    assert score_answers(definition, {"size": 3})["missing"] == ["Signs"]
    assert score_answers(definition, {"size": 0, "signs": ["none"]})["missing"] == []
