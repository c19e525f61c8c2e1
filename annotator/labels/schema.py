"""A label schema's definition, and answers held against it. Pure: knows nothing of tables.

A definition is {"applies_to", "modalities", "answers", "form", "scoring"}, perhaps with "body_parts",
"description" and "source": what may be answered is JSON Schema (Draft 2020-12), how it is asked is the form,
what follows from it is the scoring. meta_schema.json says its shape, docs/label-schemas.md its meaning.
"""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from annotator.labels.conditions import condition_in_words, is_answered, shown_answers, shown_questions
from annotator.labels.context import NOTHING_KNOWN, ScoringContext, check_size
from annotator.labels.definition_checks import check_answers_schema, check_form
from annotator.labels.errors import AnswerError, DefinitionError, in_short
from annotator.labels.plain_json import check_plain_json, joined
from annotator.labels.scoring_functions import check_scoring, scoring_of

_META_SCHEMA = Path(__file__).with_name("meta_schema.json")


def check_definition(definition: object) -> None:
    """Check that a definition holds together: shape, answers and form alike, scoring over questions that exist.

    Parameters
    ----------
    definition : anything that came as JSON.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    check_plain_json(definition)
    if fault := best_match(_meta_validator().iter_errors(definition)):
        raise DefinitionError(in_short(fault.message), joined(fault.absolute_path))
    if not isinstance(definition, dict):
        raise DefinitionError("a definition is an object", "")
    check_answers_schema(definition["answers"])
    check_form(definition)
    check_scoring(definition)


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
                f"this schema has no question {in_short(repr(name))}: it has {', '.join(properties)}",
                f"answers.{in_short(str(name))}",
            )
    _check_finite(answers, ("answers",))
    validator = Draft202012Validator(definition["answers"], registry=Registry())
    try:
        fault = best_match(validator.iter_errors(answers))
    except (Unresolvable, RecursionError) as error:
        raise DefinitionError(f"the schema refers to something outside itself: {error}", "answers") from error
    if fault is not None:
        raise AnswerError(_in_words(fault), joined(["answers", *fault.absolute_path]))
    _check_alone(definition, answers)
    _check_asked(definition, answers)


def score_answers(
    definition: dict[str, Any], answers: dict[str, Any], *, context: ScoringContext = NOTHING_KNOWN
) -> dict[str, Any]:
    """Compute what a checked definition's scoring makes of checked answers.

    Parameters
    ----------
    context : what the score may follow from beside the answers.

    Returns
    -------
    JSON: points (or null), level (or null), recommendation, explanation, missing, missing_names, warnings; what a
    kind of scoring adds (for TI-RADS systems, size_mm and size_source, for BI-RADS category, for head CT derived).
    Questions that the form requires are missing, too, while they are asked and not answered.

    Raises
    ------
    AnswerError : a measured size that can be none; path "size_mm".
    """
    check_size(context.size_mm)
    questions = definition["form"]["questions"]
    given = shown_answers(questions, answers)
    score = scoring_of(definition).score(definition, given, context).to_json()
    shown = shown_questions(questions, answers)
    hidden = {q["name"] for q in questions} - set(shown)
    open_ = {n: t for n, t in zip(score["missing_names"], score["missing"], strict=True) if n not in hidden}
    derived = score.get("derived") or {}
    for question in questions:
        name = question["name"]
        is_open = name in shown and name not in derived and not is_answered(given.get(name))
        if question.get("required") and is_open:
            open_.setdefault(name, question["title"])
    # In the form's order; what other answers are missing for (a breast without assessment) comes after it.
    place = {question["name"]: index for index, question in enumerate(questions)}
    names = sorted(open_, key=lambda name: place.get(name, len(place)))
    return {**score, "missing_names": names, "missing": [open_[name] for name in names]}


@cache
def _meta_validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_META_SCHEMA.read_text(encoding="utf-8")))


def _in_words(fault: ValidationError) -> str:
    """The schema's own words for a fault where it has some ("x-message"), else words for the common ones."""
    if isinstance(fault.schema, dict) and "x-message" in fault.schema:
        return str(fault.schema["x-message"])
    if fault.validator == "enum":
        given = in_short(repr(fault.instance))
        return f"{given} can't be chosen here: one of {', '.join(str(v) for v in fault.validator_value)}"
    return in_short(str(fault.message))


def _check_finite(value: object, path: tuple[str | int, ...]) -> None:
    """JSON has no NaN and no infinity, JSON Schema lets both pass as numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        raise AnswerError(f"{value} is no number that can be kept", joined(path))
    if isinstance(value, dict):
        for name, item in value.items():
            _check_finite(item, (*path, str(name)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_finite(item, (*path, index))


def _check_alone(definition: dict[str, Any], answers: dict[str, Any]) -> None:
    """An option such as "none" can't be chosen together with others."""
    for question in definition["form"]["questions"]:
        chosen = answers.get(question["name"])
        if question["kind"] != "multiple" or not isinstance(chosen, list) or len(chosen) < 2:
            continue
        for option in question["options"]:
            if option.get("excludes_others") and option["value"] in chosen:
                raise AnswerError(
                    f'"{option["title"]}" can\'t be chosen together with others: take one or the other away',
                    f"answers.{question['name']}",
                )


def _check_asked(definition: dict[str, Any], answers: dict[str, Any]) -> None:
    """A question that is not asked has no answer."""
    questions = definition["form"]["questions"]
    shown = shown_questions(questions, answers)
    for question in questions:
        name = question["name"]
        if name in answers and name not in shown:
            raise AnswerError(
                f"{question['title']!r} isn't asked here, only when "
                f"{condition_in_words(question['show_when'], questions)}: leave its answer out",
                f"answers.{name}",
            )
