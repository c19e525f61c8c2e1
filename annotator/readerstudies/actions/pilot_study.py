"""Try a study out on a few cases, and throw what was read away."""

from hashlib import sha256
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.cases.actions.let_in import let_out
from annotator.readerstudies.actions.launch_study import check_may_begin
from annotator.readerstudies.allocation import allocate
from annotator.readerstudies.models import Assignment, AssignmentStage, ReaderStudy, StudyState
from annotator.readerstudies.reading_order import open_next
from annotator.readerstudies.study_drafts import locked_study
from annotator.readerstudies.study_queries import (
    allocated_cases,
    allocated_readers,
    main_items,
    protocol_of,
    readers_of,
)
from annotator.readerstudies.study_readings import Planned, make_readings
from annotator.readerstudies.thrown_away import throw_away


def start_pilot(person: Person, study_id: UUID | str, *, revision: int) -> ReaderStudy:
    """Let every reader read a few of the cases as the protocol has it, without a washout; nothing of it counts.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError, StaleError : as for launch_study.
    """
    with transaction.atomic():
        study = locked_study(person, study_id)
        check_may_begin(study, revision)
        protocol, readers = protocol_of(study), readers_of(study, active=True)
        drawn = sorted(main_items(study), key=lambda one: sha256(f"{protocol.seed}/{one.case_id}".encode()).digest())
        cases = allocated_cases(drawn[: protocol.pilot_cases])
        found = allocate(protocol, cases, allocated_readers(readers))
        planned = [Planned(one, [(e.number, e.arm, e.session) for e in found[one.code]]) for one in readers]
        study.state = StudyState.PILOT
        study.save(update_fields=["state"])
        made = make_readings(study, protocol, planned, assigned_by=signed_in(person), due_date=None, is_pilot=True)
        for reader in readers:
            open_next(study, reader.person_id)
        detail: dict[str, object] = {"readings": made, "cases": [one.number for one in cases]}
        record_audit(person, "start_pilot", target_kind="reader_study", target_id=study.pk, detail=detail)
    return study


def end_pilot(person: Person, study_id: UUID | str) -> ReaderStudy:
    """End a pilot: its readings, reads and marks are deleted, its cases closed, and the study is a draft again.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    ConflictError : no pilot runs.
    """
    with transaction.atomic():
        study = locked_study(person, study_id)
        if study.state != StudyState.PILOT:
            raise ConflictError("No pilot of this study is running.")
        pilot = Assignment.objects.filter(study=study, stage=AssignmentStage.PILOT)
        for reader in readers_of(study):
            own = pilot.filter(reader=reader.person_id).order_by().values_list("case_id", flat=True)
            let_out(reader.person_id, list(own))
        thrown_away = throw_away(pilot)
        study.state = StudyState.DRAFT
        study.save(update_fields=["state"])
        detail: dict[str, object] = {"reads_thrown_away": thrown_away}
        record_audit(person, "end_pilot", target_kind="reader_study", target_id=study.pk, detail=detail)
    return study
