"""Exports as their readers may see them."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from annotator.accounts.errors import ConflictError, NotFoundError
from annotator.accounts.policies import Person
from annotator.datasets.models import Export
from annotator.datasets.policies import may_export
from annotator.jobs.models import JobState


def export_path(export_id: uuid.UUID) -> Path:
    """Where an export's finished zip lies."""
    return Path(settings.EXPORTS_DIR) / f"{export_id}.zip"


def exports_for(person: Person) -> QuerySet[Export]:
    """All exports, newest first, for those who may export; else none."""
    exports = Export.objects.select_related("job__requested_by", "requested_by")
    return exports if may_export(person) else exports.none()


def export_for(person: Person, export_id: uuid.UUID) -> Export:
    """One export; NotFoundError when it doesn't exist or isn't this person's business."""
    export = exports_for(person).filter(pk=export_id).first()
    if export is None:
        raise NotFoundError("There is no such export.")
    return export


def export_file(person: Person, export_id: uuid.UUID) -> Path:
    """The finished zip; ConflictError while it isn't finished."""
    export = export_for(person, export_id)
    path = export_path(export.id)
    if export.job.state != JobState.DONE or not path.exists():
        raise ConflictError(
            f"The export “{export.title}” is not finished: its job is {export.job.get_state_display().lower()}."
        )
    return path
