"""One study: its stacks with a picture each, series, cases, tags, the patient's other studies, what is in doubt."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import NotFoundError, RoomError
from annotator.accounts.models import User
from annotator.cases.queries import catalogued_cases_for
from annotator.datasets.policies import may_export
from annotator.imaging.actions.decide_laterality import decide_laterality
from annotator.imaging.catalogue.laterality_doubts import do_sides_disagree
from annotator.imaging.catalogue.priors import priors_of
from annotator.imaging.catalogue.study_collections import collections_for
from annotator.imaging.catalogue.tags import tags_for
from annotator.imaging.models import InstanceState, LateralityVerdict, Stack, Study
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.queries import instance_for, instances_for, series_for, stacks_of, study_for
from frontend.pages.header_table import header_rows
from frontend.pages.page import page, signed_in
from frontend.pages.pictures import Middle, middles_of_stacks
from frontend.pages.studies import TAGS_OFFERED
from frontend.pages.study_arranging import ARRANGEMENTS, arrange


@page(may=may_browse_catalogue, methods=("GET", "POST"))
def study(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    found = study_for(person, pk)
    if request.method == "POST":
        return _change(request, person, found)
    stacks = list(stacks_of(found).select_related("laterality_checked_by"))
    middles = middles_of_stacks(person, stacks)
    shown = _shown_stack(stacks, request.GET.get("header", ""))
    inside = list(collections_for(person).filter(studies=found))
    context = {
        "study": found,
        "series": series_for(person).filter(study=found),
        "stacks": [(stack, middles.get(stack.pk)) for stack in stacks],
        "disagreements": [stack for stack in stacks if do_sides_disagree(stack)],
        "verdicts": LateralityVerdict,
        "cases": catalogued_cases_for(person).filter(study=found),
        "failed": _failures(person, found),
        "priors": priors_of(person, found),
        "own_tags": list(found.tags.all()),
        "tags": tags_for(person)[:TAGS_OFFERED],
        "inside": inside,
        "other_collections": collections_for(person).exclude(pk__in=[one.pk for one in inside]),
        "shown": shown,
        "header": _header(person, middles.get(shown.pk)) if shown else [],
        "may_export": may_export(person),
    }
    return render(request, "frontend/study.html", context)


def _change(request: HttpRequest, person: User, found: Study) -> HttpResponse:
    then = request.POST.get("then", "")
    try:
        if then in ARRANGEMENTS:
            arrange(person, [found.pk], request.POST)
        elif then in LateralityVerdict.values:
            _decide(person, found, request.POST.get("stack", ""), then)
            messages.success(request, f"Kept: {LateralityVerdict(then).label}.")
        else:
            messages.error(request, "The page was too old. Try again.")
    except RoomError as error:
        messages.error(request, str(error))
    return redirect("study", pk=found.pk)


def _decide(person: User, found: Study, stack_key: str, verdict: str) -> None:
    if not stacks_of(found).filter(key=stack_key).exists():
        raise NotFoundError("This study has no such stack.")
    decide_laterality(person, stack_key, verdict=verdict)


def _shown_stack(stacks: list[Stack], key: str) -> Stack | None:
    if not key:
        return None
    found = next((stack for stack in stacks if stack.key == key), None)
    if found is None:
        raise NotFoundError("This study has no such stack.")
    return found


def _header(person: User, middle: Middle | None) -> list[object]:
    return list(header_rows(instance_for(person, middle.sop_uid).header)) if middle else []


def _failures(person: User, found: Study) -> list[tuple[str, str]]:
    failed = instances_for(person).filter(series__study=found, state=InstanceState.FAILED)
    return list(failed.values_list("sop_instance_uid", "failure")[:50])
