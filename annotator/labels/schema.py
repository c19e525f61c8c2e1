"""A label schema's definition, and answers held against it. Pure: knows nothing of tables.

A definition is {"applies_to", "modalities", "answers", "form", "scoring"}, perhaps with "body_parts",
"description" and "source": what may be answered is JSON Schema (Draft 2020-12), how it is asked is the form,
what follows from it is the scoring. meta_schema.json says it exactly.
"""

import json
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from annotator.labels.birads import ASSESSMENTS, NOT_IMAGED, score_birads
from annotator.labels.errors import AnswerError, DefinitionError
from annotator.labels.head_ct import Sign, score_head_ct
from annotator.labels.score import Score
from annotator.labels.tirads import score_tirads

_META_SCHEMA = Path(__file__).with_name("meta_schema.json")


def check_definition(definition: dict[str, Any]) -> None:
    """Check that a definition holds together: shape, answers and form alike, scoring over questions that exist.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    if fault := best_match(_meta_validator().iter_errors(definition)):
        raise DefinitionError(fault.message, _joined(fault.absolute_path))
    try:
        Draft202012Validator.check_schema(definition["answers"])
    except SchemaError as error:
        raise DefinitionError(error.message, _joined(["answers", *error.absolute_path])) from error
    _check_references(definition["answers"])
    _check_form(definition)
    _check_scoring(definition)


def check_answers(definition: dict[str, Any], answers: dict[str, Any]) -> None:
    """Check answers against a checked definition. Questions may be left open, none may be made up.

    Raises
    ------
    AnswerError : with the path of the question, e.g. "answers.echogenic_foci[1]".
    """
    if not isinstance(answers, dict):
        raise AnswerError("answers must be an object of question names and what was chosen", "answers")
    properties = definition["answers"]["properties"]
    for name in answers:
        if name not in properties:
            raise AnswerError(
                f"this schema has no question {name!r}: it has {', '.join(properties)}", f"answers.{name}"
            )
    _check_finite(answers, ("answers",))
    validator = Draft202012Validator(definition["answers"], registry=Registry())
    try:
        fault = best_match(validator.iter_errors(answers))
    except Unresolvable as error:
        raise DefinitionError(f"the schema refers to something outside itself: {error}", "answers") from error
    if fault is not None:
        raise AnswerError(_in_words(fault), _joined(["answers", *fault.absolute_path]))


def score_answers(
    definition: dict[str, Any],
    answers: dict[str, Any],
    *,
    size_mm: float | None = None,
    finding_count: int | None = None,
) -> dict[str, Any]:
    """Compute what a checked definition's scoring makes of checked answers.

    Parameters
    ----------
    size_mm : the finding's largest diameter measured on a calibrated picture, in millimetres.
    finding_count : findings marked in the case, where the scoring checks consistency; None when not known.

    Returns
    -------
    JSON: points (or null), level (or null), recommendation, explanation, missing, missing_names, warnings;
    for TI-RADS also systems, size_mm and size_source, for BI-RADS category, for head CT derived.
    """
    kind = definition["scoring"]["kind"]
    if kind == "tirads":
        return score_tirads(definition, answers, size_mm=size_mm).to_json()
    if kind == "birads":
        return score_birads(definition, answers, finding_count=finding_count).to_json()
    if kind == "head_ct":
        return score_head_ct(definition, answers).to_json()
    return Score().to_json()


@cache
def _meta_validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_META_SCHEMA.read_text(encoding="utf-8")))


def _joined(parts: Iterable[str | int]) -> str:
    """A path as the other rooms write it: names joined by dots, places in a list in brackets."""
    joined = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return joined.removeprefix(".")


def _in_words(fault: ValidationError) -> str:
    """The schema's own words for a fault where it has some ("x-message"), else words for the common ones."""
    if isinstance(fault.schema, dict) and "x-message" in fault.schema:
        return str(fault.schema["x-message"])
    if fault.validator == "enum":
        return f"{fault.instance!r} can't be chosen here: one of {', '.join(str(v) for v in fault.validator_value)}"
    return str(fault.message)


def _check_finite(value: object, path: tuple[str | int, ...]) -> None:
    """JSON has no NaN and no infinity, JSON Schema lets both pass as numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        raise AnswerError(f"{value} is no number that can be kept", _joined(path))
    if isinstance(value, dict):
        for name, item in value.items():
            _check_finite(item, (*path, str(name)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_finite(item, (*path, index))


def _check_references(part: object) -> None:
    """A schema must be whole in itself: nothing is fetched to check an answer."""
    if isinstance(part, dict):
        for name in ("$ref", "$dynamicRef"):
            if isinstance(reference := part.get(name), str) and not reference.startswith("#"):
                raise DefinitionError(
                    f"{name} {reference!r} points outside the schema: only #... is allowed", "answers"
                )
        for item in part.values():
            _check_references(item)
    elif isinstance(part, list):
        for item in part:
            _check_references(item)


def _check_form(definition: dict[str, Any]) -> None:
    """Every answer is asked exactly once, and what a question offers is what its answer allows."""
    properties = definition["answers"]["properties"]
    asked = [q["name"] for q in definition["form"]["questions"]]
    for index, question in enumerate(definition["form"]["questions"]):
        name, path = question["name"], f"form.questions[{index}]"
        if asked.count(name) > 1:
            raise DefinitionError(f"the form asks {name!r} more than once", path)
        if name not in properties:
            raise DefinitionError(f"the form asks {name!r}, which the answers don't have", path)
        _check_question(question, properties[name], path)
    if unasked := set(properties) - set(asked):
        raise DefinitionError(f"the form never asks {', '.join(sorted(unasked))}", "form.questions")


def _check_question(question: dict[str, Any], allowed: dict[str, Any], path: str) -> None:
    kind = question["kind"]
    if kind in {"choice", "multiple"}:
        values = [option["value"] for option in question["options"]]
        choices = allowed.get("enum") if kind == "choice" else allowed.get("items", {}).get("enum")
        if len(set(values)) != len(values) or set(values) != set(choices or []):
            raise DefinitionError(f"the options of {question['name']!r} are not what its answer allows", path)
        if kind == "multiple" and not (allowed.get("type") == "array" and allowed.get("uniqueItems")):
            raise DefinitionError(f"the answer to {question['name']!r} must be an array of unique items", path)
    elif (
        allowed.get("type") not in {"boolean": ("boolean",), "text": ("string",), "number": ("number", "integer")}[kind]
    ):
        raise DefinitionError(f"a {kind} question can't be answered by type {allowed.get('type')!r}", path)
    if kind == "text" and "maxLength" not in allowed:
        raise DefinitionError(f"the answer to {question['name']!r} needs a maxLength", path)


def _check_scoring(definition: dict[str, Any]) -> None:
    scoring = definition["scoring"]
    questions = {q["name"]: q for q in definition["form"]["questions"]}
    if scoring["kind"] == "tirads":
        _need_questions(questions, scoring["categories"], ("choice", "multiple"))
        _need_questions(questions, [scoring["size"]] if "size" in scoring else [], ("number",))
        _check_points(scoring, questions)
    elif scoring["kind"] == "birads":
        _need_questions(questions, scoring["sides"], ("choice",))
        _need_options(questions, scoring["sides"], {*ASSESSMENTS, NOT_IMAGED})
        order = scoring.get("most_abnormal_first")
        if order is not None and set(order) != set(ASSESSMENTS):
            raise DefinitionError("the order must hold every category once", "scoring.most_abnormal_first")
    elif scoring["kind"] == "head_ct":
        signs = [scoring["haemorrhage"], *scoring["types"], *scoring.get("others", [])]
        _need_questions(questions, [*signs, *([scoring["side"]] if "side" in scoring else [])], ("choice",))
        _need_options(questions, signs, set(Sign))


def _need_questions(questions: dict[str, dict[str, Any]], names: Iterable[str], kinds: tuple[str, ...]) -> None:
    for name in names:
        if name not in questions or questions[name]["kind"] not in kinds:
            raise DefinitionError(f"the scoring needs a {' or '.join(kinds)} question {name!r}", "scoring")


def _need_options(questions: dict[str, dict[str, Any]], names: Iterable[str], known: Iterable[str]) -> None:
    known = {str(value) for value in known}
    for name in names:
        if strange := {o["value"] for o in questions[name]["options"]} - known:
            raise DefinitionError(f"the scoring knows no {', '.join(sorted(strange))} in {name!r}", "scoring")


def _check_points(scoring: dict[str, Any], questions: dict[str, dict[str, Any]]) -> None:
    """Every option has points in every system, the levels begin at 0, and no level counts twice."""
    for system in scoring["systems"]:
        for category in scoring["categories"]:
            for option in questions[category]["options"]:
                if system["name"] not in option.get("points", {}):
                    raise DefinitionError(
                        f"{option['value']!r} of {category!r} has no points in {system['name']!r}", "form.questions"
                    )
        for category, features in system.get("ends_at_zero", {}).items():
            known = {o["value"] for o in questions.get(category, {}).get("options", [])}
            if category not in scoring["categories"] or not set(features) <= known:
                raise DefinitionError(f"{system['name']!r} ends at features that don't exist", "scoring.systems")
    starts = [level["from"] for level in scoring["levels"]]
    if starts != sorted(set(starts)) or starts[0] != 0:
        raise DefinitionError("levels must begin at 0 points and rise", "scoring.levels")
