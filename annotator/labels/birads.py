"""Breast assessment categories: what they mean, what follows from them, and which is the most abnormal.

Source: categories, likelihoods of malignancy and management by ACR BI-RADS Atlas, 5th edition (2013); the
words are our own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.labels.errors import AnswerError
from annotator.labels.form import title_of_question
from annotator.labels.score import Score

NOT_IMAGED = "not_imaged"


@dataclass(frozen=True)
class Assessment:
    """One category. `likelihood` of malignancy in words, empty where the category does not say one."""

    category: str
    meaning: str
    likelihood: str
    management: str


_SAMPLING = "Tissue diagnosis"
ASSESSMENTS: Mapping[str, Assessment] = {
    row.category: row
    for row in (
        Assessment("0", "incomplete", "", "Recall for more imaging, or compare with earlier examinations"),
        Assessment("1", "negative", "essentially 0 %", "Routine screening"),
        Assessment("2", "benign", "essentially 0 %", "Routine screening"),
        Assessment("3", "probably benign", "> 0 to ≤ 2 %", "Short-interval follow-up (6 months), then surveillance"),
        Assessment("4", "suspicious", "> 2 to < 95 %", _SAMPLING),
        Assessment("4A", "low suspicion", "> 2 to ≤ 10 %", _SAMPLING),
        Assessment("4B", "moderate suspicion", "> 10 to ≤ 50 %", _SAMPLING),
        Assessment("4C", "high suspicion", "> 50 to < 95 %", _SAMPLING),
        Assessment("5", "highly suggestive of malignancy", "≥ 95 %", _SAMPLING),
        Assessment("6", "malignancy proven by biopsy", "", "Surgical excision when clinically appropriate"),
    )
}
MOST_ABNORMAL_FIRST: tuple[str, ...] = ("5", "4C", "4B", "4", "4A", "0", "6", "3", "2", "1")


def most_abnormal(categories: Iterable[str], *, order: Sequence[str] = MOST_ABNORMAL_FIRST) -> str:
    """Return the category that stands for the whole examination.

    Raises
    ------
    AnswerError : no category at all, or one that the order does not hold.
    """
    given = list(categories)
    if not given:
        raise AnswerError("an examination needs at least one assessment category")
    for category in given:
        if category not in order:
            raise AnswerError(f"{category!r} is no assessment category: one of {', '.join(sorted(order))}")
    return min(given, key=order.index)


def consistency_notes(
    assessments: Mapping[str, str], *, finding_count: int | None = None, asks_for_subdivision: bool = False
) -> list[str]:
    """Say in words where assessments contradict what was marked; empty when nothing does.

    Parameters
    ----------
    assessments : what they are of (a title) -> category; breasts that were not imaged left out.
    finding_count : findings marked in the examination; None when that is not known.
    asks_for_subdivision : whether the protocol wants 4A, 4B or 4C instead of 4.
    """
    notes = []
    suspicious = {of: c for of, c in assessments.items() if c in {"4", "4A", "4B", "4C", "5"}}
    if finding_count is not None:
        if finding_count and assessments and all(category == "1" for category in assessments.values()):
            notes.append("Category 1 is negative, yet a finding is marked")
        if not finding_count:
            notes += [f"{of} is category {category}, yet no finding is marked" for of, category in suspicious.items()]
    if asks_for_subdivision:
        notes += [f"{of}: say 4A, 4B or 4C instead of 4" for of, c in assessments.items() if c == "4"]
    return notes


def score_birads(definition: dict[str, Any], answers: dict[str, Any], *, finding_count: int | None = None) -> Score:
    """Sum up checked answers: the examination's category is the most abnormal one of its breasts."""
    scoring = definition["scoring"]
    order = scoring.get("most_abnormal_first", MOST_ABNORMAL_FIRST)
    titles = {side: title_of_question(definition, side) for side in scoring["sides"]}
    missing = [side for side in titles if side not in answers]
    imaged = {titles[s]: answers[s] for s in titles if s in answers and answers[s] != NOT_IMAGED}
    lines = [_told(of, ASSESSMENTS[category]) for of, category in imaged.items()]
    warnings = consistency_notes(
        imaged, finding_count=finding_count, asks_for_subdivision=scoring.get("asks_for_subdivision", False)
    )
    if missing or not imaged:
        if not missing:
            warnings.append("No breast was imaged: there is nothing to assess")
        return Score(
            explanation=tuple(lines),
            missing=tuple(titles[side] for side in missing),
            missing_names=tuple(missing),
            warnings=tuple(warnings),
            extra={"category": None},
        )
    category = most_abnormal(imaged.values(), order=order)
    if len(imaged) > 1:
        lines.append(_told("Examination, the most abnormal", ASSESSMENTS[category]))
    return Score(
        level=f"BI-RADS {category}",
        recommendation=ASSESSMENTS[category].management,
        explanation=tuple(lines),
        warnings=tuple(warnings),
        extra={"category": category},
    )


def _told(of: str, assessment: Assessment) -> str:
    likelihood = f", likelihood of malignancy {assessment.likelihood}" if assessment.likelihood else ""
    return f"{of}: {assessment.category}, {assessment.meaning}{likelihood}"
