"""The jobs page: what is queued, running, done and failed; cancelling and running again."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from annotator.accounts.errors import RoomError
from annotator.accounts.models import User
from annotator.jobs.actions.cancel_job import cancel_job
from annotator.jobs.actions.retry_job import retry_job
from annotator.jobs.models import Job, JobState
from annotator.jobs.policies import may_see_all_jobs
from annotator.jobs.queries import jobs_for, seconds_since_worker_heartbeat
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of

# A worker beats every two seconds; after this long a waiting job deserves a word of explanation.
WORKER_IS_LATE_SECONDS = 15.0


def worker_is_late() -> bool:
    """Whether no worker said that it lives for a while: what waits goes on waiting."""
    heartbeat = seconds_since_worker_heartbeat()
    return heartbeat is None or heartbeat > WORKER_IS_LATE_SECONDS


@page(may=may_see_all_jobs)
def jobs(request: HttpRequest) -> HttpResponse:
    """All jobs, newest first, by state when `?state=` says so; `?part=rows` gives the list alone, for polling."""
    rows = jobs_for(signed_in(request))
    state = request.GET.get("state", "")
    if state in JobState.values:
        rows = rows.filter(state=state)
    heartbeat = seconds_since_worker_heartbeat()
    context = {
        "page": page_of(request, rows),
        "states": JobState.choices,
        "state": state,
        "worker_is_late": heartbeat is None or heartbeat > WORKER_IS_LATE_SECONDS,
    }
    part = request.GET.get("part") == "rows"
    return render(request, "frontend/_jobs_list.html" if part else "frontend/jobs.html", context)


@page(may=may_see_all_jobs, methods=("POST",))
def cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    return _steer(request, job_id, cancel_job, "will stop at its next step")


@page(may=may_see_all_jobs, methods=("POST",))
def retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    return _steer(request, job_id, retry_job, "is queued again")


def _steer(
    request: HttpRequest, job_id: uuid.UUID, action: Callable[[User, uuid.UUID], Job], outcome: str
) -> HttpResponse:
    """Do it and go back to the page that asked; a job that ended meanwhile is a message, not an error page."""
    try:
        job = action(signed_in(request), job_id)
    except RoomError as error:
        messages.error(request, str(error))
    else:
        done = "is cancelled" if job.state == JobState.CANCELLED else outcome
        messages.success(request, f"“{job.title}” {done}.")
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "jobs")
