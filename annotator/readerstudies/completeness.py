"""What is still open in a reading that asks fixed label schemas. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

_SIDES = {"L": "left", "R": "right"}


@dataclass(frozen=True)
class AskedSchema:
    """A schema that is asked in the case: its reference, what it is called, and what it is about.

    Attributes
    ----------
    demanded : what of it must be answered though it may be left out otherwise: "L", "R", or "" for any one of it.
    """

    reference: str
    title: str
    applies_to: str
    demanded: tuple[str, ...] = ()


@dataclass(frozen=True)
class GivenAnswer:
    """An answer: under which reference, about which finding, and what its score waits for, in words."""

    reference: str
    finding: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What a reader made: findings by identifier with what they are called, and the answers."""

    findings: dict[str, str] = field(default_factory=dict)
    answers: Sequence[GivenAnswer] = ()


def what_is_missing(asked: Iterable[AskedSchema], given: Given) -> list[str]:
    """Say in words what keeps a reading from being complete; nothing where it is.

    A schema about the case is answered once, one about findings for every finding. A breast or a range of slices may be
    left out unless it is demanded; what was begun must be complete.
    """
    missing: list[str] = []
    answered = {(one.reference, one.finding) for one in given.answers}
    titles: dict[str, str] = {}
    for schema in asked:
        titles[schema.reference] = schema.title
        if schema.applies_to == "case" and (schema.reference, None) not in answered:
            missing.append(f"{schema.title} is not answered")
        for what in schema.demanded:
            if what and (schema.reference, what) not in answered:
                missing.append(f"{schema.title} is not answered for the {_SIDES.get(what, what)} breast")
            elif not what and not any(reference == schema.reference for reference, _ in answered):
                missing.append(f"{schema.title} is not answered")
        if schema.applies_to == "finding":
            missing += [
                f"{schema.title} is not answered for {name}"
                for finding, name in given.findings.items()
                if (schema.reference, finding) not in answered
            ]
    for answer in given.answers:
        if answer.missing and answer.reference in titles:
            about = f" of {given.findings[answer.finding]}" if answer.finding in given.findings else ""
            missing.append(f"{titles[answer.reference]}{about}: {', '.join(answer.missing)}")
    return missing


def missing_words(score: dict[str, Any]) -> tuple[str, ...]:
    """What a score waits for, as the form calls it."""
    return tuple(str(word) for word in score.get("missing", ()))
