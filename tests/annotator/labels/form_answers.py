"""Answers that lead to a question of a form."""

from typing import Any


def answers_that_show(definition: dict[str, Any], name: str) -> dict[str, Any]:
    """Answers under which a question is asked; of a choice between conditions the first is taken."""
    question = next(q for q in definition["form"]["questions"] if q["name"] == name)
    return _meeting(definition, question["show_when"]) if "show_when" in question else {}


def _meeting(definition: dict[str, Any], condition: dict[str, Any]) -> dict[str, Any]:
    if "any" in condition:
        return _meeting(definition, condition["any"][0])
    if "all" in condition:
        met = [_meeting(definition, part) for part in condition["all"]]
        return {name: value for answers in met for name, value in answers.items()}
    if "is" in condition:
        value = condition["is"]
    elif "is_one_of" in condition:
        value = condition["is_one_of"][0]
    else:
        value = [condition["includes"]]
    return {**answers_that_show(definition, condition["question"]), condition["question"]: value}
