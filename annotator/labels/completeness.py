"""What a reading may not be submitted without: required questions of forms that were begun. Pure.

A form that nobody began may be left: forms are offered by modality, and not every one is meant for every case. The
viewer's twin is requiredLeft in frontend/viewer/src/panels/required.ts; both are held against
completeness_cases.json in the tests.
"""

from collections.abc import Mapping
from typing import Any

from annotator.labels.conditions import is_answered, shown_questions


def required_left(
    definition: Mapping[str, Any], answers: Mapping[str, Any], *, derived: Mapping[str, Any]
) -> tuple[str, ...]:
    """Names of the required questions of one form that are asked and open, in the form's order.

    Parameters
    ----------
    definition : a checked one.
    answers : to its questions; with none of them the form was not begun, and nothing is left.
    derived : answers that follow from others, by question, as the score holds them: they need no answer of their own.
    """
    if not answers:
        return ()
    questions = definition["form"]["questions"]
    required = {question["name"] for question in questions if question.get("required")}
    shown = shown_questions(questions, answers)
    return tuple(n for n in shown if n in required and n not in derived and not is_answered(answers.get(n)))
