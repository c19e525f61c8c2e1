"""An admin asks for a file of more reads than a request makes; a job makes it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import JobState
from annotator.readerstudies.models import ReaderStudy, ReadsExport
from annotator.readerstudies.reads_files import FORMATS
from annotator.readerstudies.results_queries import counted_study

WORK = "readerstudies.build_reads_export"


def request_reads_export(
    person: User, study_id: UUID | str, format_name: str, chosen: Mapping[str, Any] | None = None
) -> ReadsExport:
    """File what is asked and queue its job; the same asked again while that waits or runs is that one.

    Parameters
    ----------
    chosen : as for `export_reads`. The plan is settled now: an amendment of the protocol meanwhile changes nothing.

    Raises
    ------
    NotAllowedError, ResultsShutError, NotFoundError, InvalidError : as for `export_reads`.
    """
    if format_name not in FORMATS:
        raise InvalidError(f"There are {', '.join(FORMATS)}; not {format_name}.", "format")
    counted = counted_study(person, study_id, chosen)
    study, plan = counted.study, counted.plan.to_json()
    with transaction.atomic():
        # Two who ask at once take turns.
        ReaderStudy.objects.select_for_update().get(pk=study.pk)
        under_way = ReadsExport.objects.filter(
            study=study, format=format_name, job__state__in=[JobState.QUEUED, JobState.RUNNING]
        )
        for one in under_way.select_related("job", "requested_by"):
            if one.plan == plan:
                return one
        export_id = uuid4()
        title = f"“{study.name}” as {FORMATS[format_name].title}"
        job = queue_job(person, WORK, {"export": str(export_id)}, title=title)
        export = ReadsExport.objects.create(
            id=export_id, study=study, format=format_name, plan=plan, job=job, requested_by=person
        )
        detail: dict[str, object] = {"export": str(export_id), "format": format_name, "plan": plan}
        record_audit(person, "request_reads_export", target_kind="reader_study", target_id=study.pk, detail=detail)
    return export
