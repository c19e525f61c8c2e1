"""Make the file of a study's reads that somebody asked for. The system's own, as a job."""

import errno
import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from annotator.accounts.errors import ConflictError, RoomError
from annotator.imaging.store.filing import byte_store, file_all
from annotator.readerstudies.models import ReadsExport
from annotator.readerstudies.policies import may_see_results
from annotator.readerstudies.reads_exports import STORE, reads_place
from annotator.readerstudies.reads_files import write_reads
from annotator.readerstudies.results_queries import count_reads, counted_plan

Report = Callable[[int, str], None]


class NoRoomForReadsError(RoomError):
    """The disk is full: nothing of the file is left behind."""


def build_reads_export(export_id: uuid.UUID, *, report: Report) -> dict[str, object]:
    """Write the file as a draft, then file it whole: after a kill it is made anew, and nobody fetches half of it.

    Returns
    -------
    How many reads it rests on, its size and SHA-256.

    Raises
    ------
    ConflictError : results were shut meanwhile, or whoever asked may not see them any more.
    NoRoomForReadsError : the disk is full.
    RoomError : the format has no place for this study, in words.
    """
    export = ReadsExport.objects.select_related("study", "requested_by").get(pk=export_id)
    if not may_see_results(export.requested_by, export.study):
        raise ConflictError("The results were shut meanwhile, or whoever asked for this may not see them any more.")
    staging = byte_store(STORE).staging
    staging.mkdir(parents=True, exist_ok=True)
    _drop_drafts(staging, export_id)
    # A worker that lost its lease and writes on writes into a draft of its own.
    draft = staging / f"{export_id}.{uuid.uuid4().hex}.reads"
    try:
        reads = count_reads(export.study)
        with draft.open("w+b") as file:
            write_reads(counted_plan(export.study, export.plan), export.format, file, report=report)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = draft.stat().st_size
        report(99, "Filing it")
        file_all([(draft, reads_place(export))])
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoRoomForReadsError("The disk is full. Make room and run this again.") from error
    finally:
        draft.unlink(missing_ok=True)
    ReadsExport.objects.filter(pk=export_id).update(
        reads=reads,
        sha256=digest,
        byte_size=size,
        expires_at=timezone.now() + timedelta(days=settings.EXPORT_KEPT_DAYS),
        is_expired=False,
    )
    return {"reads": reads, "bytes": size, "sha256": digest}


def _drop_drafts(staging: Path, export_id: uuid.UUID) -> None:
    for left in staging.glob(f"{export_id}.*.reads"):
        left.unlink(missing_ok=True)
