"""Titles of questions and options, looked up in a definition's form."""

from typing import Any


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
