"""One release: how its freezing goes, what it holds, its exports."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.datasets.actions.discard_release import discard_release
from annotator.datasets.actions.judge_leak import judge_leak
from annotator.datasets.actions.request_release_export import request_release_export
from annotator.datasets.balance_svg import balance_figures
from annotator.datasets.compare_releases import compare_releases
from annotator.datasets.export_queries import formats, release_exports_for
from annotator.datasets.exporters.registry import exporter_named
from annotator.datasets.flow_chart import FlowChart
from annotator.datasets.flow_svg import flow_svg
from annotator.datasets.models import Release
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import (
    condition_of,
    frozen_release_for,
    release_for,
    releases_for,
    tombstones_of,
)
from frontend.pages.export_form import asked_by, export_form
from frontend.pages.page import page, signed_in
from frontend.pages.release_points import DiagnosesForm, PointsForm, points_context, take_points
from frontend.pages.sides import in_order

_FIRST_FORMAT = "coco"
UNCERTAIN = {
    "as_positive": "count as positive",
    "as_negative": "count as negative",
    "ignore": "are left out",
    "soft": "count as a half",
}


@page(may=may_manage_datasets, methods=("GET", "POST"))
def release(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """`?part=rows` gives the exports alone and `?part=state` how the freezing goes, for polling."""
    person = signed_in(request)
    found = release_for(person, release_id)
    exports = release_exports_for(person).filter(release=found)
    part = request.GET.get("part")
    if part == "rows":
        return render(request, "frontend/_release_exports.html", {"release": found, "exports": exports})
    if part == "state":
        return render(request, "frontend/_release_state.html", {"release": found, "is_part": True})
    format_name = request.POST.get("format") or request.GET.get("format") or _FIRST_FORMAT
    kind = exporter_named(format_name)
    every_format = formats()
    splits = in_order(found.header.get("counts", {}))
    is_asked = request.method == "POST" and request.POST.get("then") == "export"
    form = export_form(
        kind.options_class,
        prepares=not kind.points_into_originals,
        splits=splits,
        data=request.POST if is_asked else None,
    )
    if is_asked and form.is_valid():
        try:
            request_release_export(person, found.pk, asked_by(form, format_name, splits=splits))
        except InvalidError as error:
            word = error.path.partition(".")[2]
            name = next((name for name in form.fields if word and name.endswith(f"-{word}")), None)
            form.add_error(name, str(error))
        else:
            messages.success(request, f"“{kind.title}” is being made. You can leave this page.")
            return redirect("release", found.pk)
    refused: tuple[PointsForm | None, DiagnosesForm | None] = (None, None)
    if request.method == "POST" and request.POST.get("then") in ("fit", "diagnoses"):
        refused = take_points(request, person, found)
        if refused == (None, None):
            return redirect(f"{reverse('release', args=[found.pk])}#points")
    status = 400 if form.errors or any(refused) else 200
    context = _shown(found) | {
        "release": found,
        "exports": exports,
        "formats": every_format,
        "format": next(one for one in every_format if one.name == format_name),
        "form": form,
        "others": releases_for(person).filter(frozen_at__isnull=False).exclude(pk=found.pk),
    }
    if found.frozen_at:
        context |= points_context(person, found, refused=refused)
    if request.GET.get("check") and found.frozen_at:
        context["condition"] = condition_of(found)
    if before := request.GET.get("before"):
        context["compared"], context["changes"] = _compared(request, before, found)
    return render(request, "frontend/release.html", context, status=status)


@page(may=may_manage_datasets, methods=("POST",))
def decide_leak(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """Two patients who share something: together, different, or one of them goes; for all later freezes."""
    person = signed_in(request)
    found = release_for(person, release_id)
    try:
        judge_leak(
            person,
            found.cohort_id,
            request.POST.get("first", ""),
            request.POST.get("second", ""),
            verdict=request.POST.get("verdict", ""),
            reason=request.POST.get("reason", ""),
        )
    except (InvalidError, ConflictError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Kept for this cohort. Freeze it again when all are decided.")
    return redirect("release", found.pk)


@page(may=may_manage_datasets, methods=("POST",))
def discard(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """A draft that wasn't frozen goes."""
    person = signed_in(request)
    found = release_for(person, release_id)
    try:
        discard_release(person, found.pk)
    except ConflictError as error:
        messages.error(request, str(error))
        return redirect("release", found.pk)
    messages.success(request, f"The draft “{found.title}” was discarded.")
    return redirect("cohort", found.cohort_id)


@page(may=may_manage_datasets)
def datasheet(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """The datasheet as a Markdown file."""
    found = frozen_release_for(signed_in(request), release_id)
    answer = HttpResponse(found.datasheet, content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="datasheet-{found.number}.md"'
    return answer


def _shown(found: Release) -> dict[str, Any]:
    if not found.frozen_at:
        return {}
    return {
        "flow": _drawing(flow_svg(FlowChart.from_json(found.flow))) if found.flow else "",
        "positives": sorted(found.balance.get("targets", {}).get("train", {}).items()),
        "figures": [(name, _drawing(svg)) for name, svg in balance_figures(found.balance).items()],
        "sides": [(side, found.header["counts"][side]) for side in in_order(found.header.get("counts", {}))],
        "tombstones": tombstones_of(found),
        "truth": {**found.recipe["truth"], "uncertain": UNCERTAIN[found.recipe["truth"]["uncertain"]]},
    }


def _drawing(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308  the drawings escape their words


def _compared(request: HttpRequest, before: str, found: Release) -> tuple[Release, list[tuple[str, int]]]:
    try:
        older = frozen_release_for(signed_in(request), uuid.UUID(before))
    except ValueError as error:
        raise InvalidError("There is no such release to compare with.", "before") from error
    counts = compare_releases(older, frozen_release_for(signed_in(request), found.pk)).counts
    return older, [(name.replace("_", " ").capitalize(), count) for name, count in counts.items() if count]
