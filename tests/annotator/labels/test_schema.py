"""Definitions that do not hold together, and answers that their schema does not allow."""

import copy
import json

import pytest

from annotator.accounts.errors import InvalidError
from annotator.labels.errors import AnswerError, DefinitionError
from annotator.labels.schema import check_answers, check_definition, score_answers
from annotator.labels.shipped import shipped_schemas
from tests.annotator.labels.form_answers import answers_that_show

SHIPPED = {f"{schema.key}@{schema.version}": schema for schema in shipped_schemas()}
TIRADS = SHIPPED["acr-tirads@2"].definition
KEYS = {"points", "level", "recommendation", "explanation", "missing", "missing_names", "warnings"}


def changed(definition, path, value):
    """A copy of the definition with one part replaced; `path` joined by dots."""
    copied = copy.deepcopy(definition)
    part = copied
    *parents, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    for name in parents:
        part = part[name]
    part[last] = value
    return copied


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_every_shipped_schema_holds_together(key):
    check_definition(SHIPPED[key].definition)


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_every_shipped_schema_takes_no_answers_and_scores_them_with_the_common_keys(key):
    check_answers(SHIPPED[key].definition, {})
    result = score_answers(SHIPPED[key].definition, {})
    assert result.keys() >= KEYS
    assert result["level"] is None
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_every_option_of_every_shipped_form_can_be_answered(key):
    definition = SHIPPED[key].definition
    for question in definition["form"]["questions"]:
        before = answers_that_show(definition, question["name"])
        for option in question.get("options", []):
            chosen = [option["value"]] if question["kind"] == "multiple" else option["value"]
            check_answers(definition, {**before, question["name"]: chosen})
            score_answers(definition, {**before, question["name"]: chosen})


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("applies_to", "study", "applies_to"),
        ("modalities", [], "modalities"),
        ("answers.additionalProperties", True, "answers.additionalProperties"),
        ("answers.properties.shape", {"enum": "round"}, "answers.properties.shape.enum"),
        ("answers.properties.shape", {"$ref": "https://example.org/shape.json"}, "answers.properties.shape.$ref"),
        ("answers.properties.extra", {"type": "boolean"}, "form.questions"),
        ("form.questions.0.name", "shape", "form.questions[0]"),
        ("form.questions.2.options.0.value", "round", "form.questions[2]"),
        ("form.questions.2.options.0.points", {"acr": 0}, "form.questions"),
        ("form.questions.5.kind", "boolean", "form.questions[5].unit"),
        ("scoring.levels.0.from", 1, "scoring.levels"),
        ("scoring.categories", ["composition", "colour"], "scoring"),
        ("scoring.systems.0.ends_at_zero", {"composition": ["fluffy"]}, "scoring.systems"),
        ("scoring.kind", "magic", "scoring.kind"),
        ("scoring.systems.0.title", "", "scoring.systems[0].title"),
    ],
)
def test_a_definition_that_does_not_hold_together_is_refused_with_the_path(path, value, fault):
    with pytest.raises(DefinitionError) as refused:
        check_definition(changed(TIRADS, path, value))
    assert refused.value.path == fault


def test_a_question_named_in_the_form_but_not_in_the_answers_is_refused():
    definition = copy.deepcopy(TIRADS)
    del definition["answers"]["properties"]["size_mm"]
    with pytest.raises(DefinitionError, match="'size_mm', which the answers don't have"):
        check_definition(definition)


def test_birads_scoring_refuses_categories_it_does_not_know():
    definition = copy.deepcopy(SHIPPED["birads-assessment@1"].definition)
    definition["answers"]["properties"]["right"]["enum"].append("7")
    definition["form"]["questions"][0]["options"].append({"value": "7", "title": "Seven"})
    with pytest.raises(DefinitionError, match="knows no 7"):
        check_definition(definition)


@pytest.mark.parametrize(
    ("answers", "path", "words"),
    [
        ({"shape": "round"}, "shape", "can't be chosen here: one of wider_than_tall, taller_than_wide"),
        ({"colour": "red"}, "colour", "no question 'colour'"),
        ({"echogenic_foci": ["none", "macrocalcifications"]}, "echogenic_foci", '"None" can\'t be chosen together'),
        ({"echogenic_foci": ["macrocalcifications", "sparkles"]}, "echogenic_foci[1]", "can't be chosen here"),
        ({"echogenic_foci": ["macrocalcifications"] * 2}, "echogenic_foci", "non-unique"),
        ({"echogenic_foci": []}, "echogenic_foci", "non-empty"),
        ({"echogenic_foci": "none"}, "echogenic_foci", "not of type 'array'"),
        ({"size_mm": float("nan")}, "size_mm", "no number that can be kept"),
        ({"size_mm": float("inf")}, "size_mm", "no number that can be kept"),
        ({"size_mm": 0}, "size_mm", "minimum"),
        ({"size_mm": "12"}, "size_mm", "not of type 'number'"),
        ({"size_mm": True}, "size_mm", "not of type 'number'"),
        ({"shape": None}, "shape", "can't be chosen here"),
        ([], "", "must be an object"),
    ],
)
def test_answers_that_the_schema_does_not_allow_are_refused_with_the_question(answers, path, words):
    with pytest.raises(AnswerError) as refused:
        check_answers(TIRADS, answers)
    assert refused.value.path == (f"answers.{path}" if path else "answers")
    assert words in str(refused.value)
    assert isinstance(refused.value, InvalidError)


def test_a_schema_that_slipped_in_with_an_outside_reference_fetches_nothing():
    definition = changed(TIRADS, "answers.properties.shape", {"$ref": "https://example.org/shape.json"})
    with pytest.raises(DefinitionError, match="outside itself"):
        check_answers(definition, {"shape": "round"})
