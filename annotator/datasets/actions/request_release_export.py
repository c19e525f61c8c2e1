"""A data manager asks for a release in a format; a job makes it."""

import uuid
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.export_queries import check_splits
from annotator.datasets.exporting.request import ReleaseExportRequest
from annotator.datasets.models import ReleaseExport
from annotator.datasets.policies import may_export
from annotator.datasets.release_queries import frozen_release_for
from annotator.jobs.actions.queue_job import queue_job

WORK = "datasets.build_release_export"


def request_release_export(person: User, release_id: uuid.UUID, asked: dict[str, Any]) -> ReleaseExport:
    """Check what is asked, file it and queue its job.

    Parameters
    ----------
    asked : ReleaseExportRequest as JSON: {"format", "options", "preprocessing", "splits"}.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError, ConflictError : there is no such release, or it isn't frozen.
    InvalidError : with the path of the fault.
    """
    if not may_export(person):
        raise NotAllowedError("Exports are made by data managers and admins.")
    release = frozen_release_for(person, release_id)
    request = ReleaseExportRequest.from_json(asked)
    check_splits(release, request)
    export_id = uuid.uuid4()
    with transaction.atomic():
        title = f"Export “{release.title}” {release.number} as {request.exporter.title}"
        job = queue_job(person, WORK, {"export": str(export_id)}, title=title[:200])
        export = ReleaseExport.objects.create(
            id=export_id, release=release, request=request.to_json(), job=job, requested_by=person
        )
        record_audit(
            person,
            "request_release_export",
            target_kind="release",
            target_id=release.pk,
            detail={"export": str(export_id), **request.to_json()},
        )
    return export
