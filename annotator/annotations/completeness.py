"""Questions that must be answered before a reader submits a case: which, and where."""

from dataclasses import dataclass
from uuid import UUID

from annotator.accounts.errors import ConflictError
from annotator.accounts.models import User
from annotator.annotations.contexts import CaseAnswers
from annotator.annotations.models import Answer, Finding
from annotator.labels.completeness import required_left
from annotator.labels.form import title_of_question
from annotator.labels.targets import BREASTS, Target

MOST_NAMED = 5


@dataclass(frozen=True)
class OpenQuestion:
    """A required question that is open.

    Attributes
    ----------
    target : what the answer is about.
    schema : key and version.
    question : its name; `words` say where it is asked and its title.
    """

    target: Target
    schema: str
    question: str
    words: str

    def to_json(self) -> dict[str, object]:
        """Return the question as the API lists it."""
        return {
            "target": self.target.to_json(),
            "schema": self.schema,
            "question": self.question,
            "words": self.words,
        }


class IncompleteError(ConflictError):
    """A reading can't be submitted while required questions are open (HTTP 409); `missing` names them."""

    def __init__(self, missing: list[OpenQuestion]) -> None:
        named = "; ".join(one.words for one in missing[:MOST_NAMED])
        more = f"; and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        questions = "A question" if len(missing) == 1 else f"{len(missing)} questions"
        super().__init__(f"{questions} must be answered before this can be submitted: {named}{more}.")
        self.missing = tuple(one.to_json() for one in missing)


def required_questions_left(case_id: UUID, owner: User) -> list[OpenQuestion]:
    """Every required question that a reader began the form of and left open, breasts and case behind the findings."""
    answers = CaseAnswers(case_id, owner)
    left = [
        (answer, answers.targets[answer.pk], names)
        for answer in answers.live
        if (names := required_left(answer.schema.definition, answer.answers, derived=answer.score.get("derived") or {}))
    ]
    findings = Finding.objects.in_bulk([answer.finding_id for answer, _, _ in left if answer.finding_id])
    return [
        OpenQuestion(
            target=target,
            schema=str(answer.schema),
            question=name,
            words=_where(answer, target, findings) + title_of_question(answer.schema.definition, name),
        )
        for answer, target, names in left
        for name in names
    ]


def check_required(case_id: UUID, owner: User) -> None:
    """Let a reading pass whose begun forms have their required answers. Call it in the turn that locks the case.

    Raises
    ------
    IncompleteError : with the questions that are open.
    """
    if left := required_questions_left(case_id, owner):
        raise IncompleteError(left)


def _where(answer: Answer, target: Target, findings: dict[UUID, Finding]) -> str:
    about = {
        "finding": str(findings[answer.finding_id]) if answer.finding_id else "",
        "breast": BREASTS.get(target.breast or "", "").capitalize(),
        "slices": "A range of slices",
        "case": "",
    }[target.kind]
    return f"{about}, {answer.schema.title}: " if about else f"{answer.schema.title}: "
