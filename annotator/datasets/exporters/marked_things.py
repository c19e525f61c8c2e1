"""The things in the patient that a stack's marks show, as objects of segments and contours count them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from annotator.datasets.released import ReleasedMark, ReleasedStack

Grouping = Literal["finding", "category", "category of all readers"]


@dataclass(frozen=True)
class MarkedThing:
    """What a segment or a set of contours is of.

    Attributes
    ----------
    name : for people; with the reader where several marked.
    tracking : names it for good, so that two objects can speak of one thing.
    """

    name: str
    category: str
    tracking: str


def marked_things(
    stack: ReleasedStack, marks: Iterable[ReleasedMark], grouping: Grouping
) -> dict[MarkedThing, list[ReleasedMark]]:
    """The marks of each thing, in the order in which the first of each was made.

    Parameters
    ----------
    grouping : "finding" puts the marks of a finding together, those of none by category; "category" all of one
        category, a reader at a time; or whoever made them.
    """
    chosen = list(marks)
    findings = {finding.id: finding for finding in stack.findings}
    several = len({mark.reader for mark in chosen}) > 1
    found: dict[MarkedThing, list[ReleasedMark]] = {}
    for mark in chosen:
        finding = findings.get(mark.finding or "") if grouping == "finding" else None
        by = f" ({mark.reader})" if several else ""
        if grouping == "category of all readers":
            thing = MarkedThing(mark.category, mark.category, f"{stack.series_uid} {mark.category}")
        elif finding is not None:
            name = f"{finding.kind} {finding.number}" + (f" {finding.name}" if finding.name else "")
            thing = MarkedThing(f"{name}{by}", mark.category, finding.id)
        else:
            tracking = f"{stack.series_uid} {mark.reader} {mark.category}"
            thing = MarkedThing(f"{mark.category}{by}", mark.category, tracking)
        found.setdefault(thing, []).append(mark)
    return found


def model_of(marks: Iterable[ReleasedMark]) -> str:
    """The model that suggested some of these marks; empty when people drew them all."""
    return next((mark.model for mark in marks if mark.model), "")
