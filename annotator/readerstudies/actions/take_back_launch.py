"""Take back a launch that stopped on its way: what it made goes, and the study is a draft again."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.accounts.policies import Person
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import JobState
from annotator.readerstudies.models import Assignment, ReaderStudy, StudyState
from annotator.readerstudies.study_drafts import locked_study
from annotator.readerstudies.thrown_away import throw_away

WORK = "readerstudies.take_back_launch"
# As many readings go within the request of whoever takes back; more are a job's.
MOST_AT_ONCE = 2_000
# Of so many copies the readings go in one transaction: some hundreds of readings, as copies are shared.
_COPIES_AT_ONCE = 20

Report = Callable[[int, str], None]


def take_back_launch(person: Person, study_id: UUID | str, *, most_at_once: int = MOST_AT_ONCE) -> ReaderStudy:
    """Make a draft again of a study whose launch stopped on its way: nobody has read anything of it.

    Where it made more than `most_at_once` readings the study goes on starting when this returns: a job takes them away,
    and its last step makes the draft.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    ConflictError : it isn't being launched, its readings are being made just now, or it is being taken back already.
    """
    with transaction.atomic():
        study = locked_study(person, study_id)
        if study.state != StudyState.STARTING:
            raise ConflictError("This study isn't being launched.")
        if study.job is not None and study.job.state in (JobState.QUEUED, JobState.RUNNING):
            if study.job.kind == WORK:
                raise ConflictError("This launch is being taken back already.")
            raise ConflictError("Its readings are being made: stop that first.")
        readings = Assignment.objects.filter(study=study)
        count = readings.count()
        if count > most_at_once:
            study.job = queue_job(person, WORK, {"study": str(study.pk)}, title=f"Take back “{study.name}”")
            study.save(update_fields=["job"])
            detail: dict[str, object] = {"readings": count, "job": str(study.job_id)}
            record_audit(person, "begin_take_back", target_kind="reader_study", target_id=study.pk, detail=detail)
        else:
            throw_away(readings)
            _draft_again(study, person)
    return study


def take_back_readings(study_id: UUID | str, *, report: Report = lambda percent, doing: None) -> int:
    """Take away what a launch made, some copies at a time, then make a draft of the study. Returns how many readings.

    Run again after a worker died it goes on with what is left; a study is a draft only when nothing is. The system's
    own: who may was asked when it was queued.

    Raises
    ------
    ConflictError : the study isn't being taken back any more.
    """
    total = Assignment.objects.filter(study=ReaderStudy.objects.get(pk=study_id)).count()
    gone = 0
    while True:
        report(99 * gone // max(total, 1), f"{gone:,} of {total:,} readings taken away")
        with transaction.atomic():
            study = ReaderStudy.objects.select_for_update(of=("self",)).select_related("job__requested_by")
            found = study.get(pk=study_id)
            if found.state != StudyState.STARTING or found.job is None or found.job.kind != WORK:
                raise ConflictError("This launch isn't being taken back any more.")
            readings = Assignment.objects.filter(study=found)
            copies = list(readings.order_by().values_list("case_id", flat=True).distinct()[:_COPIES_AT_ONCE])
            if not copies:
                _draft_again(found, found.job.requested_by)
                return gone
            some = readings.filter(case_id__in=copies)
            gone += some.count()
            throw_away(some)


def _draft_again(study: ReaderStudy, person: Person | None) -> None:
    study.state, study.launched_by, study.job = StudyState.DRAFT, None, None
    study.save(update_fields=["state", "launched_by", "job"])
    record_audit(person, "take_back_launch", target_kind="reader_study", target_id=study.pk)
