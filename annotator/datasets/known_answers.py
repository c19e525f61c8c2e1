"""What is known of a question: what was answered, else what the schema's scoring derives from the rest. Pure."""

from collections.abc import Mapping
from typing import Any


def known_answers(answers: Mapping[str, Any], score: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with what follows from them and from others, where the reader left a question open."""
    derived = score.get("derived") or {}
    followed = {name: one.get("value") for name, one in derived.items() if isinstance(one, Mapping)}
    return {name: value for name, value in followed.items() if value is not None} | dict(answers)
