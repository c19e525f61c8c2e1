"""Label schemas made of a few questions, as rows. For tests that need none of the shipped ones."""

from typing import Any

from annotator.labels.form import answers_for_questions
from annotator.labels.models import LabelSchema
from annotator.labels.schema import check_definition


def install(
    key: str, applies_to: str, *questions: dict[str, Any], version: int = 1, scoring: dict[str, Any] | None = None
) -> LabelSchema:
    """A version of a CT schema that asks these questions."""
    definition = {
        "applies_to": applies_to,
        "modalities": ["CT"],
        "answers": answers_for_questions(questions),
        "form": {"questions": list(questions)},
        "scoring": scoring or {"kind": "none"},
    }
    check_definition(definition)
    return LabelSchema.objects.create(key=key, version=version, title=key.capitalize(), definition=definition)
