"""Launch a study: its protocol is locked, its allocation becomes readings, its readers begin."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, StaleError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.readerstudies.launch_checks import launch_checks
from annotator.readerstudies.models import AllocationPart, ReaderStudy, StudyState
from annotator.readerstudies.reading_order import open_next
from annotator.readerstudies.study_drafts import locked_study
from annotator.readerstudies.study_queries import protocol_of, readers_of
from annotator.readerstudies.study_readings import Planned, make_readings


def launch_study(person: Person, study_id: UUID | str, *, revision: int) -> ReaderStudy:
    """Launch a draft with the allocation that was computed and looked at.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    ConflictError : it was launched already, by somebody else perhaps; a pilot runs; or something is missing.
    StaleError : the draft was changed meanwhile.
    """
    with transaction.atomic():
        study = locked_study(person, study_id)
        check_may_begin(study, revision)
        # Of two who launch at once the database lets one through, also where rows can't be locked.
        begun = ReaderStudy.objects.filter(pk=study.pk, state=StudyState.DRAFT, revision=revision)
        if not begun.update(state=StudyState.RUNNING, launched_at=timezone.now(), launched_by=signed_in(person)):
            raise ConflictError("Somebody else launched this study a moment ago.")
        study.refresh_from_db()
        protocol = protocol_of(study)
        readers = readers_of(study, active=True)
        parts = AllocationPart.objects.filter(study=study, amendment=0).select_related("reader")
        planned = [Planned(one.reader, [(n, arm, session) for n, arm, session in one.entries]) for one in parts]
        made = make_readings(study, protocol, planned, assigned_by=signed_in(person), due_date=protocol.due_date)
        for reader in readers:
            open_next(study, reader.person_id)
        detail: dict[str, object] = {
            "readings": made,
            "readers": [one.code for one in readers],
            "protocol": study.protocol,
            "allocation": {one.reader.code: one.sha256 for one in parts},
        }
        record_audit(person, "launch_study", target_kind="reader_study", target_id=study.pk, detail=detail)
    return study


def check_may_begin(study: ReaderStudy, revision: int) -> None:
    """Let a draft begin that lacks nothing.

    Raises
    ------
    ConflictError, StaleError : as for launch_study.
    """
    if study.state == StudyState.PILOT:
        raise ConflictError("The pilot is running: end it first, its reads are thrown away then.")
    if study.state != StudyState.DRAFT:
        raise ConflictError("This study was launched already.")
    if study.revision != revision:
        raise StaleError("The study was changed meanwhile: look at it again.", {"revision": study.revision})
    missing = [check.words for check in launch_checks(study) if check.blocks]
    if missing:
        raise ConflictError(f"The study can't begin yet: {' '.join(missing[:5])}")
