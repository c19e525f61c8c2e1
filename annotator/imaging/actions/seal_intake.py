"""Say that the last file has arrived, and queue the ingest."""

import uuid

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.models import Intake
from annotator.imaging.queries import intake_for
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import Job

INGEST_WORK = "imaging.ingest"


def seal_intake(person: Person, intake_id: uuid.UUID | str) -> Job:
    """Close an intake and queue its ingest; sealing again gives the same job.

    Raises
    ------
    NotFoundError : no such intake for this person.
    InvalidError : nothing has arrived.
    """
    intake_for(person, intake_id)
    with transaction.atomic():
        intake = Intake.objects.select_for_update().get(pk=intake_id)
        if intake.sealed_at is not None:
            queued = Job.objects.filter(kind=INGEST_WORK, parameters__intake=str(intake.pk)).first()
            if queued is not None:
                return queued
        files = intake.files.count()
        if not files:
            raise InvalidError("No file has arrived yet: send at least one before the ingest starts.", "files")
        intake.sealed_at = timezone.now()
        intake.save(update_fields=["sealed_at"])
        record_audit(person, "seal_intake", target_kind="intake", target_id=intake.pk, detail={"files": files})
        return queue_job(
            person,
            INGEST_WORK,
            {"intake": str(intake.pk)},
            title=f"Ingest of {files} file{'s' if files != 1 else ''} ({intake.source})"[:200],
            queue="cpu",
        )
