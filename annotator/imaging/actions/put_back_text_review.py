"""Put a withheld picture back into the queue."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.accounts.policies import Person
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.burned_in.queries import reviewable
from annotator.imaging.models import Instance, InstanceState, TextReview, TextVerdict


def put_back_text_review(person: Person, review_id: int) -> TextReview:
    """Let a withheld picture wait again; one that waits already stays as it is.

    Raises
    ------
    NotAllowedError, NotFoundError : as decide_text_review.
    ConflictError : it was released, and readers may have seen it.
    """
    found = reviewable(person, review_id)
    with transaction.atomic():
        review = TextReview.objects.select_for_update().get(pk=review_id)
        if not review.verdict:
            return review
        if review.verdict != TextVerdict.WITHHELD:
            raise ConflictError("This picture was released; only withheld ones can be put back.")
        review.verdict, review.decided_by, review.decided_at = "", None, None
        review.save(update_fields=["verdict", "decided_by", "decided_at"])
        Instance.objects.filter(pk=review.instance_id).update(state=InstanceState.REVIEW)
        record_audit(person, "put_back_text_review", target_kind="instance", target_id=found.instance.sop_instance_uid)
    count_studies([found.instance.series.study_id])
    return review
