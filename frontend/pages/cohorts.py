"""Cohorts: a question about studies, counted as it is written; releases are frozen from it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.models import User
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.cohort_counts import CohortCounts, count_cohort
from annotator.datasets.flow_svg import flow_svg
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import cohort_for, cohorts_for, releases_for
from annotator.imaging.queries import studies_for
from annotator.labels.queries import all_schemas
from frontend.pages.chosen_studies import chosen_studies
from frontend.pages.cohort_form import EXCLUDED_BY, CohortForm, exclusion_rows, form_values, query_from
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of

_MOST_PREVALENCE = 40


class FreezeForm(forms.Form):
    """What is chosen when a release is frozen; the rules live in ReleaseRecipe."""

    title = forms.CharField(required=False, max_length=200, help_text="The cohort's name where empty.")
    uncertain = forms.ChoiceField(
        label="Uncertain answers count as",
        choices=[
            ("", "Choose"),
            ("as_positive", "Positive"),
            ("as_negative", "Negative"),
            ("ignore", "Left out"),
            ("soft", "A half (soft label 0.5)"),
        ],
        error_messages={"required": "Choose what uncertain answers count as: nothing is chosen for you."},
    )
    whose = forms.ChoiceField(
        label="Whose marks and answers",
        choices=[
            ("all", "Every reader's, with the reader as a column"),
            ("reader", "One reader's"),
            ("consensus", "The consensus of several"),
            ("adjudicated", "What was approved in review"),
        ],
    )
    reader = forms.CharField(required=False, max_length=150, help_text="User name, for one reader's.")
    minimum_readers = forms.IntegerField(label="Consensus of at least", initial=2, min_value=1, max_value=100)
    minimum_overlap = forms.FloatField(
        label="Marks are one from an overlap of",
        initial=0.5,
        min_value=0.01,
        max_value=1,
        help_text="IoU, of a consensus.",
    )
    schemas = forms.CharField(
        label="Answers of", required=False, max_length=2000, help_text="Keys of label schemas; empty: all."
    )
    submitted_only = forms.BooleanField(label="Submitted readings only", required=False, initial=True)
    accepted_suggestions = forms.BooleanField(
        label="With marks that a model proposed and a reader accepted", required=False, initial=True
    )
    unread = forms.BooleanField(label="With studies that nobody has read", required=False)
    train = forms.DecimalField(label="Train, %", min_value=0, max_value=100, initial=70)
    val = forms.DecimalField(label="Validation, %", min_value=0, max_value=100, initial=15)
    test = forms.DecimalField(label="Test, %", min_value=0, max_value=100, initial=15)
    folds = forms.IntegerField(label="Or folds", required=False, min_value=0, max_value=20)
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=1)
    stratify_by = forms.CharField(
        label="Even among the sides",
        required=False,
        initial="group, category, site",
        help_text="group, category, site, scanner, answer:schema.question",
    )

    near_duplicates = forms.BooleanField(
        label="Stop where pictures of two sides look alike", required=False, initial=True
    )

    def recipe(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "truth": {
                "uncertain": data["uncertain"],
                "whose": data["whose"],
                "reader": data["reader"],
                "minimum_readers": data["minimum_readers"],
                "minimum_overlap": data["minimum_overlap"],
                "schemas": [word.strip() for word in data["schemas"].split(",") if word.strip()],
                "submitted_only": data["submitted_only"],
                "accepted_suggestions": data["accepted_suggestions"],
                "unread": data["unread"],
            },
            "split": {
                "fractions": [float(data[part]) / 100 for part in ("train", "val", "test")],
                "folds": data["folds"] or 0,
                "seed": data["seed"],
                "stratify_by": [word.strip() for word in data["stratify_by"].split(",") if word.strip()],
            },
            "leaks": {"near_duplicates": data["near_duplicates"]},
        }


@page(may=may_manage_datasets, methods=("GET", "POST"))
def cohorts(request: HttpRequest) -> HttpResponseBase:
    """The list, and a new one: of the studies that are ticked in the catalogue, or of all."""
    person = signed_in(request)
    if request.method == "POST":
        chosen = chosen_studies(request, person)
        query: dict[str, Any] = {}
        if chosen and request.POST.get("of") == "chosen":
            uids = studies_for(person).filter(pk__in=chosen).values_list("study_instance_uid", flat=True)
            query = {"criteria": {"studies": sorted(uids)}}
        try:
            made = save_cohort(person, request.POST.get("name", ""), query)
        except (InvalidError, ConflictError) as error:
            messages.error(request, str(error))
            return redirect("cohorts")
        return redirect("cohort", made.pk)
    rows = page_of(request, cohorts_for(person))
    releases = list(releases_for(person).filter(cohort__in=[one.pk for one in rows]))
    listed = [(one, [release for release in releases if release.cohort_id == one.pk]) for one in rows]
    chosen = chosen_studies(request, person)
    return render(request, "frontend/cohorts.html", {"page": rows, "listed": listed, "chosen": chosen})


@page(may=may_manage_datasets, methods=("GET", "POST"))
def cohort(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponseBase:
    """The question, what it finds now, and freezing."""
    person = signed_in(request)
    found = cohort_for(person, cohort_id)
    then = request.POST.get("then", "")
    freezing = FreezeForm(request.POST if then == "freeze" else None)
    if then == "freeze" and freezing.is_valid():
        try:
            release = request_release(person, found.pk, freezing.recipe(), title=freezing.cleaned_data["title"])
        except InvalidError as error:
            freezing.add_error(_field_of(error.path, freezing), str(error))
        else:
            return redirect("release", release.pk)
    asking = request.method == "POST" and then in ("save", "count")
    values = form_values(found.name, found.description, found.query)
    form = CohortForm(request.POST if asking else None, initial=values)
    query: dict[str, Any] = found.query
    if asking and form.is_valid():
        try:
            query = query_from(form.cleaned_data, request.POST, found.query)
            if then == "save":
                save_cohort(
                    person,
                    form.cleaned_data["name"],
                    query,
                    cohort_id=found.pk,
                    description=form.cleaned_data["description"],
                )
                messages.success(request, "Saved. Releases that were frozen before keep their question.")
                return redirect("cohort", found.pk)
        except (InvalidError, ConflictError) as error:
            form.add_error(_field_of(getattr(error, "path", ""), form), str(error))
    counts = _counts(person, query, form) if not form.errors else None
    context = {
        "cohort": found,
        "form": form,
        "exclusions": exclusion_rows(query),
        "excluded_by": EXCLUDED_BY,
        "freezing": freezing,
        "releases": releases_for(person).filter(cohort=found),
        "counts": counts,
        "prevalence": counts.prevalence[:_MOST_PREVALENCE] if counts else (),
        "flow": mark_safe(flow_svg(counts.flow)) if counts else "",  # noqa: S308  the drawing escapes its words
        "is_unsaved": query != found.query,
        "schemas": all_schemas(),
    }
    if request.POST.get("part") == "counts":
        return render(request, "frontend/_cohort_counts.html", context)
    status = 400 if form.errors or freezing.errors else 200
    return render(request, "frontend/cohort.html", context, status=status)


def _counts(person: User, query: dict[str, Any], form: forms.Form) -> CohortCounts | None:
    try:
        return count_cohort(person, query)
    except InvalidError as error:
        form.add_error(_field_of(error.path, form), str(error))
        return None


def _field_of(path: str, form: forms.Form) -> str | None:
    """The form's field at a fault's path; None: above the form."""
    words = path.replace("[", ".").split(".")
    return next((word for word in reversed(words) if word in form.fields), None)
