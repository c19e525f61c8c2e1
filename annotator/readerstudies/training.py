"""Feedback on training cases: what a reader answered beside what is true, once they have submitted."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.labels.queries import schemas_by_reference
from annotator.readerstudies.models import Assignment, AssignmentStage, AssignmentState, Read
from annotator.readerstudies.study_queries import protocol_of


@dataclass(frozen=True)
class FeedbackLine:
    """A question with what was answered and what is true; `is_right` None where there is nothing to compare."""

    question: str
    answered: object
    true: object

    @property
    def is_right(self) -> bool | None:
        return None if self.true is None else _plain(self.answered) == _plain(self.true)


@dataclass(frozen=True)
class Feedback:
    title: str
    study: UUID
    lines: tuple[FeedbackLine, ...]
    note: str


def feedback_for(person: Person, assignment_id: UUID) -> Feedback:
    """What a reader is told of a training case that they submitted themselves.

    Raises
    ------
    NotFoundError : no such training case of theirs, it isn't submitted, or the protocol gives no feedback.
    """
    reading = (
        Assignment.objects.select_related("case", "item", "study")
        .filter(pk=assignment_id, reader_id=person.pk, stage=AssignmentStage.TRAINING, given_up_at=None)
        .filter(state=AssignmentState.SUBMITTED)
        .first()
    )
    if reading is None or reading.study is None or reading.item is None:
        raise NotFoundError("There is no feedback on this case for you.")
    protocol = protocol_of(reading.study)
    read = Read.objects.filter(assignment=reading, set_aside_at=None).order_by("handed_in_at").last()
    if not protocol.training_feedback or read is None or reading.item.truth is None:
        raise NotFoundError("There is no feedback on this case for you.")
    true = reading.item.truth["answers"]
    answered: dict[str, Any] = {}
    for one in read.content["answers"]:
        if one["finding"] is None:
            key = one["schema"].partition("@")[0]
            answered.update({f"{key}.{question}": value for question, value in one["answers"].items()})
    titles = {
        f"{schema.key}.{question['name']}": question["title"]
        for schema in schemas_by_reference(protocol.schemas)
        for question in schema.definition["form"]["questions"]
    }
    lines = tuple(
        FeedbackLine(titles.get(name, name), answered.get(name), true.get(name))
        for name in dict.fromkeys([*true, *answered])
    )
    return Feedback(reading.case.title, reading.study.pk, lines, reading.item.truth.get("note", ""))


def feedback_waits(person: Person, assignment_id: UUID | str) -> bool:
    """Whether there is feedback on a reading that was just handed in."""
    try:
        feedback_for(person, UUID(str(assignment_id)))
    except NotFoundError:
        return False
    return True


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, list) else value
