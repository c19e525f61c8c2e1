"""A data manager asks for a dataset; a job makes it."""

import uuid

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.export_request import AUTO_WINDOW, PRESET_MODALITIES, ExportRequest
from annotator.datasets.models import Export
from annotator.datasets.policies import may_export
from annotator.imaging.models import Study
from annotator.imaging.pixels.presets import presets_for
from annotator.jobs.actions.queue_job import queue_job
from annotator.labels.models import LabelSchema


def request_export(person: User, request: ExportRequest) -> Export:
    """Check a request, file it and queue its job.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : unknown study, schema or window; `path` names the field.
    """
    if not may_export(person):
        raise NotAllowedError("Exports are made by data managers and admins.")
    known = Study.objects.filter(pk__in=request.study_ids).count()
    if known != len(set(request.study_ids)):
        raise InvalidError("Some of the chosen studies don't exist any more. Choose again.", "study_ids")
    if request.schema_key is not None and not LabelSchema.objects.filter(key=request.schema_key).exists():
        raise InvalidError(f"There is no label schema {request.schema_key!r}.", "schema_key")
    names = {preset.window.name for modality in PRESET_MODALITIES for preset in presets_for(modality)}
    if request.window not in {AUTO_WINDOW, *names}:
        choices = ", ".join(sorted(names))
        raise InvalidError(f"There is no window preset {request.window!r}. Choose auto, {choices}.", "window")
    export_id = uuid.uuid4()
    with transaction.atomic():
        job = queue_job(person, "datasets.build_export", {"export": str(export_id)}, title=f"Export “{request.title}”")
        export = Export.objects.create(
            id=export_id, title=request.title, requested_by=person, job=job, request=request.to_json()
        )
        record_audit(
            person, "request_export", target_kind="export", target_id=export.id, detail={"title": request.title}
        )
    return export
