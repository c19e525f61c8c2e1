"""Reads for reviewers: who read a case and how far they agree; and what a reader is told of a review."""

from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person
from annotator.annotations.contexts import target_of
from annotator.annotations.models import Answer
from annotator.annotations.queries import marks_for
from annotator.cases.models import Case
from annotator.cases.queries import case_for
from annotator.readerstudies.agreement import Agreement, Read, agreement_between
from annotator.readerstudies.models import Assignment, AssignmentState, Review, ReviewComment
from annotator.readerstudies.policies import may_review
from annotator.readerstudies.queries import with_reading_time


class ReviewRecord(TypedDict):
    verdict: str
    reason: str
    reviewer: str
    decided_at: str


class CommentRecord(TypedDict):
    id: str
    case: str
    frame: str
    column: float
    row: float
    about: str | None
    text: str
    author: str
    created_at: str
    resolved: bool


@dataclass(frozen=True)
class CaseReview:
    """Everything a reviewer is shown of a case beside the marks themselves."""

    assignments: list[Assignment]
    reviews: dict[UUID, Review]
    comments: list[ReviewComment]
    agreements: list[Agreement]


def review_of_case(person: Person, case_id: UUID | str) -> CaseReview:
    """Who reads a case, what was last decided about each reading, all comments, and each pair's agreement.

    Only submitted readings are compared: the others may still change.

    Raises
    ------
    NotAllowedError : `person` doesn't review.
    NotFoundError : there is no such case.
    """
    _check_may_review(person)
    case = case_for(person, case_id)
    assignments = list(
        with_reading_time(Assignment.objects.filter(case=case)).select_related("case", "reader").order_by("reader_id")
    )
    reviews: dict[UUID, Review] = {}
    for review in Review.objects.select_related("reviewer").filter(assignment__in=assignments):
        reviews[review.assignment_id] = review
    submitted = [one for one in assignments if one.state == AssignmentState.SUBMITTED]
    return CaseReview(
        assignments=assignments,
        reviews=reviews,
        comments=list(_comments().filter(case=case)),
        agreements=_agreements(person, case, [one.reader.username for one in submitted]),
    )


def cases_to_review(person: Person) -> QuerySet[Case]:
    """Cases with a submitted reading that nobody has decided about, the one that waits longest first.

    Raises
    ------
    NotAllowedError : `person` doesn't review.
    """
    _check_may_review(person)
    decided_since = Review.objects.filter(assignment=OuterRef("pk"), decided_at__gte=OuterRef("submitted_at"))
    # A study's readings are results: nobody approves them or gives them back.
    waiting = Assignment.objects.filter(state=AssignmentState.SUBMITTED, study=None).exclude(Exists(decided_since))
    first = waiting.filter(case=OuterRef("pk")).order_by("submitted_at").values("submitted_at")[:1]
    return (
        Case.objects.filter(pk__in=waiting.values("case"))
        .annotate(waits_since=Subquery(first))
        .order_by("waits_since", "pk")
    )


def case_after_in_review(person: Person, case_id: UUID | str, *, back: bool = False) -> tuple[UUID | None, int]:
    """The case behind one among those that wait for review, or before it, and how many wait.

    From a case that doesn't wait (any more), the one that waits longest.

    Raises
    ------
    NotAllowedError : `person` doesn't review.
    """
    waiting = list(cases_to_review(person).values_list("pk", flat=True))
    others = [one for one in waiting if str(one) != str(case_id)]
    if not others:
        return None, len(waiting)
    at = next((at for at, one in enumerate(waiting) if str(one) == str(case_id)), None)
    if at is None:
        return waiting[-1 if back else 0], len(waiting)
    return waiting[(at + (-1 if back else 1)) % len(waiting)], len(waiting)


def comments_for_reader(person: Person, case: Case) -> list[ReviewComment]:
    """What a reader is told about their own reading: the comments on it, once somebody has decided about it."""
    was_reviewed = Review.objects.filter(assignment__case=case, assignment__reader_id=person.pk).exists()
    return list(_comments().filter(case=case, about_id=person.pk)) if was_reviewed else []


def review_as_dict(review: Review) -> ReviewRecord:
    """A decision as JSON. Reads `reviewer`: select it with it."""
    return ReviewRecord(
        verdict=review.verdict,
        reason=review.reason,
        reviewer=review.reviewer.username,
        decided_at=review.decided_at.isoformat(),
    )


def comment_as_dict(comment: ReviewComment) -> CommentRecord:
    """A comment as JSON. Reads `frame`, `about` and `author`: select them with it."""
    return CommentRecord(
        id=str(comment.pk),
        case=str(comment.case_id),
        frame=comment.frame.key,
        column=comment.column,
        row=comment.row,
        about=comment.about.username if comment.about else None,
        text=comment.text,
        author=comment.author.username,
        created_at=comment.created_at.isoformat(),
        resolved=comment.resolved_at is not None,
    )


def _comments() -> QuerySet[ReviewComment]:
    return ReviewComment.objects.select_related("frame", "about", "author")


def _agreements(person: Person, case: Case, readers: list[str]) -> list[Agreement]:
    if len(readers) < 2:
        return []
    marks = marks_for(person, case)
    reads = []
    for reader in readers:
        answers: dict[tuple[str, str], dict[str, Any]] = {
            (_about(one), str(one.schema)): one.answers for one in marks.answers if one.owner.username == reader
        }
        reads.append(
            Read(
                reader=reader,
                marks=[
                    (str(one.finding_id or one.pk), one.frame.key, one.kind, one.points, one.mask)
                    for one in marks.annotations
                    if one.owner.username == reader
                ],
                answers=answers,
            )
        )
    return [agreement_between(a, b) for at, a in enumerate(reads) for b in reads[at + 1 :]]


def _about(answer: Answer) -> str:
    """What an answer is about, as agreement.Read has it."""
    target = target_of(answer)
    if target.first_frame is not None:
        return f"{target.first_frame} {target.last_frame}"
    return target.finding or target.breast or ""


def _check_may_review(person: Person) -> None:
    if not may_review(person):
        raise NotAllowedError("Only data managers and admins review readings.")
