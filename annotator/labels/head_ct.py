"""Head CT: each item present, absent or uncertain; a type of haemorrhage implies haemorrhage.

Source: items of the CQ500 reading, Chilamkurthy S et al., Lancet 2018;392:2388-2396.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotator.labels.form import title_of_question
from annotator.labels.score import Score


class Sign(StrEnum):
    """Uncertain is a value of its own and never counts as absent."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Haemorrhage:
    """The scan's haemorrhage: what holds, and which types it follows from (empty when the reader said it)."""

    value: Sign | None
    derived_from: tuple[str, ...]
    contradicted: bool


def haemorrhage_of(said: Sign | None, types: Mapping[str, Sign]) -> Haemorrhage:
    """Work out whether the scan shows haemorrhage; a type that is present makes it present.

    Nothing is concluded from types that are absent or uncertain: blood of no listed type stays possible.

    Parameters
    ----------
    said : what the reader answered for haemorrhage itself.
    types : type -> what the reader answered.
    """
    present = tuple(name for name, sign in types.items() if sign is Sign.PRESENT)
    if not present or said is Sign.PRESENT:
        return Haemorrhage(said, (), False)
    return Haemorrhage(Sign.PRESENT, present, said is not None)


def score_head_ct(definition: dict[str, Any], answers: dict[str, Any]) -> Score:
    """Sum up checked answers; no points, no level. What was derived is marked as derived."""
    scoring = definition["scoring"]
    name, type_names = scoring["haemorrhage"], scoring["types"]
    types = {t: Sign(answers[t]) for t in type_names if t in answers}
    said = Sign(answers[name]) if name in answers else None
    bleed = haemorrhage_of(said, types)
    missing = _missing(scoring, answers, bleed.value)
    title = title_of_question(definition, name)
    lines = []
    if bleed.value is not None:
        lines.append(f"{title}: {bleed.value}{_because(definition, bleed.derived_from)}")
    lines += [
        f"{title_of_question(definition, item)}: {answers[item]}"
        for item in [*type_names, *scoring.get("others", [])]
        if answers.get(item) in {Sign.PRESENT, Sign.UNCERTAIN}
    ]
    warnings = [f'{title} is answered "{said}", yet a type is present: present counts'] if bleed.contradicted else []
    return Score(
        explanation=tuple(lines),
        missing=tuple(title_of_question(definition, item) for item in missing),
        missing_names=tuple(missing),
        warnings=tuple(warnings),
        extra={
            "derived": {name: {"value": bleed.value, "derived_from": list(bleed.derived_from)}}
            if bleed.derived_from
            else {}
        },
    )


def _missing(scoring: Mapping[str, Any], answers: Mapping[str, Any], haemorrhage: Sign | None) -> Sequence[str]:
    """Types and side are asked for only where there may be blood."""
    asked = [scoring["haemorrhage"]] if haemorrhage is None else []
    if haemorrhage in {Sign.PRESENT, Sign.UNCERTAIN}:
        asked += scoring["types"]
    if haemorrhage is Sign.PRESENT and "side" in scoring:
        asked.append(scoring["side"])
    return [item for item in [*asked, *scoring.get("others", [])] if item not in answers]


def _because(definition: dict[str, Any], types: Sequence[str]) -> str:
    if not types:
        return ""
    return f" (derived from {', '.join(title_of_question(definition, t).lower() for t in types)})"
