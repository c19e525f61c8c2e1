"""Models: their versions and cards, which one answers, and about what they may be asked."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.assist.actions.allow_anatomy import allow_anatomy
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.model_queries import model_lines_for
from annotator.assist.outline_queries import QUEUE
from annotator.assist.policies import may_promote_models, may_see_models
from annotator.cases.queries import catalogued_cases_for
from annotator.datasets.release_queries import cohorts_for
from annotator.jobs.queries import is_served
from frontend.pages.page import page, signed_in
from ml_assist.actions.request_suggestions import request_suggestions
from ml_assist.queries import CasesToLookAt, cases_to_look_at


@page(may=may_see_models)
def models(request: HttpRequest) -> HttpResponse:
    """Every model with its versions, newest first."""
    person = signed_in(request)
    context = {
        "lines": model_lines_for(person),
        "may_promote": may_promote_models(person),
        "is_served": is_served(QUEUE),
        "choices": _choices(person),
    }
    return render(request, "frontend/models.html", context)


@page(may=may_see_models, methods=("POST",))
def look(request: HttpRequest) -> HttpResponse:
    """Have the models look at all cases of a modality, or of a cohort."""
    person = signed_in(request)
    kind, _, value = request.POST.get("what", "").partition(":")

    def begin() -> str:
        wanted = CasesToLookAt(modality=value) if kind == "modality" else CasesToLookAt(cohort=_uuid(value))
        job = request_suggestions(person, cases_to_look_at(person, wanted))
        return f"{job.title}: see Jobs for how far it is."

    return _done(request, begin)


@page(may=may_promote_models, methods=("POST",))
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    """A version answers from now on; an earlier one is gone back to in the same way."""
    person = signed_in(request)
    reason = request.POST.get("reason", "")
    return _done(request, lambda: f"{promote_model(person, pk, reason=reason).version} answers from now on.")


@page(may=may_promote_models, methods=("POST",))
def anatomy(request: HttpRequest, name: str) -> HttpResponse:
    """Allow an anatomy that the model did not learn from, or take that back."""
    person, sent = signed_in(request), request.POST

    def change() -> str:
        allowed = sent.get("allowed") == "1"
        allow_anatomy(person, name, sent.get("anatomy", ""), allowed=allowed, reason=sent.get("reason", ""))
        return "Allowed." if allowed else "It is not asked about that any more."

    return _done(request, change)


def _choices(person: User) -> list[tuple[str, str]]:
    """What models may be sent to look at: a value for the form, and words."""
    modalities = catalogued_cases_for(person).order_by("modality").values_list("modality", flat=True).distinct()
    cohorts = cohorts_for(person).values_list("pk", "name")
    return [(f"modality:{one}", f"All {one} cases") for one in modalities] + [
        (f"cohort:{pk}", f"Cohort “{name}”") for pk, name in cohorts
    ]


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InvalidError("Choose what they look at.", "what") from error


def _done(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except RoomError as error:
        messages.error(request, str(error))
    return redirect("models")
