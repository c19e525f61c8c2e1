"""The catalogue: finding studies, tagging and collecting them, choosing them for an export or for readers."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import NotFoundError, RoomError
from annotator.accounts.models import User
from annotator.datasets.policies import may_export
from annotator.imaging.catalogue.chosen import MOST_CHOSEN
from annotator.imaging.catalogue.study_collections import collection_for, collections_for
from annotator.imaging.catalogue.study_filter import StudyOrder, StudyState, ordered
from annotator.imaging.catalogue.tags import tags_for
from annotator.imaging.catalogue.values_in_use import body_parts_in_use, modalities_in_use
from annotator.imaging.models import Collection, Study
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.queries import studies_for
from annotator.readerstudies.policies import may_assign
from frontend.pages.catalogue_filter import PAGE_SIZES, CatalogueQuestion
from frontend.pages.chosen_studies import choose_studies
from frontend.pages.page import page, signed_in
from frontend.pages.paging import KeyPaginator
from frontend.pages.row_numbers import row_numbers
from frontend.pages.study_arranging import ARRANGEMENTS, arrange

# As many as a browser's list of suggestions can hold.
TAGS_OFFERED = 500


@page(may=may_browse_catalogue, methods=("GET", "POST"))
def studies(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    question = CatalogueQuestion.from_query(request.GET)
    found = question.asked.apply(studies_for(person))
    if request.method == "POST":
        return _go_on_with(request, person, found)
    rows = studies_for(person).select_related("patient", "cover").prefetch_related("tags")
    pages = KeyPaginator(ordered(found, question.order), rows, question.size)
    context = {
        "page": pages.get_page(request.GET.get("page")),
        "asked": question.asked,
        "order": question.order,
        "size": question.size,
        "orders": StudyOrder.choices,
        "sizes": PAGE_SIZES,
        "states": StudyState.choices,
        "modalities": modalities_in_use(person),
        "body_parts": body_parts_in_use(person),
        "tags": tags_for(person)[:TAGS_OFFERED],
        "collections": collections_for(person),
        "collection": _shown_collection(person, question.asked.collection),
        "most_chosen": MOST_CHOSEN,
        "may_export": may_export(person),
        "may_assign": may_assign(person),
    }
    return render(request, "frontend/studies.html", context)


def _shown_collection(person: User, pk: int | None) -> Collection | None:
    if pk is None:
        return None
    try:
        return collection_for(person, pk)
    except NotFoundError:
        # Somebody deleted it meanwhile: the list is empty and says so.
        return None


def _go_on_with(request: HttpRequest, person: User, found: QuerySet[Study]) -> HttpResponse:
    """Tag or collect what was ticked (or all that the filter finds), or keep it and go to the page that uses it."""
    then = request.POST.get("then", "")
    if request.POST.get("all_found"):
        ids = list(found.order_by().values_list("pk", flat=True)[: MOST_CHOSEN + 1])
    else:
        ids = row_numbers(request.POST.getlist("study"))
    if not ids:
        messages.error(request, "Nothing was chosen. Tick the studies first.")
    elif len(ids) > MOST_CHOSEN:
        messages.error(request, f"These are more than {MOST_CHOSEN:,} studies. Narrow the search.")
    elif then in ARRANGEMENTS:
        try:
            messages.success(request, arrange(person, ids, request.POST))
        except RoomError as error:
            messages.error(request, str(error))
    else:
        choose_studies(request, ids)
        return redirect({"assign": "assignments", "cohort": "cohorts"}.get(then, "exports"))
    return redirect(request.get_full_path())
