"""Reader studies for admins: the list, the designer of a draft, its allocation as a table."""

import uuid
from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import InvalidError, NotFoundError, RoomError
from annotator.accounts.models import User
from annotator.accounts.queries import readers_for
from annotator.datasets.release_queries import cohorts_for, releases_for
from annotator.datasets.study_cases import cases_of_cohort, cases_of_release
from annotator.readerstudies.actions.allocate_study import allocate_study
from annotator.readerstudies.actions.edit_study import WantedCase, choose_cases, choose_readers, edit_study
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.make_study import discard_study, make_study
from annotator.readerstudies.actions.pilot_study import start_pilot
from annotator.readerstudies.case_lists import draw_by_batch, draw_enriched, read_case_list, wanted_counts
from annotator.readerstudies.design import DesignKind, Protocol
from annotator.readerstudies.launch_checks import launch_checks
from annotator.readerstudies.listed_cases import cases_listed
from annotator.readerstudies.models import ItemStage, ReaderStudy, StudyState
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.sample_size import study_size, subjects_for_kappa
from annotator.readerstudies.study_queries import protocol_of, readers_of, studies_for, study_for
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of
from frontend.pages.reader_study_dashboard import dashboard
from frontend.pages.reader_study_form import ARM_KINDS, ProtocolForm, SizeForm, arm_rows, named_arms
from frontend.pages.reader_study_truth import take, truth_context

MOST_SHOWN = 60


@page(may=may_run_studies, methods=("GET", "POST"))
def reader_studies(request: HttpRequest) -> HttpResponse:
    """The list; a POST begins a study."""
    person = signed_in(request)
    if request.method == "POST":
        try:
            return redirect("reader-study", make_study(person, request.POST.get("name", "")).pk)
        except RoomError as error:
            messages.error(request, str(error))
            return redirect("reader-studies")
    return render(request, "frontend/reader_studies.html", {"page": page_of(request, studies_for(person))})


@page(may=may_run_studies, methods=("GET", "POST"))
def reader_study(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """A draft in the designer, anything else on its dashboard."""
    person = signed_in(request)
    study = study_for(person, study_id)
    # Whoever watches a launch being taken back asks for that part when the study is a draft already.
    if study.state != StudyState.DRAFT or request.GET.get("part") == "making":
        return dashboard(request, person, study)
    return _designer(request, person, study)


@page(may=may_run_studies)
def reader_study_allocation(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """Who reads what, in which order, under which arm, in which session: one reader's list at a time."""
    study = study_for(signed_in(request), study_id)
    parts = list(study.allocation.select_related("reader__person").order_by("reader__code", "amendment"))
    codes = list(dict.fromkeys(part.reader.code for part in parts))
    code = request.GET.get("reader", codes[0] if codes else "")
    own = [part for part in parts if part.reader.code == code]
    if codes and not own:
        raise NotFoundError("The study has no such reader.")
    items = {item.number: item for item in study.items.select_related("case")}
    rows = [
        {"place": at, "item": items.get(entry[0]), "arm": entry[1], "session": entry[2], "amendment": part.amendment}
        for at, (part, entry) in enumerate(((part, entry) for part in own for entry in part.entries), start=1)
    ]
    readers = [
        {
            "code": one,
            "name": next(part.reader.person.full_name for part in parts if part.reader.code == one),
            "counts": sorted(
                Counter((e[2], e[1]) for part in parts if part.reader.code == one for e in part.entries).items()
            ),
        }
        for one in codes
    ]
    context = {"study": study, "readers": readers, "code": code, "own": own, "page": page_of(request, rows)}
    return render(request, "frontend/reader_study_allocation.html", context)


def _designer(request: HttpRequest, person: User, study: ReaderStudy) -> HttpResponse:
    protocol = protocol_of(study)
    then = request.POST.get("then", "")
    form = ProtocolForm(request.POST if then == "protocol" else None, protocol=protocol, name=study.name)
    sizing = SizeForm(request.POST if then == "size" else None, initial=vars(protocol.aim))
    arms = arm_rows(protocol, request.POST if then == "protocol" else None)
    fault, fault_field, part = "", "", then
    if request.method == "POST":
        try:
            if then == "protocol":
                done = form.is_valid() and _save_protocol(request, person, study, form, arms)
            elif then == "size":
                done = sizing.is_valid() and _save_aim(request, person, study, protocol, sizing)
            else:
                done = _act(request, person, study, then, protocol)
        except RoomError as error:
            fault = str(error)
            fault_field = error.path if isinstance(error, InvalidError) else ""
        else:
            if done:
                where = "reader-studies" if then == "discard" else "reader-study"
                return redirect(where) if then == "discard" else redirect(where, study.pk)
    shown = list(study.items.select_related("case__study__patient")[:MOST_SHOWN])
    facts = study.items.order_by().aggregate(
        count=Count("pk"), patients=Count("patient", distinct=True), truths=Count("pk", filter=Q(truth__isnull=False))
    )
    batches = study.items.order_by("stage", "batch").values_list("stage", "batch").annotate(count=Count("pk"))
    chosen = {one.person_id: one for one in readers_of(study)}
    context = {
        "study": study,
        "protocol": protocol,
        "form": form,
        "sizing": sizing,
        "size": _size(protocol, len(chosen)),
        "arms": list(enumerate(arms)),
        "arm_kinds": [(kind.value, words) for kind, words in ARM_KINDS.items()],
        "checks": launch_checks(study),
        "readers": [(one, chosen.get(one.pk)) for one in readers_for(person)],
        "chosen": len(chosen),
        "is_anchored": protocol.design.kind == DesignKind.ANCHOR,
        "items": shown,
        "item_count": facts["count"],
        "truth_count": facts["truths"],
        **truth_context(person, study),
        "batches": [((ItemStage(stage).label, batch or "no batch"), count) for stage, batch, count in batches],
        "patients": facts["patients"],
        "cohorts": cohorts_for(person),
        "releases": releases_for(person).filter(frozen_at__isnull=False)[:100],
        "fault": fault,
        "fault_field": fault_field,
        # What was typed into the form of cases, which has no form class to keep it.
        "typed": request.POST if then == "cases" else {},
        "fault_part": part,
    }
    refused = bool(fault or form.errors or sizing.errors)
    return render(request, "frontend/reader_study.html", context, status=400 if refused else 200)


def _revision(request: HttpRequest) -> int:
    value = request.POST.get("revision", "")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise InvalidError("The page was incomplete. Reload it and try again.", "revision")
    return int(value)


def _save_protocol(
    request: HttpRequest, person: User, study: ReaderStudy, form: ProtocolForm, arms: list[dict[str, Any]]
) -> bool:
    asked = form.protocol(protocol_of(study), named_arms(arms))
    edit_study(person, study.pk, revision=_revision(request), name=form.cleaned_data["name"], protocol=asked)
    messages.success(request, "The protocol is saved.")
    return True


def _save_aim(request: HttpRequest, person: User, study: ReaderStudy, protocol: Protocol, sizing: SizeForm) -> bool:
    asked = {**protocol.to_json(), "aim": sizing.cleaned_data}
    edit_study(person, study.pk, revision=_revision(request), protocol=asked)
    return True


def _act(request: HttpRequest, person: User, study: ReaderStudy, then: str, protocol: Protocol) -> bool:
    revision = 0 if then == "truth" else _revision(request)
    if then == "readers":
        anchors = set(request.POST.getlist("anchors"))
        chosen = [(int(pk), pk in anchors) for pk in request.POST.getlist("readers") if pk.isascii() and pk.isdigit()]
        choose_readers(person, study.pk, chosen, revision=revision)
        messages.success(request, f"{len(chosen)} readers chosen.")
    elif then == "cases":
        count = choose_cases(person, study.pk, _wanted(request, person, study, protocol), revision=revision)
        messages.success(request, f"The study has {count} cases.")
    elif then == "truth":
        messages.success(request, take(person, study, request.POST))
    elif then == "allocate":
        allocate_study(person, study.pk, revision=revision)
        messages.success(request, "The allocation is computed. Look at it, then launch.")
    elif then == "pilot":
        start_pilot(person, study.pk, revision=revision)
        messages.success(request, "The pilot has begun. Its reads are thrown away when it ends.")
    elif then == "launch":
        launched = launch_study(person, study.pk, revision=revision)
        begins = "is being launched" if launched.state == StudyState.STARTING else "is launched"
        messages.success(request, f"The study {begins}. Its protocol is locked from now on.")
    elif then == "discard":
        discard_study(person, study.pk)
    else:
        raise InvalidError("There is no such change. Reload the page and try again.")
    return True


def _wanted(request: HttpRequest, person: User, study: ReaderStudy, protocol: Protocol) -> list[WantedCase]:
    """From a cohort, a release or a list; training cases that were chosen stay unless they are chosen anew."""
    stage = request.POST.get("stage", ItemStage.MAIN)
    kept = [WantedCase(one.case_id, one.batch, one.stage, one.truth) for one in study.items.exclude(stage=stage)]
    source, _, key = request.POST.get("source", "").partition(":")
    if source == "list":
        sent = request.FILES.get("list")
        if sent is None or sent.size is None or sent.size > 5_000_000:
            raise InvalidError("Choose a file of at most 5 MB.", "list")
        try:
            listed = read_case_list(sent.read().decode("utf-8"))
        except UnicodeDecodeError as bad:
            raise InvalidError("This file is no text in UTF-8.", "list") from bad
        found = cases_listed(person, listed)
        stages = {one.stage for one in found}
        return [*(one for one in kept if one.stage not in stages), *found]
    if source not in ("cohort", "release"):
        raise InvalidError("Choose where the cases come from.", "source")
    try:
        pk = uuid.UUID(key)
    except ValueError as bad:
        raise InvalidError("Choose where the cases come from.", "source") from bad
    cases = cases_of_cohort(person, pk) if source == "cohort" else cases_of_release(person, pk)
    if request.POST.get("draw_total", "").strip():
        total, percent = _number(request, "draw_total"), _number(request, "draw_percent")
        named = [one.strip() for one in request.POST.get("draw_positive", "").split(",") if one.strip()]
        cases = draw_enriched(cases, int(total), percent, positives=named, seed=protocol.seed)
    elif counts := wanted_counts(request.POST.get("draw", "")):
        cases = draw_by_batch(cases, counts, seed=protocol.seed)
    if not cases:
        raise InvalidError("No cases were found there.", "source")
    taken = {one.case_id for one in kept}
    return [*kept, *(WantedCase(case, batch, stage) for case, batch in cases if case not in taken)]


def _number(request: HttpRequest, name: str) -> float:
    """What was typed, with or without a sign of percent."""
    typed = request.POST.get(name, "").replace("%", "").strip()
    try:
        value = float(typed)
    except ValueError as bad:
        raise InvalidError(f"{typed[:20]!r} is no number.", name) from bad
    if not 0 <= value <= 20_000:
        raise InvalidError("A number between 0 and 20,000 is wanted.", name)
    return value


def _size(protocol: Protocol, readers: int) -> dict[str, Any]:
    design, aim = protocol.design, protocol.aim
    a_case = {
        DesignKind.FULLY_CROSSED: max(readers, 1),
        DesignKind.SPLIT_PLOT: max(readers // design.groups, 1),
        DesignKind.BALANCED: design.readers_per_case,
        DesignKind.ANCHOR: design.readers_per_case + 1,
    }[design.kind]
    size = study_size(
        aim.sensitivity, aim.half_width, prevalence=aim.prevalence, readers_per_case=a_case, arms=len(protocol.arms)
    )
    kappa = subjects_for_kappa(aim.kappa, aim.kappa_half_width, prevalence=min(aim.prevalence, 0.9999))
    return {
        **vars(size),
        "readers_per_case": a_case,
        "kappa_cases": kappa,
        "positives_in_1000": round(1000 * aim.prevalence, 1),
    }
