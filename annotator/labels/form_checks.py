"""What does not go together within one form, as data: the viewer tells it while its reader answers. Pure.

A check is a condition (conditions.py) and the words that are told while it holds. Its rule is written once, in the
scoring that knows it: this server warns by it when an answer is saved, and the manifest takes it to the viewer, which
evaluates the same conditions at once (frontend/viewer/src/panels/form_checks.ts).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.labels.conditions import Condition, holds
from annotator.labels.score import ScoreWarning


@dataclass(frozen=True)
class FormCheck:
    """While `when` holds, `message` is told about `questions`.

    Attributes
    ----------
    message : the answer to a question stands in it as {question}.
    when, message : may also name facts of the case, "@...", that the scoring gives beside the answers; both sides know
        how to find them.
    """

    when: Condition
    message: str
    questions: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the check as the manifest holds it."""
        return {"when": self.when, "message": self.message, "questions": list(self.questions)}


def checked(checks: Iterable[FormCheck], answers: Mapping[str, Any]) -> list[ScoreWarning]:
    """Warn of what does not go together.

    Parameters
    ----------
    answers : to questions that are asked, with those that follow from others.
    """
    return [
        ScoreWarning(_said(check.message, answers), check.questions) for check in checks if holds(check.when, answers)
    ]


def _said(message: str, answers: Mapping[str, Any]) -> str:
    for name, value in answers.items():
        message = message.replace(f"{{{name}}}", str(value))
    return message
