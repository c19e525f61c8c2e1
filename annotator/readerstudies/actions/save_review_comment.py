"""Pin a remark to a place in a picture, change its words, or settle it."""

import math
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.spans import frame_of_case
from annotator.annotations.storable_checks import check_line
from annotator.cases.models import Case
from annotator.cases.queries import case_for
from annotator.readerstudies.models import Assignment, ReviewComment
from annotator.readerstudies.policies import may_review


@dataclass(frozen=True)
class SaveReviewComment:
    """The state that a reviewer wants a comment to have.

    Attributes
    ----------
    column, row : in the frame's stored matrix, (0, 0) the outer top-left corner; counts when the comment is made.
    about : user name of the reader whose reading it speaks of; None for reviewers alone.
    """

    id: UUID
    case_id: UUID
    frame_key: str
    column: float
    row: float
    text: str
    about: str | None = None
    resolved: bool = False


def save_review_comment(person: Person, wanted: SaveReviewComment) -> ReviewComment:
    """Save a comment and return it; saving the same again changes nothing.

    Raises
    ------
    NotAllowedError : `person` doesn't review, or somebody else wrote it and more than settling it was asked.
    NotFoundError : no such case.
    InvalidError : no place in a frame of the case, no words, or a reader who doesn't read the case.
    """
    if not may_review(person):
        raise NotAllowedError("Only data managers and admins comment on readings.")
    with transaction.atomic():
        case = case_for(person, wanted.case_id)
        text = check_line(wanted.text, path="text", longest=1000).strip()
        if not text:
            raise InvalidError("A comment says something. Delete it instead.", path="text")
        kept = ReviewComment.objects.select_for_update(of=("self",)).filter(pk=wanted.id).first()
        if kept is None:
            kept = _new(person, case, wanted, text)
        elif kept.case_id != case.pk:
            raise NotFoundError("This comment belongs to another case.")
        elif kept.text != text:
            if kept.author_id != person.pk:
                raise NotAllowedError("Only its author changes a comment's words. Settle it, or write another.")
            kept.text = text
        if wanted.resolved != (kept.resolved_at is not None):
            kept.resolved_at = timezone.now() if wanted.resolved else None
        kept.save()
        detail: dict[str, object] = {"case": str(case.pk), "resolved": wanted.resolved}
        record_audit(person, "save_review_comment", target_kind="review_comment", target_id=kept.pk, detail=detail)
    return kept


def delete_review_comment(person: Person, comment_id: UUID) -> None:
    """Take one's own comment away.

    Raises
    ------
    NotAllowedError : `person` doesn't review, or somebody else wrote it.
    NotFoundError : there is none.
    """
    if not may_review(person):
        raise NotAllowedError("Only data managers and admins comment on readings.")
    with transaction.atomic():
        kept = ReviewComment.objects.filter(pk=comment_id).first()
        if kept is None:
            raise NotFoundError("There is no such comment.")
        if kept.author_id != person.pk:
            raise NotAllowedError("Only its author deletes a comment. Settle it instead.")
        detail: dict[str, object] = {"case": str(kept.case_id), "text": kept.text}
        record_audit(person, "delete_review_comment", target_kind="review_comment", target_id=kept.pk, detail=detail)
        kept.delete()


def _new(person: Person, case: Case, wanted: SaveReviewComment, text: str) -> ReviewComment:
    frame = frame_of_case(case, wanted.frame_key)
    for name, value, limit in (
        ("column", wanted.column, frame.instance.columns),
        ("row", wanted.row, frame.instance.rows),
    ):
        if not math.isfinite(value) or not 0 <= value <= limit:
            raise InvalidError(f"The {name} lies outside the image, which has {limit} {name}s.", path=name)
    return ReviewComment(
        pk=wanted.id,
        case=case,
        frame=frame,
        column=wanted.column,
        row=wanted.row,
        about=_reader_of(case, wanted.about),
        text=text,
        author=signed_in(person),
    )


def _reader_of(case: Case, username: str | None) -> User | None:
    if username is None:
        return None
    assignment = Assignment.objects.select_related("reader").filter(case=case, reader__username=username).first()
    if assignment is None:
        raise InvalidError(f"{username} doesn't read this case.", path="about")
    return assignment.reader
