"""Head CT: each item present, absent or uncertain; what a type or a slice implies for the scan.

Three things are never decided quietly. What follows from other answers is marked as derived, with its reason; an
answer that contradicts them is remarked on; and uncertain never turns into absent.

Source: items of the CQ500 reading, Chilamkurthy S et al., Lancet 2018;392:2388-2396. By slice: Grewal M et al., RADnet,
ISBI 2018, whose rule of three slices is for models only (slice_rule.py): one slice that a reader marks is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotator.labels.form import title_of_question
from annotator.labels.score import Score, ScoreWarning


class Sign(StrEnum):
    """Uncertain is a value of its own and never counts as absent."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Derived:
    """An item's value that follows from other answers, and from which.

    Attributes
    ----------
    types : names of the types of haemorrhage that it follows from.
    ranges : how many ranges of slices it follows from.
    said : what the reader answered for the item; None when it was left open.
    """

    value: Sign
    types: tuple[str, ...] = ()
    ranges: int = 0
    said: Sign | None = None

    @property
    def contradicts(self) -> bool:
        """Whether the reader answered something else than what follows."""
        return self.said is not None and self.said is not self.value


@dataclass(frozen=True)
class HeadReading:
    """The whole scan: what the reader said, and what follows from it."""

    said: Mapping[str, Sign]
    derived: Mapping[str, Derived]

    def holds(self, item: str) -> Sign | None:
        """What counts for an item: what follows from other answers before what was said; None when open."""
        return self.derived[item].value if item in self.derived else self.said.get(item)


def read_head(
    haemorrhage: str,
    types: Sequence[str],
    said: Mapping[str, Sign],
    slices: Sequence[Mapping[str, Sign]] = (),
) -> HeadReading:
    """Work out what holds for a scan.

    A range of slices that shows an item makes the scan show it, and a type that is present makes haemorrhage present.
    Where nothing is present and the item was left open, one that is uncertain makes it uncertain. Absent is never
    derived: blood of no listed type stays possible, and the marked slices need not be all of them.

    Parameters
    ----------
    haemorrhage, types : names of the items.
    said : item -> what the reader answered for the scan.
    slices : for each range of slices, item -> what the reader answered for it.
    """
    derived: dict[str, Derived] = {}
    for item in (*types, haemorrhage):
        own_types = types if item == haemorrhage else ()
        for value in (Sign.PRESENT, Sign.UNCERTAIN):
            if said.get(item) is value or (value is Sign.UNCERTAIN and said.get(item) is not None):
                break
            # A type that follows from slices passes on: its slices are counted with the type, not again.
            from_types = tuple(t for t in own_types if (derived[t].value if t in derived else said.get(t)) is value)
            ranges = sum(1 for shown in slices if shown.get(item) is value)
            if from_types or ranges:
                derived[item] = Derived(value, from_types, ranges, said.get(item))
                break
    return HeadReading(said=said, derived=derived)


def score_head_ct(
    definition: dict[str, Any],
    answers: Mapping[str, Any],
    *,
    slices: Sequence[Mapping[str, Any]] = (),
    asks_for_types: bool = True,
) -> Score:
    """Sum up checked answers; no points, no level. What was derived is marked as derived.

    Parameters
    ----------
    slices : the reader's answers for ranges of slices, under the same names.
    asks_for_types : whether a bleed's types and side are missing until they are answered.
    """
    scoring = definition["scoring"]
    name, types, others = scoring["haemorrhage"], scoring["types"], scoring.get("others", [])
    reading = read_head(name, types, _signs([name, *types], answers), [_signs([name, *types], one) for one in slices])
    missing = _missing(scoring, answers, reading, asks_for_types=asks_for_types)
    lines = []
    for item in [name, *types]:
        value = reading.holds(item)
        if value is not None and (item == name or value is not Sign.ABSENT):
            because = (
                f" (derived from {_because(definition, reading.derived[item])})" if item in reading.derived else ""
            )
            lines.append(f"{title_of_question(definition, item)}: {value}{because}")
    lines += [
        f"{title_of_question(definition, item)}: {answers[item]}"
        for item in others
        if answers.get(item) in {Sign.PRESENT, Sign.UNCERTAIN}
    ]
    return Score(
        explanation=tuple(lines),
        missing=tuple(title_of_question(definition, item) for item in missing),
        missing_names=tuple(missing),
        warnings=tuple(_warnings(definition, name, types, reading, slices)),
        derived={
            item: {"value": found.value.value, "because": f"Follows from {_because(definition, found)}"}
            for item, found in reading.derived.items()
        },
    )


def _signs(items: Sequence[str], answers: Mapping[str, Any]) -> dict[str, Sign]:
    return {item: Sign(answers[item]) for item in items if item in answers}


def _missing(
    scoring: Mapping[str, Any], answers: Mapping[str, Any], reading: HeadReading, *, asks_for_types: bool
) -> Sequence[str]:
    """Types and side are asked for only where there may be blood."""
    name = scoring["haemorrhage"]
    haemorrhage = reading.holds(name)
    asked = [name] if haemorrhage is None else []
    if asks_for_types and haemorrhage in {Sign.PRESENT, Sign.UNCERTAIN}:
        asked += [t for t in scoring["types"] if t not in reading.derived]
    if haemorrhage is Sign.PRESENT and "side" in scoring:
        asked.append(scoring["side"])
    return [item for item in [*asked, *scoring.get("others", [])] if item not in answers]


def _warnings(
    definition: dict[str, Any],
    haemorrhage: str,
    types: Sequence[str],
    reading: HeadReading,
    slices: Sequence[Mapping[str, Any]],
) -> list[ScoreWarning]:
    warnings = []
    for item, found in reading.derived.items():
        if found.contradicts:
            what = " and ".join(_parts(definition, found, verb=True))
            warnings.append(
                ScoreWarning(
                    f'{title_of_question(definition, item)} is answered "{found.said}", yet {what}: present counts',
                    (item, *found.types),
                )
            )
    for item in (haemorrhage, *types):
        if reading.said.get(item) is not Sign.ABSENT or item in reading.derived:
            continue
        unsure = [t for t in types if item == haemorrhage and reading.holds(t) is Sign.UNCERTAIN]
        ranges = sum(1 for one in slices if one.get(item) == Sign.UNCERTAIN)
        if unsure or ranges:
            what = " and ".join(_parts(definition, Derived(Sign.UNCERTAIN, tuple(unsure), ranges), verb=True))
            warnings.append(
                ScoreWarning(
                    f'{title_of_question(definition, item)} is answered "absent", yet {what}: '
                    "say uncertain here, or settle it there",
                    (item, *unsure),
                )
            )
    return warnings


def _because(definition: dict[str, Any], found: Derived) -> str:
    return " and ".join(_parts(definition, found))


def _parts(definition: dict[str, Any], found: Derived, *, verb: bool = False) -> list[str]:
    """What a value follows from: types by their titles, slices by their number."""
    parts = []
    if found.types:
        titles = ", ".join(title_of_question(definition, t).lower() for t in found.types)
        parts.append(f"{titles} {'is' if len(found.types) == 1 else 'are'} {found.value}" if verb else titles)
    if found.ranges:
        counted = "a range of slices" if found.ranges == 1 else f"{found.ranges} ranges of slices"
        parts.append(
            f"{counted} {'is' if found.ranges == 1 else 'are'} marked {found.value}"
            if verb
            else f"{counted} marked {found.value}"
        )
    return parts
