"""Make the readings that a study's allocation names and that aren't there yet: of a launch, or of cases added later."""

from collections.abc import Callable, Iterator
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.readerstudies.actions.take_back_launch import WORK as TAKE_BACK
from annotator.readerstudies.models import (
    AllocationPart,
    Assignment,
    AssignmentStage,
    ReaderStudy,
    StudyReader,
    StudyState,
)
from annotator.readerstudies.reading_order import open_next
from annotator.readerstudies.study_queries import protocol_of, readers_of
from annotator.readerstudies.study_readings import Planned, Slot, make_readings, shared_copies

WORK = "readerstudies.make_readings"
# As many are made within the request of whoever launches; more are a job's.
MOST_AT_ONCE = 2_000
_CHUNK = 500
_MADE_IN = (StudyState.STARTING, StudyState.RUNNING)

Report = Callable[[int, str], None]


def make_allocated_readings(study_id: UUID | str, *, report: Report = lambda percent, doing: None) -> int:
    """Make what is missing, so many at a time, then let the study begin where it was being launched. Returns how many.

    Run again after a worker died it goes on where that stopped: what is there is left alone, and no reader has been let
    in to anything of a launch before its last step. The system's own: who may was asked when it was queued.

    Raises
    ------
    ConflictError : the study's launch was taken back, or it was closed meanwhile.
    """
    study = ReaderStudy.objects.select_related("launched_by").get(pk=study_id)
    parts = list(
        AllocationPart.objects.filter(study=study).select_related("reader").order_by("amendment", "reader__code")
    )
    total, done, made = sum(len(part.entries) for part in parts), 0, 0
    copies = shared_copies(study)
    for part in parts:
        for chunk in _chunks(part.entries):
            report(99 * done // max(total, 1), f"{done:,} of {total:,} readings")
            made += _make_chunk(study.pk, part, chunk, copies)
            done += len(chunk)
    report(99, "Letting the readers in")
    _let_begin(study.pk, made)
    return made


def _chunks(entries: list[list[object]]) -> Iterator[list[list[object]]]:
    for start in range(0, len(entries), _CHUNK):
        yield entries[start : start + _CHUNK]


def _make_chunk(study_id: UUID, part: AllocationPart, chunk: list[list[object]], copies: dict[Slot, UUID]) -> int:
    with transaction.atomic():
        study = _locked(study_id)
        # Who was withdrawn meanwhile gets no more.
        if not StudyReader.objects.filter(pk=part.reader_id, withdrawn_at=None).exists():
            return 0
        slots: list[Slot] = [(int(str(number)), str(arm), int(str(session))) for number, arm, session in chunk]
        own = Assignment.objects.filter(study=study, reader=part.reader.person_id)
        there = set(
            own.exclude(stage__in=[AssignmentStage.PILOT, AssignmentStage.ADJUDICATION])
            .filter(item__number__in={number for number, *_ in slots})
            .values_list("item__number", "arm", "session")
        )
        missing = [slot for slot in slots if slot not in there]
        protocol = protocol_of(study)
        assigned_by = study.launched_by
        if not missing or assigned_by is None:
            return 0
        planned = [Planned(part.reader, missing)]
        # A copy that is made in a transaction that fails must not be remembered.
        known = dict(copies)
        made = make_readings(
            study, protocol, planned, assigned_by=assigned_by, due_date=protocol.due_date, copies=known
        )
    copies.update(known)
    return made


def _let_begin(study_id: UUID, made: int) -> None:
    with transaction.atomic():
        study = _locked(study_id)
        readers = readers_of(study, active=True)
        if study.state == StudyState.STARTING:
            study.state, study.launched_at = StudyState.RUNNING, timezone.now()
            parts = AllocationPart.objects.filter(study=study, amendment=0).select_related("reader")
            detail: dict[str, object] = {
                "readings": Assignment.objects.filter(study=study).count(),
                "readers": [one.code for one in readers],
                "protocol": study.protocol,
                "allocation": {one.reader.code: one.sha256 for one in parts},
            }
            record_audit(
                study.launched_by, "launch_study", target_kind="reader_study", target_id=study.pk, detail=detail
            )
        elif made:
            record_audit(
                None, "make_readings", target_kind="reader_study", target_id=study.pk, detail={"readings": made}
            )
        study.job = None
        study.save(update_fields=["state", "launched_at", "job"])
        for reader in readers:
            open_next(study, reader.person_id)


def _locked(study_id: UUID) -> ReaderStudy:
    rows = ReaderStudy.objects.select_for_update(of=("self",)).select_related("launched_by", "job")
    study = rows.get(pk=study_id)
    if study.state not in _MADE_IN or (study.job is not None and study.job.kind == TAKE_BACK):
        raise ConflictError("This launch was taken back, or the study was closed: no more readings are made.")
    return study
