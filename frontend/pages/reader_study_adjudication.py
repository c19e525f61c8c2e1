"""Cases that a study's readers disagree about, and who settles them."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.readerstudies.actions.assign_adjudications import assign_adjudications, take_adjudication_back
from annotator.readerstudies.adjudicating import disputed_cases, possible_adjudicators
from annotator.readerstudies.policies import may_run_studies
from frontend.pages.page import page, signed_in
from frontend.pages.reader_study_results import once_open
from frontend.pages.row_numbers import row_numbers


@page(may=may_run_studies, methods=("GET", "POST"))
@once_open
def adjudication(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """The list; posting gives the ticked cases to an adjudicator, or takes one back that nobody began."""
    person = signed_in(request)
    if request.method == "POST":
        try:
            if back := request.POST.get("back"):
                take_adjudication_back(person, _identifier(back))
                messages.success(request, "Taken back. The case can be given to somebody else.")
            else:
                made = assign_adjudications(
                    person,
                    study_id,
                    next(iter(row_numbers([request.POST.get("adjudicator", "")])), 0),
                    numbers=row_numbers(request.POST.getlist("case")),
                )
                messages.success(request, f"{len(made)} case{'' if len(made) == 1 else 's'} given to the adjudicator.")
        except (InvalidError, ConflictError) as error:
            messages.error(request, str(error))
        return redirect("reader-study-adjudication", study_id)
    disputed = disputed_cases(person, study_id)
    context = {
        "study": disputed.counted.study,
        "disputed": disputed,
        "rules": disputed.counted.plan.disagreement,
        "plan": disputed.counted.plan,
        "adjudicators": possible_adjudicators(disputed.counted.study),
        "open": sum(case.assignment is None for case in disputed.cases),
    }
    return render(request, "frontend/reader_study_adjudication.html", context)


def _identifier(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InvalidError("There is no such adjudication.", "back") from error
