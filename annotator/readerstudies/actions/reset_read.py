"""Set a read aside: opened again for its reader, or read anew from nothing. What was handed in is kept."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.actions.unlock_case import unlock_case
from annotator.annotations.storable_checks import check_line
from annotator.cases.actions.let_in import let_out
from annotator.readerstudies.assignment_states import move_assignment
from annotator.readerstudies.models import Assignment, AssignmentStage, AssignmentState, Read, ReaderStudy, Step
from annotator.readerstudies.reading_order import first_step, open_next
from annotator.readerstudies.study_drafts import locked_study
from annotator.readerstudies.study_queries import protocol_of
from annotator.readerstudies.study_readings import fresh_copy

_LIVE = ("pilot", "running")


def reopen_read(person: Person, study_id: UUID | str, assignment_id: UUID | str, *, reason: str) -> Assignment:
    """Give a submitted reading of a study back to its reader as it is; the unaided answer of a second read stays.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such reading in the study.
    InvalidError : no reason; path "reason".
    ConflictError : it isn't submitted, or the study doesn't run.
    """
    with transaction.atomic():
        study, reading, words = _submitted(person, study_id, assignment_id, reason)
        _set_aside(person, reading.reads.filter(step=Step.FINAL), f"opened again: {words}")
        move_assignment(reading, AssignmentState.OPENED, returned=words)
        unlock_case(person, reading.case, owner=reading.reader)
        open_next(study, reading.reader_id)
        _audit(person, "reopen_read", reading, words)
    return reading


def reset_read(person: Person, study_id: UUID | str, assignment_id: UUID | str, *, reason: str) -> Assignment:
    """Let a reading be read anew, from nothing: on another copy of the case; marks and reads that were made are kept.

    Raises
    ------
    NotAllowedError, NotFoundError, InvalidError, ConflictError : as for reopen_read.
    """
    with transaction.atomic():
        study, reading, words = _submitted(person, study_id, assignment_id, reason)
        protocol = protocol_of(study)
        _set_aside(person, reading.reads.all(), f"reset: {words}")
        if reading.item is None:
            raise NotFoundError("There is no such reading in this study.")
        let_out(reading.reader_id, [reading.case_id])
        reading.case_id = fresh_copy(protocol, reading.item, reading.arm)
        reading.state, reading.opened_at, reading.submitted_at = AssignmentState.ASSIGNED, None, None
        reading.step = first_step(protocol.arm(reading.arm)) if reading.arm else Step.FINAL
        reading.save(update_fields=["case", "state", "opened_at", "submitted_at", "step"])
        open_next(study, reading.reader_id)
        _audit(person, "reset_read", reading, words)
    return reading


def _submitted(
    person: Person, study_id: UUID | str, assignment_id: UUID | str, reason: object
) -> tuple[ReaderStudy, Assignment, str]:
    study = locked_study(person, study_id)
    words = check_line(reason, path="reason", longest=900)
    if not words:
        raise InvalidError("Say why: the reason is kept with the read.", path="reason")
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("case", "reader", "item")
    reading = rows.filter(pk=assignment_id, study=study, given_up_at=None).first()
    if reading is None or reading.stage == AssignmentStage.ADJUDICATION:
        raise NotFoundError("There is no such reading in this study.")
    if study.state not in _LIVE:
        raise ConflictError("The study is closed: its reads stay as they are.")
    if reading.state != AssignmentState.SUBMITTED:
        raise ConflictError("This reading isn't submitted; its reader can still change it.")
    if study.readers.filter(person=reading.reader_id, withdrawn_at__isnull=False).exists():
        raise ConflictError("Its reader was withdrawn and can't read it again.")
    return study, reading, words


def _set_aside(person: Person, reads: QuerySet[Read], why: str) -> None:
    live = reads.filter(set_aside_at=None)
    live.update(set_aside_at=timezone.now(), set_aside_by=signed_in(person), set_aside_why=why)


def _audit(person: Person, action: str, reading: Assignment, reason: str) -> None:
    detail: dict[str, object] = {
        "study": str(reading.study_id),
        "reader": reading.reader.username,
        "arm": reading.arm,
        "session": reading.session,
        "reason": reason,
    }
    record_audit(person, action, target_kind="assignment", target_id=reading.pk, detail=detail)
