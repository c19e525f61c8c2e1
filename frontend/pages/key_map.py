"""The key map: which pseudonyms there are, and who one of them is. Admins only; each look is audited."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotator.accounts.errors import InvalidError
from annotator.imaging.actions.find_patient_keys import find_patient_keys
from annotator.imaging.actions.reveal_patient import reveal_patient
from annotator.imaging.deidentification.key_map import patient_keys_for
from annotator.imaging.deidentification.policies import may_see_key_map
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of

SHOWN_OF_A_SEARCH = 50


@page(may=may_see_key_map, methods=("GET", "POST"))
def key_map(request: HttpRequest) -> HttpResponse:
    """The list of pseudonyms; a POST with `text` searches: an original Patient ID belongs in no address and no log."""
    person = signed_in(request)
    if request.method == "POST":
        try:
            found = find_patient_keys(person, request.POST.get("text", ""))
        except InvalidError as error:
            messages.error(request, str(error))
        else:
            rows = list(found[:SHOWN_OF_A_SEARCH])
            context = {"rows": rows, "searched": True, "is_cut": len(rows) == SHOWN_OF_A_SEARCH}
            return render(request, "frontend/key_map.html", context)
    listed = page_of(request, patient_keys_for(person))
    return render(request, "frontend/key_map.html", {"rows": listed.object_list, "page": listed})


@page(may=may_see_key_map, methods=("POST",))
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """One row, opened: shown once, in no address and no list."""
    person = signed_in(request)
    identity = reveal_patient(person, pk)
    rows = list(patient_keys_for(person).filter(pk=pk))
    return render(request, "frontend/key_map.html", {"rows": rows, "searched": True, "identity": identity})
