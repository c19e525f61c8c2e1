"""Blank the same regions in every waiting picture of the same machine and size."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, RoomError
from annotator.accounts.policies import Person
from annotator.imaging.actions.decide_text_review import decide_text_review
from annotator.imaging.burned_in.blank_region import checked_regions
from annotator.imaging.burned_in.queries import reviewable
from annotator.imaging.models import TextReview, TextVerdict
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import Job

SAME_LAYOUT_WORK = "imaging.blank_same_layout"


def same_layout(review: TextReview) -> QuerySet[TextReview]:
    """The waiting pictures of the same machine and size, this one among them; alone when the machine isn't named."""
    waiting = TextReview.objects.filter(verdict="")
    return waiting.filter(layout=review.layout) if review.layout else waiting.filter(pk=review.pk)


def request_same_layout(person: Person, review_id: int, *, regions: Sequence[Any], expected: int) -> Job:
    """Queue the blanking of all waiting pictures of one layout.

    Parameters
    ----------
    expected : the number that the person was shown and confirmed; another number now asks again.

    Raises
    ------
    NotAllowedError, NotFoundError : as decide_text_review.
    InvalidError : no regions, or outside of the picture.
    ConflictError : more or fewer pictures wait than were confirmed.
    """
    review = reviewable(person, review_id)
    if not regions:
        raise InvalidError("Mark at least one region to blank.", "regions")
    asked = checked_regions(regions, rows=review.instance.rows, columns=review.instance.columns)
    with transaction.atomic():
        found = list(same_layout(review).order_by("pk").values_list("pk", "instance__sha256"))
        waiting = [pk for pk, _ in found]
        if len(waiting) != expected:
            raise ConflictError(f"{len(waiting):,} pictures of this layout wait now, not {expected:,}. Confirm again.")
        if not waiting:
            raise InvalidError("No picture of this layout waits.", "regions")
        record_audit(
            person,
            "blank_same_layout",
            target_kind="layout",
            target_id=review.layout,
            detail={"pictures": len(waiting), "regions": [region.to_json() for region in asked]},
        )
        return queue_job(
            person,
            SAME_LAYOUT_WORK,
            {
                "reviews": waiting,
                "replaced": [sha256 for _, sha256 in found],
                "regions": [region.to_json() for region in asked],
            },
            title=f"Blanking {len(waiting):,} pictures of {review.layout}",
            queue="cpu",
        )


def blank_reviews(
    person: Person,
    review_ids: Sequence[int],
    *,
    regions: Sequence[Any],
    report: Callable[[int, str], None] = lambda _percent, _doing: None,
) -> tuple[int, list[str]]:
    """Blank the same regions in some waiting pictures: how many were, and why the others were not.

    Their frames are the caller's to make.
    Run again after a crash it goes on: what was blanked already with these regions counts as done.
    """
    done, failed = 0, []
    for count, review_id in enumerate(review_ids, start=1):
        try:
            decide_text_review(person, review_id, verdict=TextVerdict.BLANKED, regions=regions, make_ready=False)
            done += 1
        except RoomError as error:
            failed.append(f"Picture {review_id}: {error}")
        report(100 * count // len(review_ids), f"{count:,} of {len(review_ids):,} pictures")
    return done, failed
