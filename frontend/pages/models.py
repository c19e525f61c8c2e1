"""Models: their versions and cards, which one answers, and about what they may be asked."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import RoomError
from annotator.assist.actions.allow_anatomy import allow_anatomy
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.model_queries import model_lines_for
from annotator.assist.policies import may_promote_models, may_see_models
from frontend.pages.page import page, signed_in


@page(may=may_see_models)
def models(request: HttpRequest) -> HttpResponse:
    """Every model with its versions, newest first."""
    person = signed_in(request)
    context = {"lines": model_lines_for(person), "may_promote": may_promote_models(person)}
    return render(request, "frontend/models.html", context)


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


def _done(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except RoomError as error:
        messages.error(request, str(error))
    return redirect("models")
