"""Bringing marks of other programs in: files and their source, what would come of them, then saving or not."""

import json
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import ConflictError, InvalidError, RoomError
from annotator.datasets.actions.request_mark_import import (
    discard_mark_import,
    request_mark_import,
    save_mark_import,
)
from annotator.datasets.importers.formats import FORMATS
from annotator.datasets.importers.import_files import GivenFile
from annotator.datasets.mark_import_queries import mark_import_for, mark_imports_for
from annotator.datasets.models import MarkImport
from annotator.datasets.policies import may_import
from annotator.jobs.models import JobState
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of

_LIVE = (JobState.QUEUED, JobState.RUNNING)
_LARGEST_LABELS = 1_000_000


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """One or several files."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(_FilesField, self).clean(one, initial) for one in data or [None]]


class MarkImportForm(forms.Form):
    """What marks are brought in with; the rules live in request_mark_import."""

    format = forms.ChoiceField(choices=[(one.name, one.title) for one in FORMATS.values()])
    documents = _FilesField(label="Files", error_messages={"required": "Choose at least one file."})
    source = forms.CharField(
        label="Whose work it is",
        max_length=100,
        help_text="It stands among the readers under this name, e.g. “Radiologists of BCS-DBT”.",
        error_messages={"required": "Name the source."},
    )
    series_uid = forms.CharField(
        label="Series UID", required=False, max_length=64, help_text="Of the pictures that NIfTI masks lie on."
    )
    labels = forms.FileField(
        label="labels.json", required=False, help_text='Names of the numbers in NIfTI masks: {"mass": 1}.'
    )
    paths = forms.FileField(
        label="Table of file paths", required=False, help_text="That goes with the boxes of the BCS-DBT data set."
    )


@page(may=may_import, methods=("GET", "POST"))
def mark_imports(request: HttpRequest) -> HttpResponse:
    """The form and the list; `?part=rows` gives the list alone, for polling."""
    person = signed_in(request)
    rows = page_of(request, mark_imports_for(person), size=20)
    if request.GET.get("part") == "rows":
        return render(request, "frontend/_mark_imports_list.html", {"page": rows, "formats": FORMATS})
    form = MarkImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _requested(request, form)
        except InvalidError as error:
            name = "documents" if error.path == "files" else error.path
            form.add_error(name if name in form.fields else None, str(error))
        except RoomError as error:
            form.add_error(None, str(error))
        else:
            return redirect("mark-import", made.pk)
    status = 400 if form.errors else 200
    return render(
        request, "frontend/mark_imports.html", {"page": rows, "form": form, "formats": FORMATS}, status=status
    )


@page(may=may_import, methods=("GET", "POST"))
def mark_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What would come of the files, or came of them; a POST saves them or throws them away."""
    person = signed_in(request)
    if request.method == "POST":
        try:
            if request.POST.get("then") == "discard":
                discard_mark_import(person, import_id)
            else:
                save_mark_import(person, import_id, skip_refused=request.POST.get("then") == "save-rest")
        except ConflictError as error:
            messages.error(request, str(error))
        return redirect("mark-import", import_id)
    found = mark_import_for(person, import_id)
    context = _shown(found)
    part = request.GET.get("part") == "state"
    return render(request, "frontend/_mark_import_state.html" if part else "frontend/mark_import.html", context)


def _shown(found: MarkImport) -> dict[str, Any]:
    told = found.saved or found.found
    is_live = found.job.state in _LIVE
    return {
        "import": found,
        "title": FORMATS[found.format].title if found.format in FORMATS else found.format,
        "told": told,
        "is_live": is_live,
        "is_settled": not is_live,
        "may_save": not is_live and found.closed_at is None and bool(found.found) and found.found["new"] > 0,
        "is_open": not is_live and found.closed_at is None,
        "more_refused": max(0, told["refused_count"] - len(told["refused"])) if told else 0,
    }


def _requested(request: HttpRequest, form: MarkImportForm) -> MarkImport:
    data = form.cleaned_data
    paths = data["paths"]
    return request_mark_import(
        signed_in(request),
        [GivenFile(file.name or "", file.chunks()) for file in data["documents"]],
        source=data["source"],
        format_name=data["format"],
        series_uid=data["series_uid"],
        labels=_labels(data["labels"]),
        paths=GivenFile(paths.name, paths.chunks()) if paths else None,
    )


def _labels(file: Any) -> dict[str, int]:
    """{name: number}, as exports have it beside NIfTI masks.

    Raises
    ------
    InvalidError : it is something else; path "labels".
    """
    if not file:
        return {}
    if file.size > _LARGEST_LABELS:
        raise InvalidError("labels.json is larger than names of labels can be.", "labels")
    try:
        return {str(name): int(number) for name, number in json.loads(file.read()).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidError('labels.json is an object of names and numbers: {"mass": 1}.', "labels") from error
