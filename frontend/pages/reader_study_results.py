"""First results of a reader study, and its reads as files."""

import uuid
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from annotator.accounts.errors import InvalidError
from annotator.jobs.models import JobState
from annotator.readerstudies.actions.export_reads import export_reads
from annotator.readerstudies.actions.request_reads_export import request_reads_export
from annotator.readerstudies.kept_results import Part, request_count, shown_result
from annotator.readerstudies.models import ReaderStudy
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.protocol_document import protocol_document
from annotator.readerstudies.reads_exports import reads_exports_of
from annotator.readerstudies.reads_files import FORMATS
from annotator.readerstudies.results import ConditionResult
from annotator.readerstudies.results_queries import ResultsShutError, count_reads, counted_study
from frontend.pages.jobs import worker_is_late
from frontend.pages.page import View, page, signed_in
from frontend.pages.reader_study_form import TRUTH_WORDS

_FLATTERED = (
    "The truth is made of the readings it judges: readers agree with themselves in it. Take accuracy from this as an "
    "upper bound."
)


def once_open(view: View) -> View:
    """A page about results: while the protocol keeps them shut it says so."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ResultsShutError as shut:
            context = {"study": shut.study, "reason": str(shut)}
            return render(request, "frontend/reader_study_shut.html", context, status=403)

    return answer


@page(may=may_run_studies, methods=("GET", "POST"))
@once_open
def results(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """`?part=lesions` gives lesions between readers alone, from the marks of every read; a POST has them counted.

    `?part=files` gives the files that jobs make.
    """
    person, chosen = signed_in(request), chosen_in(request.GET)
    part: Part = "lesions" if request.GET.get("part") == "lesions" else "figures"
    query = request.GET.copy()
    query.pop("part", None)
    if request.method == "POST":
        request_count(person, study_id, chosen, part="lesions" if "lesions" in request.POST else "figures")
        return redirect(f"{reverse('reader-study-results', args=[study_id])}?{query.urlencode()}")
    if request.GET.get("part") == "files":
        study = counted_study(person, study_id, chosen).study
        state = {"study": study, "query": query.urlencode(), **_made_files(study)}
        return render(request, "frontend/_reader_study_files.html", state)
    shown = shown_result(person, study_id, chosen, part=part)
    state = {
        "study": shown.counted.study,
        "shown": shown,
        "part": part,
        "conditions": shown.conditions,
        "query": query.urlencode(),
        "worker_is_late": shown.job is not None and shown.job.state == JobState.QUEUED and worker_is_late(),
    }
    if request.GET.get("part") == "state":
        return render(request, "frontend/_reader_study_as_of.html", {**state, "is_poll": True})
    if part == "lesions":
        return render(request, "frontend/_reader_study_lesions.html", state)
    plan = shown.counted.plan
    figures = [one for one in shown.conditions or () if isinstance(one, ConditionResult)]
    context = {
        **state,
        "counted": shown.counted,
        "plan": plan,
        "positive": [str(one) for one in plan.positive],
        "warnings": _warnings(figures),
        "truths": TRUTH_WORDS,
        "truth_count": shown.truths,
        "flattered": _FLATTERED if plan.truth != "table" and shown.truths else "",
        **_files(shown.counted.study),
    }
    return render(request, "frontend/reader_study_results.html", context)


@page(may=may_run_studies)
def protocol(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """The protocol, the allocation and the amendments on paper, as an ethics board wants them."""
    document = protocol_document(signed_in(request), study_id)
    return render(request, "frontend/reader_study_protocol.html", {"document": document, "study": document.study})


@page(may=may_run_studies, methods=("GET", "POST"))
@once_open
def reads(request: HttpRequest, study_id: uuid.UUID, format_name: str) -> HttpResponse:
    """The reads as a file; a POST has a job make it, which is what many reads need."""
    if request.method == "POST":
        export = request_reads_export(signed_in(request), study_id, format_name, chosen_in(request.GET))
        messages.success(request, f"{export.job.title} is being made. You can leave this page.")
        return redirect(f"{reverse('reader-study-results', args=[study_id])}?{request.GET.urlencode()}")
    made = export_reads(signed_in(request), study_id, format_name, chosen_in(request.GET))
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def _files(study: ReaderStudy) -> dict[str, Any]:
    """Which files come at once, which a job makes, and those that jobs make or made."""
    count = count_reads(study)
    files = [(name, made_as, count <= made_as.at_once) for name, made_as in FORMATS.items()]
    return {
        "reads": count,
        "files": files,
        "at_once": [made_as.title for _, made_as, is_at_once in files if is_at_once],
        "by_job": [made_as.title for _, made_as, is_at_once in files if not is_at_once],
        **_made_files(study),
    }


def _made_files(study: ReaderStudy) -> dict[str, Any]:
    exports = [(one, FORMATS[one.format]) for one in reads_exports_of(study)]
    states = {one.job.state for one, _ in exports}
    return {
        "exports": exports,
        "is_making": bool(states & {JobState.QUEUED, JobState.RUNNING}),
        "files_wait": JobState.QUEUED in states and worker_is_late(),
    }


def chosen_in(query: QueryDict) -> dict[str, Any]:
    """What the form chose, in the place of the protocol's plan; nothing where nobody chose."""
    chosen: dict[str, Any] = {}
    if "question" in query:
        chosen = {"question": query["question"], "ordered": query.get("ordered") == "on"}
        # The ticks belong to the question that the form was made for.
        if query.get("of") == query["question"]:
            chosen["positive"] = query.getlist("positive")
    if "truth" in query:
        chosen["truth"] = query["truth"]
    for name in ("rating", "masks"):
        if query.get(name):
            chosen[name] = query[name]
    if len(query.getlist("positive")) > 200:
        raise InvalidError("So many answers no question has.", "positive")
    return chosen


def _warnings(conditions: list[ConditionResult]) -> list[tuple[str, str]]:
    """Each warning once, with the conditions that it is about; no names where it is about all of them."""
    names: dict[str, list[str]] = {}
    for one in conditions:
        for words in one.warnings:
            names.setdefault(words, []).append(one.arm + (", before the model" if one.step == "unaided" else ""))
    return [("" if len(of) == len(conditions) else "; ".join(of), words) for words, of in names.items()]
