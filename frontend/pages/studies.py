"""The catalogue: finding studies, choosing them for an export or for readers, and looking at one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import NotFoundError
from annotator.accounts.models import User
from annotator.cases.queries import cases_for
from annotator.datasets.policies import may_export
from annotator.imaging.models import InstanceState, Stack, Study
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.queries import (
    instance_for,
    instances_for,
    modalities_of,
    series_for,
    stacks_of,
    studies_for,
    study_for,
)
from annotator.readerstudies.policies import may_assign
from frontend.pages.catalogue_filter import STATES, CatalogueFilter
from frontend.pages.chosen_studies import choose_studies
from frontend.pages.header_table import header_rows
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of
from frontend.pages.pictures import Picture, pictures_of_stacks, pictures_of_studies
from frontend.pages.row_numbers import row_numbers

STUDIES_A_PAGE = 25


@page(may=may_browse_catalogue, methods=("GET", "POST"))
def studies(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    asked = CatalogueFilter.from_query(request.GET)
    found = asked.apply(studies_for(person))
    if request.method == "POST":
        return _go_on_with(request, found)
    rows = page_of(request, found, size=STUDIES_A_PAGE)
    pictures = pictures_of_studies(person, rows.object_list)
    context = {
        "page": rows,
        "rows": [(study, modalities_of(study), pictures.get(study.pk)) for study in rows.object_list],
        "asked": asked,
        "states": STATES,
        "modalities": _modalities(person),
        "may_export": may_export(person),
        "may_assign": may_assign(person),
    }
    return render(request, "frontend/studies.html", context)


def _go_on_with(request: HttpRequest, found: QuerySet[Study]) -> HttpResponse:
    """Keep what was ticked (or all that the filter finds) and go to the page that uses it."""
    if request.POST.get("all_found"):
        ids = list(found.values_list("pk", flat=True))
    else:
        ids = row_numbers(request.POST.getlist("study"))
    if not ids:
        messages.error(request, "Nothing was chosen. Tick the studies first.")
        return redirect(request.get_full_path())
    choose_studies(request, ids)
    return redirect("assignments" if request.POST.get("then") == "assign" else "exports")


@page(may=may_browse_catalogue)
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """One study: its series, its stacks with a picture each, its cases, and the header of one chosen stack."""
    person = signed_in(request)
    found = study_for(person, pk)
    stacks = list(stacks_of(found))
    pictures = pictures_of_stacks(person, stacks)
    shown = _shown_stack(stacks, request.GET.get("header", ""))
    context = {
        "study": found,
        "modalities": modalities_of(found),
        "series": series_for(person).filter(study=found),
        "stacks": [(stack, pictures.get(stack.pk)) for stack in stacks],
        "cases": cases_for(person).filter(study=found),
        "failed": _failures(person, found),
        "shown": shown,
        "header": _header(person, pictures.get(shown.pk)) if shown else [],
        "may_export": may_export(person),
    }
    return render(request, "frontend/study.html", context)


def _shown_stack(stacks: list[Stack], key: str) -> Stack | None:
    if not key:
        return None
    found = next((stack for stack in stacks if stack.key == key), None)
    if found is None:
        raise NotFoundError("This study has no such stack.")
    return found


def _header(person: User, picture: Picture | None) -> list[object]:
    return list(header_rows(instance_for(person, picture.sop_uid).header)) if picture else []


def _failures(person: User, found: Study) -> list[tuple[str, str]]:
    failed = instances_for(person).filter(series__study=found, state=InstanceState.FAILED)
    return list(failed.values_list("sop_instance_uid", "failure")[:50])


def _modalities(person: User) -> list[str]:
    return sorted(m for m in set(series_for(person).order_by().values_list("modality", flat=True).distinct()) if m)
