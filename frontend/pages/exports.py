"""Exports: asking for a training dataset, watching it being made, downloading it."""

import uuid

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.datasets.actions.request_export import request_export
from annotator.datasets.export_request import MAX_SEED, MAX_TITLE, ExportRequest
from annotator.datasets.policies import may_export
from annotator.datasets.queries import export_file, export_for, exports_for
from annotator.imaging.pixels.presets import presets_for
from annotator.imaging.queries import series_for, studies_for
from annotator.labels.queries import all_schemas
from frontend.pages.chosen_studies import choose_studies, chosen_studies
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of

# Where the request's own check points, in the words of the form.
_FIELD_OF_PATH = {
    "title": "title",
    "study_ids": "studies",
    "schema_key": "schema_key",
    "window": "window",
    "frames": "frames",
    "seed": "seed",
    "fractions": "train",
}


class ExportForm(forms.Form):
    """What an export is asked for with; the rules live in ExportRequest."""

    title = forms.CharField(max_length=MAX_TITLE, error_messages={"required": "Give the export a title."})
    studies = forms.ChoiceField(label="Studies")
    schema_key = forms.ChoiceField(label="Label schema", required=False)
    window = forms.ChoiceField(label="Window of the pictures")
    frames = forms.ChoiceField(
        label="Pictures",
        choices=[("marked", "Frames with a mark"), ("all", "Every frame, also the empty ones")],
    )
    submitted_only = forms.ChoiceField(
        label="Readings",
        choices=[("", "All, also those that are still being read"), ("1", "Submitted ones only")],
        required=False,
    )
    train = forms.DecimalField(label="Train, %", min_value=0, max_value=100, initial=70)
    val = forms.DecimalField(label="Validation, %", min_value=0, max_value=100, initial=15)
    test = forms.DecimalField(label="Test, %", min_value=0, max_value=100, initial=15)
    seed = forms.IntegerField(
        min_value=0, max_value=MAX_SEED, initial=1, help_text="The same seed splits the same patients the same way."
    )

    def __init__(self, data: object = None, *, person: User, chosen: list[int]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.person = person
        self.chosen = chosen
        modalities = sorted(m for m in series_for(person).order_by().values_list("modality", flat=True).distinct() if m)
        every = [("all", "All studies"), *((f"modality:{m}", f"All studies with {m}") for m in modalities)]
        ticked = [("chosen", f"The {len(chosen)} chosen in the catalogue")] if chosen else []
        _choices(self, "studies", [*ticked, *every])
        schemas = [(schema.key, schema.title) for schema in all_schemas()]
        _choices(self, "schema_key", [("", "None: marks alone"), *schemas])
        names = [(preset.window.name, f"{preset.window.name} ({m})") for m in modalities for preset in presets_for(m)]
        _choices(self, "window", [("auto", "Its own, else the preset"), *names])

    def to_request(self) -> ExportRequest:
        """The request; a fault that it finds raises InvalidError."""
        data = self.cleaned_data
        fractions = tuple(float(data[part] / 100) for part in ("train", "val", "test"))
        return ExportRequest(
            title=data["title"],
            study_ids=self._study_ids(data["studies"]),
            schema_key=data["schema_key"] or None,
            window=data["window"],
            frames=data["frames"],
            fractions=(fractions[0], fractions[1], fractions[2]),
            seed=data["seed"],
            submitted_only=bool(data["submitted_only"]),
        )

    def _study_ids(self, wanted: str) -> tuple[int, ...]:
        if wanted == "chosen":
            return tuple(self.chosen)
        studies = studies_for(self.person).order_by("pk")
        if modality := wanted.partition(":")[2]:
            studies = studies.filter(series__modality=modality).distinct()
        return tuple(studies.values_list("pk", flat=True))


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for mypy: the form above says so
    field.choices = choices


@page(may=may_export, methods=("GET", "POST"))
def exports(request: HttpRequest) -> HttpResponse:
    """The form and the list; `?part=rows` gives the list alone, for polling."""
    person = signed_in(request)
    rows = page_of(request, exports_for(person), size=20)
    if request.GET.get("part") == "rows":
        return render(request, "frontend/_exports_list.html", {"page": rows})
    chosen = chosen_studies(request, person)
    form = ExportForm(request.POST or None, person=person, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            export = request_export(person, form.to_request())
        except InvalidError as error:
            form.add_error(_FIELD_OF_PATH.get(error.path.partition(".")[0]), str(error))
        else:
            choose_studies(request, [])
            messages.success(request, f"“{export.title}” is being made. You can leave this page.")
            return redirect("exports")
    status = 400 if form.errors else 200
    return render(request, "frontend/exports.html", {"page": rows, "form": form, "chosen": chosen}, status=status)


@page(may=may_export)
def download(request: HttpRequest, export_id: uuid.UUID) -> FileResponse:
    person = signed_in(request)
    path = export_file(person, export_id)
    title = "".join(
        letter if letter.isalnum() or letter in "-_ " else "-" for letter in export_for(person, export_id).title
    )
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{title.strip() or 'export'}.zip")
