"""Make a release's export: files, their MANIFEST, one zip in the store of releases."""

import errno
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from annotator.accounts.errors import RoomError
from annotator.datasets.exporting.archive import write_archive
from annotator.datasets.exporting.export_files import archive_place
from annotator.datasets.exporting.request import ReleaseExportRequest
from annotator.datasets.exporting.run_export import run_export
from annotator.datasets.exporting.work_folder import WatchedOutput, WorkFolder
from annotator.datasets.models import Release, ReleaseExport, ReleaseStack
from annotator.imaging.store.filing import file_all, place_exists
from annotator.jobs.errors import JobCancelledError

Report = Callable[[int, str], None]
_ZIPPING_PERCENT = 95


class DiskFullError(RoomError):
    """What was made so far stays, and the next run goes on with it."""


class WithdrawnMeanwhileError(RoomError):
    """A patient withdrew while their pictures were being exported."""


def build_release_export(export_id: uuid.UUID, *, report: Report) -> dict[str, object]:
    """Make the zip. After a kill it goes on with the files that are there; the bytes are the same.

    Parameters
    ----------
    report : called with percent and what is being done; raises when the job is cancelled.

    Returns
    -------
    Counts, SHA-256 and size.

    Raises
    ------
    DiskFullError, WithdrawnMeanwhileError, RoomError : in words that say what to do.
    """
    export = ReleaseExport.objects.select_related("release__cohort").get(pk=export_id)
    request = ReleaseExportRequest.from_json(export.request)
    release = export.release
    work = WorkFolder(export_id)
    try:
        if _withdrawn_among(release, work.done()):
            work.start_over()
        last = (0, "")

        def say(percent: int, doing: str) -> None:
            nonlocal last
            last = (percent, doing)
            report(percent, doing)

        output = WatchedOutput(work.files, lambda: report(*last))
        counts = run_export(release, request, work, output, report=say)
        digest, size = write_archive(output, work.archive, alive=lambda: report(_ZIPPING_PERCENT, "one zip"))
        if _withdrawn_among(release, work.done()):
            raise WithdrawnMeanwhileError("A patient withdrew while this was being made. Run it again without them.")
        if not place_exists(archive_place(export_id)):
            file_all([(work.archive, archive_place(export_id))])
    except JobCancelledError:
        work.remove()
        raise
    except WithdrawnMeanwhileError:
        work.remove()
        raise
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFullError(
            "The disk is full. Make room and run the export again: it goes on where it stopped."
        ) from error
    ReleaseExport.objects.filter(pk=export_id).update(
        sha256=digest,
        byte_size=size,
        expires_at=timezone.now() + timedelta(days=settings.EXPORT_KEPT_DAYS),
        deleted_because="",
    )
    work.remove()
    return {**counts, "sha256": digest, "bytes": size}


def _withdrawn_among(release: Release, places: list[int]) -> bool:
    return ReleaseStack.objects.filter(release=release, place__in=places, content__isnull=True).exists()
