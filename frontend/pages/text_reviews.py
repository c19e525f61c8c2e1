"""The look at burned-in text: pictures that may show who the patient is, one after the other."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from annotator.accounts.errors import InvalidError, RoomError
from annotator.imaging.actions.blank_same_layout import request_same_layout, same_layout
from annotator.imaging.actions.decide_text_review import decide_text_review
from annotator.imaging.actions.put_back_text_review import put_back_text_review
from annotator.imaging.burned_in.policies import may_review_text
from annotator.imaging.burned_in.queries import (
    reviewable,
    waiting_reviews_for,
    withheld_reviews_for,
)
from annotator.imaging.burned_in.review_picture import CONTENT_TYPE, review_picture
from annotator.imaging.models import TextReview
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of

NEXT_SHOWN = 8
# Of a score: below it most boxes are tissue, inside the calibrated region or fibres and vessels outside of one.
LIKELY = 0.86
_DONE = {
    "blanked": "Blanked in the stored pixels and released.",
    "clean": "Released as it is.",
    "withheld": "Withheld. It stays under Withheld, from where it can be put back.",
}


@page(may=may_review_text)
def text_reviews(request: HttpRequest) -> HttpResponse:
    """The most suspect waiting picture, or the one of `?review=`; `?tab=withheld` lists what was withheld."""
    person = signed_in(request)
    waiting = waiting_reviews_for(person)
    count = waiting.count()
    withheld = withheld_reviews_for(person)
    context: dict[str, Any] = {"waiting_count": count, "withheld_count": withheld.count(), "tab": "waiting"}
    if request.GET.get("tab") == "withheld":
        context |= {"tab": "withheld", "page": page_of(request, withheld)}
        return render(request, "frontend/text_reviews_withheld.html", context)
    shown = _shown(waiting, request.GET.get("review", ""))
    if shown is not None:
        context |= _about(shown, waiting)
    return render(request, "frontend/text_reviews.html", context)


def _shown(waiting: QuerySet[TextReview], asked: str) -> TextReview | None:
    found = waiting.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 16 else None
    return found or waiting.first()


def _about(shown: TextReview, waiting: QuerySet[TextReview]) -> dict[str, Any]:
    order = list(waiting.values_list("pk", flat=True)[:500])
    place = order.index(shown.pk) if shown.pk in order else 0
    instance = shown.instance
    return {
        "review": shown,
        "instance": instance,
        "suspected": json.dumps(shown.suspected),
        "frame_root": reverse("text-review-frame", args=[shown.pk, 1]).removesuffix("1"),
        "first_frame": shown.suspected[0]["frame"] if shown.suspected else (instance.number_of_frames + 1) // 2,
        "previous": order[place - 1] if place > 0 else None,
        "following": order[place + 1] if place + 1 < len(order) else None,
        "others": waiting.exclude(pk=shown.pk)[:NEXT_SHOWN],
        "same_layout": same_layout(shown).count(),
        "likely_score": LIKELY,
        "likely": sum(one["score"] >= LIKELY for one in shown.suspected),
    }


@page(may=may_review_text)
def frame(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One frame of a picture that waits or was withheld; the only address that shows it."""
    content = review_picture(reviewable(signed_in(request), pk), number)
    return HttpResponse(content, content_type=CONTENT_TYPE)


@page(may=may_review_text, methods=("POST",))
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Blank, release or withhold, then on to the next picture."""
    verdict = request.POST.get("verdict", "")
    try:
        decide_text_review(signed_in(request), pk, verdict=verdict, regions=_regions(request, verdict))
    except RoomError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _DONE[verdict])
    return redirect("text-reviews")


@page(may=may_review_text, methods=("POST",))
def blank_layout(request: HttpRequest, pk: int) -> HttpResponse:
    """The same regions in every waiting picture of the machine and size."""
    expected = request.POST.get("expected", "")
    try:
        if not expected.isdecimal():
            raise InvalidError("The number of pictures is missing. Load the page again.")
        job = request_same_layout(
            signed_in(request), pk, regions=_regions(request, "blanked"), expected=int(expected[:9])
        )
    except RoomError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{job.title}: they leave the queue as they are done.")
    return redirect("text-reviews")


@page(may=may_review_text, methods=("POST",))
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        put_back_text_review(signed_in(request), pk)
    except RoomError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('text-reviews')}?tab=withheld")
    messages.success(request, "It waits again.")
    return redirect(f"{reverse('text-reviews')}?review={pk}")


def _regions(request: HttpRequest, verdict: str) -> list[Any]:
    if verdict != "blanked":
        return []
    try:
        regions = json.loads(request.POST.get("regions", ""))
    except (ValueError, RecursionError) as error:
        raise InvalidError("The regions could not be read. Mark them again.") from error
    if not isinstance(regions, list):
        raise InvalidError("The regions could not be read. Mark them again.")
    return regions
