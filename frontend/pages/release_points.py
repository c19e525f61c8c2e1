"""Points fitted to a release, on its page: asked for, watched, and held against the published ones."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.models import User
from annotator.datasets.actions.fit_tirads_points import fit_for, offer_tirads_points, request_tirads_fit
from annotator.datasets.actions.import_diagnoses import import_diagnoses
from annotator.datasets.models import Release, TiradsFit
from annotator.datasets.performance_svg import MEASURES, estimate_words, performance_figure
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import diagnosis_tables_for, frozen_release_for, tirads_fits_for
from annotator.jobs.models import JobState
from annotator.labels.policies import may_edit_schemas
from annotator.labels.tirads_evaluation import FITTED
from frontend.pages.page import page, signed_in
from frontend.pages.sides import in_order

_TABLE, _ANSWER = "table:", "answer:"
_POINTS = ("points", "tirads")
_FIELDS = {"table": "diagnosis", "diagnosis_schema": "diagnosis", "question": "diagnosis"}


class DiagnosesForm(forms.Form):
    """A table of diagnoses to bring in; what it may hold is import_diagnoses' business."""

    name = forms.CharField(label="Name of the table", max_length=80)
    source = forms.CharField(label="Where it comes from", max_length=200)
    csv = forms.FileField(
        label="CSV file",
        help_text="Columns: diagnosis (malignant, benign), and one of finding, study (its UID), patient (identifier or "
        "pseudonym; the pseudonym is kept).",
    )


class PointsForm(forms.Form):
    """What points are fitted with; the rules live in TiradsSettings."""

    schema = forms.ChoiceField(label="Features answered in")
    diagnosis = forms.ChoiceField(label="Diagnosis from", error_messages={"required": "Choose where it comes from."})
    malignant = forms.CharField(
        label="Values that mean malignant",
        required=False,
        help_text="Only where the diagnosis is an answer; several separated by commas.",
    )
    benign = forms.CharField(label="Values that mean benign", required=False)
    training = forms.MultipleChoiceField(label="Fitted on", widget=forms.CheckboxSelectMultiple)
    title = forms.CharField(label="Title of the points", required=False, max_length=100)
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=1)

    def __init__(self, data: Any = None, *, release: Release, person: User) -> None:
        super().__init__(data)
        schemas = release.header.get("schemas", {})
        tables = [(f"{_TABLE}{one.pk}", f"{one.name}: {one.source}") for one in diagnosis_tables_for(person)]
        answers = [(f"{_ANSWER}{value}", words) for value, words in _questions(schemas)]
        sides = in_order(release.header.get("splits", []))
        _choose(self, "schema", [(key, f"{key}") for key in scored_schemas(release)])
        _choose(self, "diagnosis", [("", "Choose"), ("Tables", tables), ("Answers of this release", answers)])
        _choose(self, "training", [(side, side) for side in sides])
        self.fields["training"].initial = ["train"] if "train" in sides else sides[:-1]

    def settings(self) -> dict[str, Any]:
        """TiradsSettings as JSON."""
        data = self.cleaned_data
        made = {name: data[name] for name in ("schema", "training", "seed", "title")}
        if data["diagnosis"].startswith(_TABLE):
            return made | {"table": data["diagnosis"].removeprefix(_TABLE)}
        schema, _, question = data["diagnosis"].removeprefix(_ANSWER).partition(".")
        values = {name: [word.strip() for word in data[name].split(",") if word.strip()] for name in _VALUES}
        return made | {"diagnosis_schema": schema, "question": question} | values


_VALUES = ("malignant", "benign")


def scored_schemas(release: Release) -> list[str]:
    """Keys of the schemas with points that this release was answered in."""
    found = release.header.get("schemas", {}).items()
    return sorted({name.partition("@")[0] for name, one in found if one["scoring"]["kind"] in _POINTS})


@page(may=may_manage_datasets)
def fits(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """The fits alone, for polling."""
    person = signed_in(request)
    release = frozen_release_for(person, release_id)
    return render(request, "frontend/_release_fits.html", {"release": release, **shown_fits(person, release)})


def take_points(request: HttpRequest, person: User, release: Release) -> tuple[PointsForm | None, DiagnosesForm | None]:
    """What a POST to a frozen release's page asks: a fit, or to bring a table of diagnoses in.

    Returns
    -------
    The form that was refused, as it was filled in; (None, None) where it was done.

    Raises
    ------
    ConflictError : the release isn't frozen.
    """
    found = frozen_release_for(person, release.pk)
    if request.POST.get("then") == "diagnoses":
        return None, _refused_table(request, person)
    form = PointsForm(request.POST, release=found, person=person)
    if form.is_valid():
        try:
            request_tirads_fit(person, found.pk, form.settings())
        except InvalidError as error:
            name = _FIELDS.get(error.path, error.path)
            form.add_error(name if name in form.fields else None, str(error))
        else:
            messages.success(request, "Points are being fitted. You can leave this page.")
            return None, None
    return form, None


@page(may=may_manage_datasets, methods=("POST",))
def offer(request: HttpRequest, fit_id: uuid.UUID) -> HttpResponse:
    """Begin a label schema with fitted points; for admins, who publish it or don't."""
    person = signed_in(request)
    fit = fit_for(person, fit_id)
    try:
        draft = offer_tirads_points(
            person, fit.pk, key=request.POST.get("key", ""), title=request.POST.get("title", "")
        )
    except (InvalidError, ConflictError) as error:
        messages.error(request, str(error))
        return redirect(f"{_address(fit.release)}#points")
    return redirect("label-schema-editor", draft.key)


def points_context(
    person: User, release: Release, *, refused: tuple[PointsForm | None, DiagnosesForm | None] = (None, None)
) -> dict[str, Any]:
    """What the section of a release's page needs; a refused form is shown as it was filled in."""
    points, diagnoses = refused
    return {
        "points_form": (points or PointsForm(release=release, person=person)) if scored_schemas(release) else None,
        "diagnoses_form": diagnoses or DiagnosesForm(prefix="diagnoses"),
        **shown_fits(person, release),
    }


@dataclass(frozen=True)
class ShownFit:
    """One fit as the page shows it; without result while its job isn't done.

    Attributes
    ----------
    systems : titles, in the order of the points.
    features : (category, feature, points by system, whether no nodule had it, whether fitted points differ from ACR's).
    performances : (side in words, [(system, AUC, sensitivity, specificity)]), the held-out patients first.
    differences : (system that the fitted points are held against, AUC, sensitivity, specificity).
    """

    fit: TiradsFit
    systems: list[str]
    features: list[tuple[str, str, list[int], bool, bool]]
    performances: list[tuple[str, list[tuple[str, list[str]]]]]
    differences: list[tuple[str, list[str]]]
    figure: SafeString | str


def shown_fits(person: User, release: Release) -> dict[str, Any]:
    """The fits of a release, newest first, and whether nothing of them will change any more."""
    found = list(tirads_fits_for(person).filter(release=release))
    return {
        "fits": [_shown(fit) for fit in found],
        "fits_settled": all(fit.job.state not in (JobState.QUEUED, JobState.RUNNING) for fit in found),
        "may_offer": may_edit_schemas(person),
    }


def _shown(fit: TiradsFit) -> ShownFit:
    if not fit.result:
        return ShownFit(fit, [], [], [], [], "")
    scoring = fit.definition["scoring"]
    titles = {system["name"]: system["title"] for system in scoring["systems"]}
    unseen = {tuple(one) for one in fit.result["unseen"]}
    features = []
    for question in fit.definition["form"]["questions"]:
        if question["name"] not in scoring["categories"]:
            continue
        for option in question["options"]:
            points = [option["points"][name] for name in titles]
            changed = option["points"][FITTED] != points[0]
            is_unseen = (question["name"], option["value"]) in unseen
            features.append((question["title"], option["title"], points, is_unseen, changed))
    training = fit.result["training"].get("systems", {})
    held_out = fit.result["held_out"]["systems"]
    differences = [
        (titles[one["less"]], _estimates(one))
        for one in fit.result["held_out"]["differences"]
        if one["of"] == FITTED and one["less"] in titles
    ]
    return ShownFit(
        fit=fit,
        systems=list(titles.values()),
        features=features,
        performances=[
            (side, [(title, _estimates(found[name])) for name, title in titles.items()])
            for side, found in (("Held-out patients", held_out), ("Training patients", training))
            if found
        ],
        differences=differences,
        # The drawing escapes its words.
        figure=mark_safe(performance_figure(titles, held_out, training or None)),  # noqa: S308
    )


def _estimates(performance: dict[str, Any]) -> list[str]:
    return [estimate_words(performance[measure]) for measure in MEASURES]


def _refused_table(request: HttpRequest, person: User) -> DiagnosesForm | None:
    form = DiagnosesForm(request.POST, request.FILES, prefix="diagnoses")
    if form.is_valid():
        data = form.cleaned_data
        try:
            table = import_diagnoses(person, data["name"], source=data["source"], content=data["csv"].read())
        except (InvalidError, ConflictError) as error:
            path = error.path if isinstance(error, InvalidError) else "name"
            form.add_error(path if path in form.fields else "csv", str(error))
        else:
            messages.success(request, f"“{table.name}” is kept. Choose it where the diagnosis comes from.")
            return None
    # A browser sends no file twice.
    if "csv" not in form.errors:
        form.add_error("csv", "Choose the file again.")
    return form


def _questions(schemas: dict[str, Any]) -> list[tuple[str, str]]:
    """Questions that may hold a diagnosis: of findings or the case, with values to choose from."""
    found = {}
    for reference, definition in sorted(schemas.items()):
        key = reference.partition("@")[0]
        if definition.get("applies_to", "finding") not in ("finding", "case"):
            continue
        for question in definition["form"].get("questions", []):
            if question["kind"] in ("choice", "boolean"):
                values = [str(option["value"]) for option in question.get("options", [])] or ["True", "False"]
                found[f"{key}.{question['name']}"] = f"{key}: {question['title']} ({', '.join(values)})"
    return list(found.items())


def _choose(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField | forms.MultipleChoiceField)  # noqa: S101  # for mypy
    field.choices = choices


def _address(release: Release) -> str:
    return f"/releases/{release.pk}/"
