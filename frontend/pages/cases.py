"""The list of cases, and the page that holds the viewer."""

import json
import uuid

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from annotator.accounts.errors import InvalidError, NotFoundError, RoomError
from annotator.accounts.policies import is_signed_in
from annotator.accounts.queries import viewer_preferences_of
from annotator.assist.actions.note_shown import note_shown
from annotator.cases.actions.show_priors import MOST_PRIORS, show_priors
from annotator.cases.policies import may_edit_hangings, may_make_cases, may_see_every_case
from annotator.cases.queries import case_for, catalogued_cases_for
from annotator.readerstudies.actions.open_assignment import open_assignment
from annotator.readerstudies.models import AssignmentState
from annotator.readerstudies.policies import may_read_cases
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of


@page(may=may_see_every_case)
def cases(request: HttpRequest) -> HttpResponse:
    rows = catalogued_cases_for(signed_in(request)).annotate(
        stack_count=Count("case_stacks", distinct=True),
        prior_count=Max("case_stacks__prior"),
        assigned_count=Count("assignments", distinct=True),
        submitted_count=Count("assignments", filter=Q(assignments__state=AssignmentState.SUBMITTED), distinct=True),
    )
    text = request.GET.get("q", "").strip()
    for word in text.split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(study__patient__patient_id__icontains=word)
            | Q(study__patient__name__icontains=word)
            | Q(modality__iexact=word)
        )
    context = {
        "page": page_of(request, rows),
        "q": text,
        "choices": range(MOST_PRIORS + 1),
        "may_edit_hangings": may_edit_hangings(signed_in(request)),
    }
    return render(request, "frontend/cases.html", context)


@page(may=may_make_cases, methods=("POST",))
def priors(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Show a case with so many of its patient's earlier studies."""
    person = signed_in(request)
    most = request.POST.get("most", "")
    try:
        if most not in {str(number) for number in range(MOST_PRIORS + 1)}:
            raise InvalidError(f"A case shows between 0 and {MOST_PRIORS} earlier studies.", path="most")
        shown = show_priors(person, case_id, most=int(most))
    except NotFoundError:
        raise
    except RoomError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _priors_said(case_for(person, case_id).title, int(most), shown))
    return redirect("cases")


def _priors_said(title: str, wished: int, shown: int) -> str:
    studies = "1 earlier study" if shown == 1 else f"{shown} earlier studies"
    if wished == 0:
        return f"{title} is shown without earlier studies."
    more = "" if shown == wished else f" The patient has no more of the same modality and body part (asked: {wished})."
    return f"{title} is shown with {studies}.{more}"


@page(may=is_signed_in)
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The viewer on one case. For a reader this is the moment at which the assignment counts as opened."""
    person = signed_in(request)
    found = case_for(person, case_id)
    assignment = open_assignment(person, found.pk) if may_read_cases(person) else None
    note_shown(person, found.pk)
    after = f"?after={assignment.pk}" if assignment else ""
    preferences = viewer_preferences_of(person)
    context = {
        "case": found,
        "assignment": assignment,
        "api_base": "/api/v1",
        "preferences": json.dumps(preferences),
        "text": preferences["text"],
        "urls": {
            "home": reverse("home"),
            "back": reverse("worklist") if assignment else reverse("home"),
            "next": reverse("next-case") + after if assignment else "",
            "sign_out": reverse("sign-out"),
        },
    }
    return render(request, "frontend/viewer.html", context)
