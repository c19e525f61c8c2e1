"""What an uncertain answer counts as: chosen when data are exported or analysed, never when a reader answers. Pure.

Source of the policies: Irvin J et al., CheXpert, AAAI 2019 (U-Ones, U-Zeros, U-Ignore); soft labels as Pham HH et al.,
Neurocomputing 2021.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from annotator.labels.conditions import shown_questions
from annotator.labels.head_ct import Sign

SOFT_LABEL = 0.5
# What questions that can be answered yes or no call it.
_SIGNS: dict[object, Sign] = {
    **dict.fromkeys(("present", "yes", "positive", "true"), Sign.PRESENT),
    **dict.fromkeys(("absent", "no", "negative", "false"), Sign.ABSENT),
    "uncertain": Sign.UNCERTAIN,
}


class UncertainPolicy(StrEnum):
    """How uncertain answers enter a truth of positives and negatives."""

    AS_POSITIVE = "as_positive"
    AS_NEGATIVE = "as_negative"
    IGNORE = "ignore"
    SOFT = "soft"


_VALUES: dict[UncertainPolicy, float | None] = {
    UncertainPolicy.AS_POSITIVE: 1.0,
    UncertainPolicy.AS_NEGATIVE: 0.0,
    UncertainPolicy.IGNORE: None,
    UncertainPolicy.SOFT: SOFT_LABEL,
}


def target_of(sign: Sign | None, policy: UncertainPolicy) -> float | None:
    """The training target of an answer: 1 present, 0 absent, and what the policy says of uncertain.

    Returns
    -------
    None where the answer is to be left out: it was not given, or it is uncertain and the policy ignores that.
    """
    if sign is None:
        return None
    if sign is Sign.UNCERTAIN:
        return _VALUES[policy]
    return 1.0 if sign is Sign.PRESENT else 0.0


def targets_of(
    definition: Mapping[str, Any],
    answers: Mapping[str, Any],
    policy: UncertainPolicy,
    *,
    derived: Mapping[str, Any] | None = None,
) -> dict[str, float | None]:
    """The training targets of checked answers, question by question, after a policy for uncertain ones.

    Parameters
    ----------
    derived : of the score, {question: {"value": ...}}: what follows from other answers goes before what was said.

    Returns
    -------
    "question" for one that is answered yes or no (present or absent); "question=option" for each option of another
    choice, of which one is 1, and of several, of which any may be. Uncertain among them says that every option that
    was not chosen may hold. Questions that are not asked, not answered, or answered by numbers, text or drawing have
    no target; None: to be left out.
    """
    questions = definition["form"]["questions"]
    counted = {name: answers[name] for name in shown_questions(questions, answers) if answers.get(name) is not None}
    counted |= {name: one["value"] for name, one in (derived or {}).items() if one["value"] is not None}
    targets: dict[str, float | None] = {}
    for question in questions:
        if question["name"] in counted:
            targets |= _targets_of_question(question, counted[question["name"]], policy)
    return targets


def target_names(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of all targets that answers to a checked definition can have, in the form's order."""
    return tuple(name for question in definition["form"]["questions"] for name in _names_of_question(question))


def sign_of_scan(slices: Iterable[Sign | None], *, said: Sign | None = None) -> Sign | None:
    """What holds for a scan by its slices and by what the reader said of it as a whole.

    Any slice marked present makes the scan present, whatever was said. Else what was said counts; where nothing
    was, an uncertain slice makes the scan uncertain, and only slices that are all answered absent make it absent.

    Parameters
    ----------
    slices : one answer a slice, None where it was not answered.
    said : of the whole scan; None when not answered.
    """
    given = list(slices)
    if Sign.PRESENT in given:
        return Sign.PRESENT
    if said is not None:
        return said
    if Sign.UNCERTAIN in given:
        return Sign.UNCERTAIN
    return Sign.ABSENT if given and all(sign is Sign.ABSENT for sign in given) else None


def _names_of_question(question: Mapping[str, Any]) -> list[str]:
    name, kind = question["name"], question["kind"]
    if kind == "boolean" or _is_sign(question):
        return [name]
    if kind not in {"choice", "multiple"}:
        return []
    # "None of them" is no sign of its own: all the others are 0 then.
    return [
        f"{name}={option['value']}"
        for option in question.get("options", ())
        if option["value"] != Sign.UNCERTAIN.value and not option.get("excludes_others")
    ]


def _is_sign(question: Mapping[str, Any]) -> bool:
    values = {option["value"] for option in question.get("options", ())}
    return question["kind"] == "choice" and bool(values) and values <= _SIGNS.keys()


def _targets_of_question(question: Mapping[str, Any], value: Any, policy: UncertainPolicy) -> dict[str, float | None]:
    names = _names_of_question(question)
    if question["kind"] == "boolean":
        return dict.fromkeys(names, target_of(Sign.PRESENT if value else Sign.ABSENT, policy))
    if _is_sign(question):
        return dict.fromkeys(names, target_of(_SIGNS[value], policy))
    chosen = set(value) if isinstance(value, list) else {value}
    open_ = Sign.UNCERTAIN if Sign.UNCERTAIN.value in chosen else Sign.ABSENT
    present = {f"{question['name']}={option}" for option in chosen}
    return {name: target_of(Sign.PRESENT if name in present else open_, policy) for name in names}
