"""A frozen read as statistics take it: what was said of what, and what was marked. Pure."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.readerstudies.agreement import Mark, Read
from annotator.readerstudies.analysis_plan import ANY_FINDING, SCORED


@dataclass(frozen=True)
class FrameOrder:
    """In which order the frames of each stack lie; a mark held over a span lies on every frame of it."""

    stacks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def between(self, first: str, last: str) -> Sequence[str]:
        """The frames of a span, ends included; only the ends where the order isn't known."""
        keys = self.stacks.get(stack_of_frame(first), ())
        if first not in keys or last not in keys:
            return (first,) if first == last else (first, last)
        return keys[keys.index(first) : keys.index(last) + 1]


@dataclass(frozen=True)
class StudyRead:
    """One reader's reading of one case of a study, as it was handed in.

    Attributes
    ----------
    reader : the code that the study gave them, never a name.
    item : the case's number in the study.
    arm, session, step : under which conditions; a second read has the steps "unaided" and "final", others "final".
    content : {"findings", "annotations", "answers"} as the API has them; what a figure doesn't need may be left out.
    sequence : the how manyeth reading of this reader in the study it was to be.
    read : the identifier of the frozen read; empty where nobody needs it.
    slices : keys of the study's schemas that are answered about ranges of slices.
    """

    reader: str
    item: int
    arm: str
    session: int
    step: str
    seconds: float | None
    handed_in_at: str
    content: Mapping[str, Any]
    sequence: int = 0
    read: str = ""
    slices: frozenset[str] = frozenset()

    @property
    def condition(self) -> tuple[str, str]:
        """What readings are compared under."""
        return self.arm, self.step

    def answers(self, key: str) -> Iterator[Mapping[str, Any]]:
        """Answers under a schema, whatever its version."""
        return (one for one in self.content.get("answers", ()) if one["schema"].partition("@")[0] == key)


def stack_of_frame(frame_key: str) -> str:
    """The key of a frame begins with its stack's."""
    return frame_key.partition(".")[0]


def said_by(read: StudyRead, question: str) -> dict[str, Hashable]:
    """What a read says to a question, by what it is about.

    Parameters
    ----------
    question : "schema.question", "schema.@category", "schema.@level", or "findings.any".

    Returns
    -------
    By "" for the case, "L" or "R" for a breast, a finding's identifier for a finding. Of answers about ranges of slices
    everything that was said of any range, as of the case: two readers' ranges are seldom the same; () where there is no
    range. A choice of several is a sorted tuple.
    """
    if question == ANY_FINDING:
        return {"": bool(read.content.get("findings"))}
    key, _, name = question.partition(".")
    if key in read.slices:
        told = [one["answers"].get(name) for one in read.answers(key) if one.get("first_frame")]
        flat = {one for value in told if value is not None for one in (value if isinstance(value, list) else [value])}
        return {"": tuple(sorted(flat, key=str))}
    said: dict[str, Hashable] = {}
    for answer in read.answers(key):
        if answer.get("first_frame"):
            continue
        value = _scored(answer, name.removeprefix("@")) if name in SCORED else answer["answers"].get(name)
        if value is not None:
            about = answer.get("finding") or answer.get("breast") or ""
            said[about] = tuple(sorted(map(str, value))) if isinstance(value, list) else value
    return said


def compared_read(read: StudyRead, order: FrameOrder) -> Read:
    """A read for `agreement` and for the consensus: marks on every frame that they hold for, answers by target."""
    marks: list[Mark] = []
    for one in read.content.get("annotations", ()):
        spanned = one["kind"] != "slices" and one.get("first_frame")
        frames = order.between(one["first_frame"], one["last_frame"]) if spanned else (one["frame"],)
        # Marks without a finding count as findings of their own.
        marks += [(one["finding"] or one["id"], frame, one["kind"], one["points"], one["mask"]) for frame in frames]
    answers: dict[tuple[str, str], dict[str, Any]] = {}
    for one in read.content.get("answers", ()):
        range_of = f"{one['first_frame']} {one['last_frame']}" if one.get("first_frame") else ""
        answers[one.get("finding") or one.get("breast") or range_of, one["schema"]] = one["answers"]
    return Read(read.reader, marks, answers)


def _scored(answer: Mapping[str, Any], what: str) -> Any:
    """What the reader put in the place of the computed one comes first."""
    override = answer.get("override") or {}
    return override.get(what) or answer.get("score", {}).get(what)
