"""Bringing files in: the drop zone, earlier intakes, and how one of them goes."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotator.imaging.models import Intake, Outcome
from annotator.imaging.policies import may_bring_files_in
from annotator.imaging.queries import intake_for, intakes_for, studies_for
from annotator.jobs.models import Job, JobState
from annotator.jobs.queries import jobs_for
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of

_LIVE = (JobState.QUEUED, JobState.RUNNING)
_STEPS = {
    "imaging.ingest": "Sort files in",
    "imaging.derive_frames": "Prepare pictures",
    "cases.make_cases": "Make cases",
}


@page(may=may_bring_files_in)
def intakes(request: HttpRequest) -> HttpResponse:
    """The drop zone and the list; `?part=rows` gives the list alone, for polling."""
    rows = page_of(request, intakes_for(signed_in(request)), size=20)
    part = request.GET.get("part") == "rows"
    context = {"page": rows, "api_root": "/api/v1/intakes", "continue_with": _uuid(request.GET.get("continue", ""))}
    return render(request, "frontend/_intakes_list.html" if part else "frontend/intakes.html", context)


def _uuid(value: str) -> str:
    """The identifier, or nothing when it is none: it ends up in an address that a script asks for."""
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return ""


@page(may=may_bring_files_in)
def intake(request: HttpRequest, intake_id: uuid.UUID) -> HttpResponse:
    """One intake: its jobs, what became of its files, the quarantined with reasons, the studies that it touched."""
    person = signed_in(request)
    found = intake_for(person, intake_id)
    jobs = list(jobs_for(person).filter(parameters__intake=str(found.pk)).order_by("created_at"))
    files = found.files.all()
    context = {
        "intake": found,
        "steps": [(_STEPS.get(job.kind, job.title), job) for job in jobs],
        "quarantined": page_of(request, files.filter(outcome=Outcome.QUARANTINED).order_by("name")),
        "beside": page_of(request, files.filter(outcome=Outcome.BESIDE).order_by("name")),
        "studies": studies_for(person).filter(
            pk__in=files.filter(instance__isnull=False).values("instance__series__study")
        ),
        "is_settled": _is_settled(found, jobs),
    }
    part = request.GET.get("part") == "status"
    return render(request, "frontend/_intake_status.html" if part else "frontend/intake.html", context)


def _is_settled(found: Intake, jobs: list[Job]) -> bool:
    """Whether nothing more will happen: polling stops."""
    if found.sealed_at is None or not jobs or any(job.state in _LIVE for job in jobs):
        return False
    # The ingest queues the deriving at its end: between the two nothing is running yet.
    derived = any(job.kind == "imaging.derive_frames" for job in jobs)
    failed = any(job.state in (JobState.FAILED, JobState.CANCELLED) for job in jobs)
    return derived or failed or getattr(found, "ingested", 0) == 0
