"""Collections of studies: making, renaming, describing, deleting. Opening one shows it in the catalogue."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import ConflictError, InvalidError, RoomError
from annotator.imaging.actions.keep_collection import change_collection, delete_collection, make_collection
from annotator.imaging.catalogue.study_collections import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    collection_for,
    collections_for,
)
from annotator.imaging.policies import may_arrange_studies
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of


class CollectionForm(forms.Form):
    """What a collection is called; whether it may be is the action's business."""

    name = forms.CharField(max_length=LONGEST_NAME, error_messages={"required": "Give the collection a name."})
    description = forms.CharField(
        max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@page(may=may_arrange_studies, methods=("GET", "POST"))
def collections(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = CollectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_collection(person, **form.cleaned_data)
        except (InvalidError, ConflictError) as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{made.name}” is there. Tick studies in the catalogue and put them into it.")
            return redirect("collections")
    rows = page_of(request, collections_for(person))
    status = 400 if form.errors else 200
    return render(request, "frontend/collections.html", {"page": rows, "form": form}, status=status)


@page(may=may_arrange_studies, methods=("POST",))
def collection(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or delete one collection."""
    person = signed_in(request)
    found = collection_for(person, pk)
    try:
        if request.POST.get("then") == "delete":
            delete_collection(person, pk)
            messages.success(request, f"“{found.name}” was deleted. Its studies stay in the catalogue.")
        else:
            changed = change_collection(
                person, pk, name=request.POST.get("name"), description=request.POST.get("description")
            )
            messages.success(request, f"“{changed.name}” was changed.")
    except RoomError as error:
        messages.error(request, str(error))
    return redirect("collections")
