"""Questions of a form: their titles, and the answer that each of them allows."""

from collections.abc import Iterable, Mapping
from typing import Any

# What can be drawn in answer to "draw this"; the same words as annotations.MarkKind, which stands on a higher floor.
DRAWN_KINDS = (
    "box",
    "ellipse",
    "contour",
    "spline",
    "point",
    "length",
    "bidirectional",
    "angle",
    "arrow",
    "mask",
    "slices",
)
LONGEST_ANSWER = 4000
MOST_DRAWN = 200


def question_named(definition: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the form's question of this name; a checked definition has one for every answer."""
    found: dict[str, Any] = next(q for q in definition["form"]["questions"] if q["name"] == name)
    return found


def title_of_question(definition: dict[str, Any], name: str) -> str:
    """Return the title that the form gives a question."""
    return str(question_named(definition, name)["title"])


def title_of_option(definition: dict[str, Any], name: str, value: str) -> str:
    """Return the title that the form gives one option of a question."""
    return next(str(o["title"]) for o in question_named(definition, name)["options"] if o["value"] == value)


def answers_for_questions(questions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the JSON Schema of the answers that these questions allow: the definition's "answers".

    A number's bounds are the question's "minimum" and "maximum".
    """
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {question["name"]: _answer_to(question) for question in questions},
    }


def _answer_to(question: Mapping[str, Any]) -> dict[str, Any]:
    kind = question["kind"]
    if kind in {"choice", "multiple"}:
        values = {"enum": [option["value"] for option in question["options"]]}
        return values if kind == "choice" else {"type": "array", "minItems": 1, "uniqueItems": True, "items": values}
    if kind == "draw":
        marks = {"type": "string", "maxLength": 36}
        return {"type": "array", "minItems": 1, "maxItems": MOST_DRAWN, "uniqueItems": True, "items": marks}
    if kind == "number":
        return {"type": "number", "minimum": question["minimum"], "maximum": question["maximum"]}
    return {"type": "boolean"} if kind == "boolean" else {"type": "string", "maxLength": LONGEST_ANSWER}
