"""A study that runs: how far it is, who is late, and what may still be changed."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.jobs.models import JobState
from annotator.readerstudies.actions.amend_study import add_cases, change_protocol, reassign_readings, withdraw_reader
from annotator.readerstudies.actions.close_study import close_study
from annotator.readerstudies.actions.pilot_study import end_pilot
from annotator.readerstudies.actions.remind_readers import remind_readers
from annotator.readerstudies.actions.reset_read import reopen_read, reset_read
from annotator.readerstudies.actions.take_back_launch import WORK as TAKE_BACK
from annotator.readerstudies.actions.take_back_launch import take_back_launch
from annotator.readerstudies.actions.watch_clock import count_jump
from annotator.readerstudies.case_lists import read_case_list
from annotator.readerstudies.clock_jumps import held_jumps
from annotator.readerstudies.listed_cases import cases_listed
from annotator.readerstudies.models import AssignmentStage, AssignmentState, ReaderStudy, StudyState
from annotator.readerstudies.study_progress import study_progress
from annotator.readerstudies.study_queries import main_items, protocol_of, readings_of
from annotator.readerstudies.watch_list import watch_list
from frontend.pages.jobs import worker_is_late
from frontend.pages.reader_study_form import AmendForm
from frontend.pages.reader_study_truth import take, truth_context


def dashboard(request: HttpRequest, person: User, study: ReaderStudy) -> HttpResponse:
    """Progress by reader and arm; a POST reminds, amends, or sets a read aside."""
    if request.method == "POST":
        try:
            messages.success(request, _act(request, person, study))
        except RoomError as error:
            messages.error(request, str(error))
        return redirect("reader-study", study.pk)
    if request.GET.get("part") == "making":
        return render(request, "frontend/_reader_study_making.html", _making(study))
    progress = study_progress(study)
    amendments = study.amendments.select_related("made_by")
    protocol = protocol_of(study)
    context = {
        "study": study,
        "protocol": protocol,
        "progress": progress,
        "codes": [one.reader.code for one in progress.readers if one.reader.withdrawn_at is None],
        "all_codes": [one.reader.code for one in progress.readers],
        "amendments": amendments,
        "watch": watch_list(study),
        "jumps": held_jumps(),
        "amend": AmendForm(protocol=protocol),
        "truth_count": main_items(study).filter(truth__isnull=False).count(),
        **truth_context(person, study),
        "item_count": main_items(study).count(),
        "is_live": study.state in (StudyState.PILOT, StudyState.RUNNING),
        "is_running": study.state == StudyState.RUNNING,
        "is_pilot": study.state == StudyState.PILOT,
        **_making(study),
    }
    return render(request, "frontend/reader_study_dashboard.html", context)


def _making(study: ReaderStudy) -> dict[str, Any]:
    """What is shown while a job makes readings of the study."""
    job = study.job
    return {
        "study": study,
        "job": job,
        "is_taking_back": job is not None and job.kind == TAKE_BACK,
        "is_starting": study.state == StudyState.STARTING,
        "worker_is_late": job is not None and job.state == JobState.QUEUED and worker_is_late(),
    }


def _act(request: HttpRequest, person: User, study: ReaderStudy) -> str:
    posted = request.POST
    reason = posted.get("reason", "")
    acts: dict[str, Callable[[], str]] = {
        "remind": lambda: _remind(person, study, posted.getlist("readers")),
        "withdraw": lambda: _amended(withdraw_reader(person, study.pk, posted.get("reader", ""), reason=reason)),
        "reassign": lambda: _amended(
            reassign_readings(
                person, study.pk, from_code=posted.get("reader", ""), to_code=posted.get("to", ""), reason=reason
            )
        ),
        "set-aside": lambda: _set_aside(posted, person, study, reason),
        "amend": lambda: _amended(
            change_protocol(person, study.pk, AmendForm(posted, protocol=protocol_of(study)).changes(), reason=reason)
        ),
        "count-jump": lambda: _counted(person, posted, reason),
        "truth": lambda: take(person, study, posted),
        "add-cases": lambda: _amended(add_cases(person, study.pk, _listed(request, person), reason=reason)),
        "take-back": lambda: _taken_back(take_back_launch(person, study.pk)),
        "end-pilot": lambda: _ended(end_pilot(person, study.pk)),
        "close": lambda: _closed(close_study(person, study.pk, reason=reason)),
    }
    then = posted.get("then", "")
    if then not in acts:
        raise InvalidError("There is no such change. Reload the page and try again.")
    return acts[then]()


def _amended(amendment: Any) -> str:
    return f"Amendment {amendment.number}: {amendment.kind}."


def _counted(person: User, posted: Any, reason: str) -> str:
    jump = posted.get("jump", "")
    if not (jump.isascii() and jump.isdigit() and len(jump) < 10):
        raise InvalidError("The page was incomplete. Reload it and try again.", "jump")
    count_jump(person, int(jump), why=reason)
    return "That time counts: washouts end as the clock says."


def _taken_back(study: ReaderStudy) -> str:
    if study.state == StudyState.STARTING:
        return "The launch is being taken back. You can leave this page."
    return "The launch is taken back: the study is a draft again."


def _ended(_study: ReaderStudy) -> str:
    return "The pilot is over; what was read in it is gone."


def _closed(_study: ReaderStudy) -> str:
    return "The study is closed."


def _remind(person: User, study: ReaderStudy, codes: list[str]) -> str:
    if not codes:
        raise InvalidError("Tick the readers to remind.", "readers")
    found = remind_readers(person, study.pk, codes)
    words = [f"{len(found.sent)} reminded."]
    if found.without_address:
        words.append(f"No e-mail address: {', '.join(found.without_address)}.")
    if found.finished:
        words.append(f"Nothing left to read: {', '.join(found.finished)}.")
    return " ".join(words)


def _set_aside(posted: Any, person: User, study: ReaderStudy, reason: str) -> str:
    act = {"reset": reset_read, "reopen": reopen_read}.get(posted.get("how", ""))
    if act is None:
        raise InvalidError("Say whether the read is reset or opened again.", "how")
    reading = act(person, study.pk, _reading(posted, study), reason=reason)
    return f"The read of {reading.reader.full_name} is open again; what was handed in is kept."


def _reading(posted: Any, study: ReaderStudy) -> uuid.UUID:
    """The submitted reading of a reader, a case by its number, and an arm."""
    number = posted.get("case", "")
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise InvalidError("Name the case by its number in the study.", "case")
    stage = AssignmentStage.PILOT if study.state == StudyState.PILOT else AssignmentStage.MAIN
    found = (
        readings_of(study)
        .filter(
            stage=stage,
            state=AssignmentState.SUBMITTED,
            item__number=int(number),
            arm=posted.get("arm", ""),
            reader__in=study.readers.filter(code=posted.get("reader", "")).values("person"),
        )
        .values_list("pk", flat=True)
        .first()
    )
    if found is None:
        raise InvalidError(f"{posted.get('reader', '')} has submitted no case {number} under this arm.", "case")
    return found


def _listed(request: HttpRequest, person: User) -> Any:
    sent = request.FILES.get("list")
    if sent is None or sent.size is None or sent.size > 5_000_000:
        raise InvalidError("Choose a file of at most 5 MB.", "list")
    try:
        return cases_listed(person, read_case_list(sent.read().decode("utf-8")))
    except UnicodeDecodeError as bad:
        raise InvalidError("This file is no text in UTF-8.", "list") from bad
