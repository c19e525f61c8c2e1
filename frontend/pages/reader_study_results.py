"""First results of a reader study, and its reads as files."""

import uuid
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.actions.export_reads import FORMATS, export_reads
from annotator.readerstudies.lesion_results import LesionResult, lesion_results
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.protocol_document import protocol_document
from annotator.readerstudies.results import ConditionResult, results_of
from annotator.readerstudies.results_queries import (
    CountedStudy,
    ResultsShutError,
    counted_reads,
    counted_study,
    frame_order,
    item_facts,
    parts_for,
    truth_of,
)
from frontend.pages.page import View, page, signed_in

TRUTHS = {
    "table": "the study's table (pathology, follow-up)",
    "consensus": "the readers' consensus",
    "adjudication": "consensus, and adjudication where there was one",
}
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


@page(may=may_run_studies)
@once_open
def results(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """`?part=lesions` gives lesions between readers alone: those take the marks of every read."""
    counted = counted_study(signed_in(request), study_id, chosen_in(request.GET))
    if request.GET.get("part") == "lesions":
        return render(request, "frontend/_reader_study_lesions.html", {"conditions": _lesions(counted)})
    reads = counted_reads(counted.study, parts=parts_for(counted.question))
    truth = truth_of(counted, reads, item_facts(counted.study))
    conditions = results_of(
        reads, counted.plan, truth=truth, values=counted.values, order=frame_order(reads), arms=counted.arms
    )
    query = request.GET.copy()
    query.pop("part", None)
    context = {
        "study": counted.study,
        "counted": counted,
        "plan": counted.plan,
        "positive": [str(one) for one in counted.plan.positive],
        "conditions": conditions,
        "warnings": _warnings(conditions),
        "truths": TRUTHS,
        "truth_count": len(truth),
        "flattered": _FLATTERED if counted.plan.truth != "table" and truth else "",
        "formats": FORMATS,
        "query": query.urlencode(),
    }
    return render(request, "frontend/reader_study_results.html", context)


@page(may=may_run_studies)
def protocol(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """The protocol, the allocation and the amendments on paper, as an ethics board wants them."""
    document = protocol_document(signed_in(request), study_id)
    return render(request, "frontend/reader_study_protocol.html", {"document": document, "study": document.study})


@page(may=may_run_studies)
@once_open
def reads(request: HttpRequest, study_id: uuid.UUID, format_name: str) -> HttpResponse:
    """The reads as a file."""
    made = export_reads(signed_in(request), study_id, format_name, chosen_in(request.GET))
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


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


def _lesions(counted: CountedStudy) -> list[LesionResult]:
    reads = counted_reads(counted.study, parts=("findings", "annotations"))
    return lesion_results(reads, order=frame_order(reads), least=counted.plan.minimum_overlap, arms=counted.arms)
