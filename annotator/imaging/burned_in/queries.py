"""Reads of the queue of pictures that wait for a look at burned-in text."""

from django.db.models import QuerySet

from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.burned_in.policies import may_review_text
from annotator.imaging.models import TextReview, TextVerdict

# No database holds a larger one.
LARGEST_KEY = 2**63 - 1


def text_reviews_for(person: Person) -> QuerySet[TextReview]:
    """Every review with its instance down to the patient, the most suspect first; headers are left out."""
    if not may_review_text(person):
        return TextReview.objects.none()
    return (
        TextReview.objects.select_related("instance__series__study__patient", "decided_by")
        .defer("instance__header")
        .order_by("-suspicion", "pk")
    )


def waiting_reviews_for(person: Person) -> QuerySet[TextReview]:
    """Those about which nobody decided yet."""
    return text_reviews_for(person).filter(verdict="")


def withheld_reviews_for(person: Person) -> QuerySet[TextReview]:
    """Those that were withheld, the latest decision first."""
    return text_reviews_for(person).filter(verdict=TextVerdict.WITHHELD).order_by("-decided_at", "-pk")


def reviewable(person: Person, review_id: int) -> TextReview:
    """One review, decided or not, for who may decide about it.

    Raises
    ------
    NotAllowedError : neither data manager nor admin.
    NotFoundError : no such review.
    """
    if not may_review_text(person):
        raise NotAllowedError("Only data managers and admins may look at pictures that wait.")
    found = text_reviews_for(person).filter(pk=review_id).first() if review_id <= LARGEST_KEY else None
    if found is None:
        raise NotFoundError("There is no such picture in the queue.")
    return found
