"""A definition as it is edited, without what follows from the rest, and whole again as it is checked. Pure.

The form says what is asked; what may be answered ("answers") follows from it. A draft may hold "answers" all the same,
written by hand: then they stand.
"""

import copy
from typing import Any

from annotator.labels.errors import DefinitionError
from annotator.labels.form import answers_for_questions
from annotator.labels.plain_json import check_plain_json

BLANK: dict[str, Any] = {
    "applies_to": "finding",
    "modalities": ["CT"],
    "form": {"questions": []},
    "scoring": {"kind": "none"},
}
# What a number may be where nobody says.
LEAST, MOST = 0, 1_000_000


def open_for_editing(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a checked definition with the bounds of numbers in the form, and without "answers"."""
    opened = copy.deepcopy({name: part for name, part in definition.items() if name != "answers"})
    for question in opened["form"]["questions"]:
        allowed = definition["answers"]["properties"][question["name"]]
        if question["kind"] == "number":
            for name in ("minimum", "maximum"):
                if (bound := allowed.get(name, allowed.get(f"exclusive{name.capitalize()}"))) is not None:
                    question.setdefault(name, bound)
        old = question.pop("visible_when", None)
        if old:
            question.setdefault("show_when", _as_condition(old, opened["form"]["questions"]))
    return opened


def completed(definition: object) -> dict[str, Any]:
    """Return a definition with its "answers"; whether it holds together is not asked.

    Raises
    ------
    DefinitionError : the form is not such that answers follow from it; with the path of the fault.
    """
    check_plain_json(definition)
    if not isinstance(definition, dict):
        raise DefinitionError("a definition is an object")
    if "answers" in definition:
        return definition
    form = definition.get("form")
    questions = form.get("questions") if isinstance(form, dict) else None
    if not isinstance(questions, list):
        raise DefinitionError("a form has a list of questions", "form.questions")
    for place, question in enumerate(questions):
        _check_shape(question, f"form.questions[{place}]")
    bounded = [
        {"minimum": LEAST, "maximum": MOST, **question} if question["kind"] == "number" else question
        for question in questions
    ]
    return {**definition, "answers": answers_for_questions(bounded)}


def _check_shape(question: object, path: str) -> None:
    if not isinstance(question, dict):
        raise DefinitionError("a question is an object", path)
    for name in ("name", "kind"):
        if not isinstance(question.get(name), str) or not question[name]:
            raise DefinitionError(f"this question needs a {name}", f"{path}.{name}")
    if question["kind"] not in {"choice", "multiple"}:
        return
    options = question.get("options")
    if not isinstance(options, list) or not options:
        raise DefinitionError("this question needs options to choose from", f"{path}.options")
    for place, option in enumerate(options):
        if not isinstance(option, dict) or not isinstance(option.get("value"), str) or not option["value"]:
            raise DefinitionError("this option needs a value", f"{path}.options[{place}].value")


def _as_condition(old: dict[str, Any], questions: list[dict[str, Any]]) -> dict[str, Any]:
    """The older form, {question: value or values}, as a condition."""
    kinds = {question["name"]: question["kind"] for question in questions}
    parts: list[dict[str, Any]] = []
    for name, value in old.items():
        values = value if isinstance(value, list) else [value]
        if kinds.get(name) == "multiple":
            included = [{"question": name, "includes": one} for one in values]
            parts.append(included[0] if len(included) == 1 else {"any": included})
        else:
            parts.append({"question": name, "is_one_of": values})
    return parts[0] if len(parts) == 1 else {"all": parts}
