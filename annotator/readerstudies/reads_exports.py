"""Files of studies' reads that jobs made: who sees them, where they lie, how they go."""

import time
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from annotator.accounts.errors import ConflictError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.store.filing import Place, byte_store, place_exists, remove
from annotator.jobs.models import JobState
from annotator.readerstudies.models import ReaderStudy, ReadsExport
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.reads_files import FORMATS
from annotator.readerstudies.results_queries import check_results_open

# Beside the zips of releases, with which they share the days that they are kept.
STORE = "releases"
MOST_LISTED = 20
_LEFT_BEHIND_SECONDS = 7 * 24 * 3600


def reads_place(export: ReadsExport) -> Place:
    """Where an export's file lies."""
    return Place(STORE, f"reads/{export.pk}.{FORMATS[export.format].ending}")


def reads_exports_of(study: ReaderStudy) -> QuerySet[ReadsExport]:
    """The newest of a study whose results the caller may see."""
    rows = ReadsExport.objects.filter(study=study).select_related("study", "job", "requested_by")
    return rows.order_by("-created_at")[:MOST_LISTED]


def reads_export_for(person: Person, export_id: UUID) -> ReadsExport:
    """One export.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    ResultsShutError : the protocol was amended and shuts the results.
    """
    rows = ReadsExport.objects.select_related("study", "job__requested_by", "requested_by")
    found = rows.filter(pk=export_id).first() if may_run_studies(person) else None
    if found is None:
        raise NotFoundError("There is no such file.")
    check_results_open(person, found.study)
    return found


def reads_export_place(person: Person, export_id: UUID) -> tuple[ReadsExport, Place]:
    """A finished export and where its file lies.

    Raises
    ------
    NotFoundError, ResultsShutError : as for `reads_export_for`.
    ConflictError : it isn't finished, or its file is gone; in words that say why.
    """
    export = reads_export_for(person, export_id)
    if export.job.state != JobState.DONE:
        raise ConflictError(f"This file is not finished: its job is {export.job.get_state_display().lower()}.")
    if export.is_expired or (export.expires_at is not None and export.expires_at < timezone.now()):
        raise ConflictError("This file's time is over. Have it made again.")
    place = reads_place(export)
    if not place_exists(place):
        raise ConflictError("This file is not in its store any more. Have it made again.")
    return export, place


def delete_expired_reads() -> int:
    """Files whose time is over, and drafts that nobody finishes; how many exports. Daily."""
    over = list(ReadsExport.objects.filter(expires_at__lt=timezone.now(), is_expired=False))
    for export in over:
        remove(reads_place(export))
    ReadsExport.objects.filter(pk__in=[one.pk for one in over]).update(is_expired=True)
    staging, old = byte_store(STORE).staging, time.time() - _LEFT_BEHIND_SECONDS
    for draft in staging.glob("*.reads") if staging.is_dir() else ():
        if draft.stat().st_mtime < old:
            draft.unlink(missing_ok=True)
    return len(over)
