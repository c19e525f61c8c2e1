"""Training targets of answers: what uncertain counts as is a policy that was chosen, never a silent no. Pure."""

from collections.abc import Mapping
from typing import Any

from annotator.labels.head_ct import Sign
from annotator.labels.uncertain import UncertainPolicy, target_of

UNCERTAIN = "uncertain"
# What questions that may be answered "uncertain" call yes and no.
_SIGNS = {
    "present": Sign.PRESENT,
    "yes": Sign.PRESENT,
    "positive": Sign.PRESENT,
    "true": Sign.PRESENT,
    "absent": Sign.ABSENT,
    "no": Sign.ABSENT,
    "negative": Sign.ABSENT,
    "false": Sign.ABSENT,
    UNCERTAIN: Sign.UNCERTAIN,
}


def targets_of(
    definition: Mapping[str, Any], answers: Mapping[str, Any], score: Mapping[str, Any], policy: UncertainPolicy
) -> dict[str, float | None]:
    """1.0, 0.0, 0.5 or None of every question with a yes, a no and perhaps an uncertain, that was answered.

    What the score derives (a bleed that slices show) goes before what was said.
    """
    derived = score.get("derived") or {}
    found = {}
    for name in sign_questions(definition):
        value = derived[name].get("value") if isinstance(derived.get(name), Mapping) else answers.get(name)
        sign = _sign(value)
        if sign is not None:
            found[name] = target_of(sign, policy)
    return found


def sign_questions(definition: Mapping[str, Any]) -> list[str]:
    """The questions that have a target: yes or no, and those whose options are words for yes, no and uncertain."""
    found = []
    for question in definition["form"]["questions"]:
        options = [option["value"] for option in question.get("options", ())]
        if question["kind"] == "boolean" or (
            question["kind"] == "choice" and options and set(options) <= _SIGNS.keys()
        ):
            found.append(question["name"])
    return found


def _sign(value: Any) -> Sign | None:
    if isinstance(value, bool):
        return Sign.PRESENT if value else Sign.ABSENT
    return _SIGNS.get(value) if isinstance(value, str) else None
