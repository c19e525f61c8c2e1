"""A radiologist's own assignments, in their order, and the way to the next one."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.cases.queries import cases_for
from annotator.cases.records import identity_of
from annotator.readerstudies.models import AssignmentStage, AssignmentState
from annotator.readerstudies.policies import may_read_cases
from annotator.readerstudies.queries import next_assignment, worklist_for
from annotator.readerstudies.study_queries import own_studies
from frontend.pages.page import page, signed_in


@page(may=may_read_cases)
def worklist(request: HttpRequest) -> HttpResponse:
    """Everything that is assigned: a worklist is short enough for one page."""
    person = signed_in(request)
    # A study's cases come one at a time: how many there are is told, which they are is not.
    rows = list(worklist_for(person).filter(study=None))
    studies = own_studies(person)
    of_studies = list(worklist_for(person).filter(study__isnull=False))
    adjudications = [row for row in of_studies if row.stage == AssignmentStage.ADJUDICATION]
    open_now = {row.study_id: row for row in reversed(of_studies) if row.stage != AssignmentStage.ADJUDICATION}
    read = sum(row.state == AssignmentState.SUBMITTED for row in rows)
    upcoming = next((row for row in rows if row.state != AssignmentState.SUBMITTED), None)
    identities = {case.pk: identity_of(case) for case in cases_for(person).filter(pk__in=[row.case_id for row in rows])}
    context = {
        "rows": [(row, identities.get(row.case_id)) for row in rows],
        "shows_identity": any(identities.values()),
        "read": read,
        "upcoming": upcoming,
        "has_begun": any(row.opened_at for row in rows),
        "adjudications": adjudications,
        "to_settle": sum(row.state != AssignmentState.SUBMITTED for row in adjudications),
        "studies": [(one, open_now.get(one.id)) for one in studies],
    }
    return render(request, "frontend/worklist.html", context)


@page(may=may_read_cases)
def next_case(request: HttpRequest) -> HttpResponse:
    """Go to the next case that isn't submitted, the one behind `?after=` first; else back to the worklist."""
    after = _uuid(request.GET.get("after", ""))
    found = next_assignment(signed_in(request), after=after)
    if found is None and after is not None and worklist_for(signed_in(request)).exists():
        return redirect("worklist")
    if found is None:
        messages.success(request, "Every case of your worklist is submitted.")
        return redirect("worklist")
    return redirect("case", found.case_id)


def _uuid(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
