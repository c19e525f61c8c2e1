"""Launch a study: its protocol is locked, its allocation becomes readings, its readers begin."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, StaleError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.jobs.actions.queue_job import queue_job
from annotator.readerstudies.actions.make_allocated_readings import MOST_AT_ONCE, WORK, make_allocated_readings
from annotator.readerstudies.launch_checks import launch_checks
from annotator.readerstudies.model_versions import with_versions
from annotator.readerstudies.models import AllocationPart, ReaderStudy, StudyState
from annotator.readerstudies.study_drafts import locked_study
from annotator.readerstudies.study_queries import protocol_of


def launch_study(
    person: Person, study_id: UUID | str, *, revision: int, most_at_once: int = MOST_AT_ONCE
) -> ReaderStudy:
    """Launch a draft with the allocation that was computed and looked at.

    A study of more readings than `most_at_once` is starting when this returns: a job makes its readings, and its last
    step lets the readers in. Until then nobody reads, and the launch can be taken back.

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
        if not begun.update(state=StudyState.STARTING, launched_by=signed_in(person)):
            raise ConflictError("Somebody else launched this study a moment ago.")
        study.refresh_from_db()
        study.protocol = with_versions(study, protocol_of(study)).to_json()
        study.save(update_fields=["protocol"])
        entries = AllocationPart.objects.filter(study=study, amendment=0).values_list("entries", flat=True)
        readings = sum(map(len, entries))
        if readings > most_at_once:
            study.job = queue_job(person, WORK, {"study": str(study.pk)}, title=f"Launch “{study.name}”")
            study.save(update_fields=["job"])
            detail: dict[str, object] = {"readings": readings, "job": str(study.job_id)}
            record_audit(person, "begin_launch", target_kind="reader_study", target_id=study.pk, detail=detail)
        else:
            make_allocated_readings(study.pk)
            study.refresh_from_db()
    return study


def check_may_begin(study: ReaderStudy, revision: int) -> None:
    """Let a draft begin that lacks nothing.

    Raises
    ------
    ConflictError, StaleError : as for launch_study.
    """
    if study.state == StudyState.PILOT:
        raise ConflictError("The pilot is running: end it first, its reads are thrown away then.")
    if study.state == StudyState.STARTING:
        raise ConflictError("This study was launched a moment ago: its readings are being made.")
    if study.state != StudyState.DRAFT:
        raise ConflictError("This study was launched already.")
    if study.revision != revision:
        raise StaleError("The study was changed meanwhile: look at it again.", {"revision": study.revision})
    missing = [check.words for check in launch_checks(study) if check.blocks]
    if missing:
        raise ConflictError(f"The study can't begin yet: {' '.join(missing[:5])}")
