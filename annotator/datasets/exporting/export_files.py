"""The finished zips of releases: where they lie, and how they go."""

import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from annotator.datasets.exporting.work_folder import WorkFolder
from annotator.datasets.models import ReleaseExport
from annotator.imaging.store.filing import Place, remove
from annotator.jobs.models import JobState

EXPIRED = "Its time is over. Make it again: the bytes are the same."
LEFT_BEHIND_SECONDS = 7 * 24 * 3600
WITHDRAWN = "A patient of the release withdrew. Make it again: it is made without them."


def archive_place(export_id: uuid.UUID) -> Place:
    """Where an export's zip lies."""
    return Place("releases", f"{export_id}.zip")


def delete_files(exports: QuerySet[ReleaseExport], because: str) -> int:
    """Take zips and work away, and say why in the rows; how many exports."""
    gone = list(exports)
    for export in gone:
        remove(archive_place(export.pk))
        WorkFolder(export.pk).remove()
    ReleaseExport.objects.filter(pk__in=[export.pk for export in gone]).update(deleted_because=because)
    return len(gone)


def delete_expired() -> int:
    """Zips whose time is over; how many."""
    return delete_files(
        ReleaseExport.objects.filter(expires_at__lt=timezone.now(), deleted_because=""), because=EXPIRED
    )


def delete_of_releases(release_ids: Iterable[uuid.UUID]) -> int:
    """What was finished of these releases; a running job notices by itself at its end."""
    finished = ReleaseExport.objects.filter(release__in=list(release_ids), deleted_because="").exclude(
        job__state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    return delete_files(finished, because=WITHDRAWN)


def delete_work_left_behind() -> int:
    """Folders of half-made exports that nobody went on with for a week; how many."""
    root = Path(settings.EXPORT_WORK_DIR)
    alive = {
        str(pk)
        for pk in ReleaseExport.objects.filter(job__state__in=[JobState.QUEUED, JobState.RUNNING]).values_list(
            "pk", flat=True
        )
    }
    old = time.time() - LEFT_BEHIND_SECONDS
    left = [
        folder
        for folder in (root.iterdir() if root.is_dir() else ())
        if folder.name not in alive and folder.stat().st_mtime < old
    ]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)
