"""What the rooms above know of one person's reading of a case; the manifest passes it on to the viewer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FindingKindChoice:
    """A kind of finding that the reader can choose."""

    value: str
    label: str


@dataclass(frozen=True)
class ReadingState:
    """One person's reading of one case.

    Attributes
    ----------
    assignment : its identifier, None for somebody who only looks.
    state : "assigned", "opened" or "submitted"; None without an assignment.
    locked : whether this person's marks and answers can't be changed any more.
    may_annotate : whether this person may mark this case at all, and it isn't locked.
    returned : why a reviewer gave the reading back or an admin opened it again, while it is open; "" otherwise.
    may_review : whether this person is shown all readings of the case side by side.
    adjudicates : whether this person settles what readers disagree about, and is shown their marks under letters.
    position : "3 of 12", this case's place in the worklist.
    finding_kinds : what the reader can choose from, the likely ones for the modality first.
    schemas : references of the label schemas that are asked and may be used, in this order; None: all that fit.
    mark_kinds : that may be drawn; None: all.
    hanging : key of the hanging that the case opens in; "": what fits best.
    submits_to : what submitting does: "done", or "suggestions" where the unaided answer is locked and the model's
        suggestions come next.
    answered_schemas : rows of label schemas that answers in this case were given under, superseded ones among them.
    """

    assignment: str | None = None
    state: str | None = None
    locked: bool = False
    may_annotate: bool = False
    position: str | None = None
    returned: str = ""
    may_review: bool = False
    adjudicates: bool = False
    finding_kinds: tuple[FindingKindChoice, ...] = ()
    answered_schemas: tuple[int, ...] = ()
    schemas: tuple[str, ...] | None = None
    mark_kinds: tuple[str, ...] | None = None
    hanging: str = ""
    submits_to: str = "done"
