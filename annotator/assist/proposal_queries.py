"""Proposal against final: what became of models' suggestions in readers' hands."""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person
from annotator.assist.actions.answer_outline import CORRECTED
from annotator.assist.models import Decision, Outcome, SuggestionDecision
from annotator.assist.policies import may_promote_models

# Not counted as what a model did wrong: the reader went on with its correction.
_CORRECTED = "corrected"
_ACCEPTED = "accepted"


@dataclass(frozen=True)
class DecidedProposal:
    """One decision of one reader.

    Attributes
    ----------
    became : an Outcome; "accepted" where the reading was not handed in yet; "corrected" of an outline whose correction
        took its place.
    """

    model: str
    modality: str
    kind: str
    reader: str
    case: UUID
    decided_at: datetime
    became: str
    reason: str
    dice: float | None
    moved_points: int | None
    seconds: float | None
    asked_for: bool


@dataclass(frozen=True)
class ProposalLine:
    """Decisions on one model's suggestions of one kind, modality and reader.

    Attributes
    ----------
    median_dice : of those whose reading was handed in and that enclose something; as they were ones count 1.
    """

    model: str
    modality: str
    kind: str
    reader: str
    decided: int
    accepted: int
    edited: int
    deleted: int
    rejected: int
    corrected: int
    median_dice: float | None
    median_moved: float | None
    median_seconds: float | None


def decided_proposals(
    person: Person, *, model: str = "", modality: str = "", reader: str = ""
) -> list[DecidedProposal]:
    """Every decision, newest first.

    Parameters
    ----------
    model : "name version"; empty: all. modality, reader: likewise.

    Raises
    ------
    NotAllowedError : the person is no admin.
    """
    if not may_promote_models(person):
        raise NotAllowedError("Admins see how readers take suggestions.")
    rows = SuggestionDecision.objects.order_by("-decided_at", "-pk").values_list(
        "suggestion__model_version__name",
        "suggestion__model_version__version",
        "suggestion__frame__instance__series__modality",
        "suggestion__kind",
        "reader__username",
        "suggestion__case_id",
        "decided_at",
        "decision",
        "outcome",
        "reason",
        "dice",
        "moved_points",
        "seconds",
        "suggestion__asked_by_id",
    )
    if modality:
        rows = rows.filter(suggestion__frame__instance__series__modality=modality)
    if reader:
        rows = rows.filter(reader__username=reader)
    made = [
        DecidedProposal(
            f"{row[0]} {row[1]}", *row[2:7], _became(row[7], row[8], row[9]), row[9], *row[10:13], row[13] is not None
        )
        for row in rows.iterator()
    ]
    return [one for one in made if not model or one.model == model]


def proposal_lines(decided: list[DecidedProposal]) -> list[ProposalLine]:
    """The decisions counted, by model, modality, kind and reader."""
    groups: dict[tuple[str, str, str, str], list[DecidedProposal]] = defaultdict(list)
    for one in decided:
        groups[one.model, one.modality, one.kind, one.reader].append(one)
    return [_line(key, its) for key, its in sorted(groups.items())]


def _line(key: tuple[str, str, str, str], its: list[DecidedProposal]) -> ProposalLine:
    def count(*became: str) -> int:
        return sum(one.became in became for one in its)

    def median(values: Iterator[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return float(statistics.median(known)) if known else None

    return ProposalLine(
        *key,
        decided=len(its),
        accepted=count(_ACCEPTED, Outcome.AS_IT_WAS),
        edited=count(Outcome.EDITED),
        deleted=count(Outcome.DELETED),
        rejected=count(Outcome.REJECTED),
        corrected=count(_CORRECTED),
        median_dice=median(one.dice for one in its),
        median_moved=median(one.moved_points for one in its if one.became == Outcome.EDITED),
        median_seconds=median(one.seconds for one in its if one.became != _CORRECTED),
    )


def _became(decision: str, outcome: str, reason: str) -> str:
    if decision == Decision.REJECTED:
        return _CORRECTED if reason == CORRECTED else str(Outcome.REJECTED)
    return outcome or _ACCEPTED
