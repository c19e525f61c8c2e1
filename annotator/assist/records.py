"""A suggestion as programs and pages get it, with what the asking reader decided."""

from typing import Any, TypedDict

from annotator.assist.models import Suggestion, SuggestionDecision


class SuggestionRecord(TypedDict):
    id: str
    case: str
    frame: str
    kind: str
    points: list[list[float]]
    mask: dict[str, list[int]] | None
    label: str
    score: float
    model: str
    note: str
    model_note: str
    hint: dict[str, Any] | None
    decision: str | None
    annotation: str | None
    reason: str


def suggestion_as_dict(suggestion: Suggestion) -> SuggestionRecord:
    """A suggestion as JSON.

    It must come from queries.suggestions_for or suggestion_for, which bring the asking person's own decision, and the
    clicks that it was asked for with; one that was loaded in any other way shows neither.
    """
    own: list[SuggestionDecision] = getattr(suggestion, "own_decisions", [])
    decision = own[0] if own else None
    return SuggestionRecord(
        id=str(suggestion.pk),
        case=str(suggestion.case_id),
        frame=suggestion.frame.key,
        kind=suggestion.kind,
        points=suggestion.points,
        mask=suggestion.mask,
        label=suggestion.label,
        score=suggestion.score,
        model=str(suggestion.model_version),
        note=suggestion.note,
        model_note=suggestion.model_note,
        hint=getattr(suggestion, "asked_with", None),
        decision=decision.decision if decision else None,
        annotation=str(decision.annotation_id) if decision and decision.annotation_id else None,
        reason=decision.reason if decision else "",
    )
