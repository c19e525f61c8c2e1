"""Change a launched study: each change is numbered, dated and reasoned, and moves nothing that was allocated."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.storable_checks import check_line
from annotator.jobs.actions.queue_job import queue_job
from annotator.readerstudies.actions.allocate_study import keep_allocation, loads_of, set_scores
from annotator.readerstudies.actions.edit_study import WantedCase, add_items
from annotator.readerstudies.actions.make_allocated_readings import MOST_AT_ONCE, WORK, make_allocated_readings
from annotator.readerstudies.allocation import Entry, allocate
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import (
    AllocationPart,
    Amendment,
    Assignment,
    AssignmentStage,
    AssignmentState,
    ItemStage,
    ReaderStudy,
    StudyReader,
    StudyState,
)
from annotator.readerstudies.reading_order import close_all, open_next
from annotator.readerstudies.study_drafts import locked_study
from annotator.readerstudies.study_queries import (
    allocated_cases,
    allocated_readers,
    protocol_of,
    readers_of,
    readings_of,
)
from annotator.readerstudies.study_readings import Planned, make_readings

# What an amendment may say otherwise: nothing that decides who reads what, how, or what is asked.
MAY_CHANGE = (
    "question",
    "hypothesis",
    "instructions",
    "due_date",
    "remind_every_days",
    "results",
    "washout_days",
    "training_feedback",
)


def locked_running(person: Person, study_id: UUID | str, *, while_made: bool = False) -> ReaderStudy:
    """Lock a study that runs.

    Parameters
    ----------
    while_made : also while readings of an amendment before are being made.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    ConflictError : it doesn't run, or an amendment before isn't through.
    """
    study = locked_study(person, study_id)
    if study.state != StudyState.RUNNING:
        raise ConflictError(f"This study is {StudyState(study.state).label.lower()}: only one that runs is amended.")
    if study.job is not None and not while_made:
        raise ConflictError("The readings of the last amendment are still being made: wait until they are there.")
    return study


def record_amendment(
    person: Person, study: ReaderStudy, *, kind: str, reason: object, change: dict[str, Any]
) -> Amendment:
    """Give a change of a study its number, date and reason. In a transaction, with the study locked.

    Raises
    ------
    InvalidError : no reason; path "reason".
    """
    words = check_line(reason, path="reason", longest=1000)
    if not words:
        raise InvalidError("Say why: an amendment has a reason.", path="reason")
    last = study.amendments.order_by("-number").values_list("number", flat=True).first() or 0
    made = Amendment.objects.create(
        study=study, number=last + 1, kind=kind, reason=words, change=change, made_by=signed_in(person)
    )
    detail: dict[str, object] = {"amendment": made.number, "kind": kind, "reason": words}
    record_audit(person, "amend_study", target_kind="reader_study", target_id=study.pk, detail=detail)
    return made


def add_cases(
    person: Person,
    study_id: UUID | str,
    cases: Sequence[WantedCase],
    *,
    reason: str,
    most_at_once: int = MOST_AT_ONCE,
) -> Amendment:
    """Add main cases to a running study: they are allocated by themselves and read at the end of their session.

    The amendment stands when this returns; more readings than `most_at_once` are made by a job.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError : as for locked_running.
    InvalidError : no reason, no cases, or one that is there; with the path.
    """
    if not cases or any(one.stage != ItemStage.MAIN for one in cases):
        raise InvalidError("Choose the cases to add; training cases come before a launch.", path="cases")
    with transaction.atomic():
        study = locked_running(person, study_id)
        protocol, readers = protocol_of(study), readers_of(study, active=True)
        change: dict[str, Any] = {"cases": len(cases)}
        amendment = record_amendment(person, study, kind="cases added", reason=reason, change=change)
        stages = dict(study.items.values_list("number", "stage"))
        loads = loads_of(AllocationPart.objects.filter(study=study).select_related("reader"), stages)
        items = add_items(person, study, cases, amendment=amendment.number)
        set_scores(protocol, items)
        found = allocate(
            protocol,
            allocated_cases(items),
            allocated_readers(readers),
            loads=loads,
            round_of=amendment.number,
        )
        parts = keep_allocation(study, readers, found, amendment=amendment.number)
        if sum(map(len, found.values())) > most_at_once:
            words = f"Add {len(items)} cases to “{study.name}”"
            study.job = queue_job(person, WORK, {"study": str(study.pk)}, title=words)
            study.save(update_fields=["job"])
        else:
            make_allocated_readings(study.pk)
        amendment.change = {
            "cases": [one.number for one in items],
            "allocation": {one.reader.code: one.sha256 for one in parts},
        }
        amendment.save(update_fields=["change"])
    return amendment


def change_protocol(person: Person, study_id: UUID | str, changes: dict[str, Any], *, reason: str) -> Amendment:
    """Say something of a running study's protocol otherwise: only members in MAY_CHANGE.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError : as for locked_running.
    InvalidError : another member, one that can't be, nothing that changes, or no reason; with the path.
    """
    for name in changes:
        if name not in MAY_CHANGE:
            raise InvalidError(f"After the launch {name} stays as it is.", path=name)
    with transaction.atomic():
        study = locked_running(person, study_id)
        before = protocol_of(study).to_json()
        after = Protocol.from_json({**study.protocol, **changes}).to_json()
        different = {name: [before[name], after[name]] for name in changes if before[name] != after[name]}
        if not different:
            raise InvalidError("Nothing of this is different.", path="protocol")
        amendment = record_amendment(person, study, kind="protocol changed", reason=reason, change=different)
        study.protocol = after
        study.save(update_fields=["protocol"])
        if "due_date" in different:
            due = date.fromisoformat(after["due_date"]) if after["due_date"] else None
            readings_of(study).exclude(state=AssignmentState.SUBMITTED).update(due_date=due)
        if "washout_days" in different:
            for reader in readers_of(study, active=True):
                open_next(study, reader.person_id)
    return amendment


def withdraw_reader(person: Person, study_id: UUID | str, code: str, *, reason: str) -> Amendment:
    """Let a reader go: what they submitted stays and counts, what they didn't is given up and may be reassigned.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError : as for locked_running.
    InvalidError : no such reader in the study, or no reason; with the path.
    """
    with transaction.atomic():
        study = locked_running(person, study_id)
        reader = _reader(study, code, path="reader")
        open_readings = readings_of(study).filter(reader=reader.person_id).exclude(state=AssignmentState.SUBMITTED)
        change = {"reader": reader.code, "given_up": open_readings.count()}
        amendment = record_amendment(person, study, kind="reader withdrawn", reason=reason, change=change)
        close_all(study, reader.person_id)
        open_readings.update(given_up_at=amendment.made_at)
        reader.withdrawn_at = amendment.made_at
        reader.save(update_fields=["withdrawn_at"])
    return amendment


def reassign_readings(person: Person, study_id: UUID | str, *, from_code: str, to_code: str, reason: str) -> Amendment:
    """Give what a reader hasn't begun, or gave up, to another reader of the study, behind what that one has.

    Cases that the other reader has already are left out, whatever the arm: they would be seen once too often.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError : as for locked_running; or nothing is left to reassign.
    InvalidError : no such readers, or no reason; with the path.
    """
    with transaction.atomic():
        study = locked_running(person, study_id)
        protocol = protocol_of(study)
        giving, taking = _reader(study, from_code, path="from", gone=True), _reader(study, to_code, path="to")
        if giving.pk == taking.pk:
            raise InvalidError("These are one reader.", path="to")
        own = Assignment.objects.filter(study=study, stage=AssignmentStage.MAIN)
        has = set(own.filter(reader=taking.person_id).values_list("item_id", flat=True))
        unread = own.filter(reader=giving.person_id).exclude(state=AssignmentState.SUBMITTED)
        if giving.withdrawn_at is None:
            unread = unread.filter(state=AssignmentState.ASSIGNED)
        taken_up = _taken_up(study)
        rows = [
            one
            for one in unread.select_related("item").order_by("session", "sequence")
            if one.item_id not in has and (one.item_id, one.arm, one.session, giving.code) not in taken_up
        ]
        if not rows:
            raise ConflictError(f"{to_code} has every case that {from_code} left, or nothing is left unread.")
        slots = [(one.item.number, one.arm, one.session) for one in rows if one.item is not None]
        change: dict[str, Any] = {"from": giving.code, "to": taking.code, "readings": [list(slot) for slot in slots]}
        amendment = record_amendment(person, study, kind="readings reassigned", reason=reason, change=change)
        Assignment.objects.filter(pk__in=[one.pk for one in rows], given_up_at=None).update(
            given_up_at=amendment.made_at
        )
        entries = {taking.code: tuple(Entry(*slot) for slot in slots)}
        keep_allocation(study, [taking], entries, amendment=amendment.number)
        planned = [Planned(taking, slots)]
        make_readings(study, protocol, planned, assigned_by=signed_in(person), due_date=protocol.due_date)
        for one in (giving, taking):
            if one.withdrawn_at is None:
                open_next(study, one.person_id)
    return amendment


def _taken_up(study: ReaderStudy) -> set[tuple[int, str, int, str]]:
    """What earlier amendments gave to others: (item, arm, session, code of whoever gave it)."""
    numbers = dict(study.items.values_list("number", "pk"))
    return {
        (numbers[number], arm, session, one.change["from"])
        for one in study.amendments.filter(kind="readings reassigned")
        for number, arm, session in one.change["readings"]
    }


def _reader(study: ReaderStudy, code: str, *, path: str, gone: bool = False) -> StudyReader:
    found = study.readers.filter(code=code).first()
    if found is None:
        raise InvalidError(f"The study has no reader {code}.", path=path)
    if found.withdrawn_at is not None and not gone:
        raise InvalidError(f"{code} was withdrawn from the study.", path=path)
    return found
