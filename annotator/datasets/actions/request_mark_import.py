"""Marks of other programs in steps: files are brought, a job says what would come of them, a person decides."""

import errno
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, RoomError
from annotator.accounts.models import User
from annotator.datasets.actions.import_annotations import checked_source, import_annotations
from annotator.datasets.importers.formats import importer_named
from annotator.datasets.importers.import_files import GivenFile, ImportFiles, forget_files, keep_files
from annotator.datasets.mark_import_queries import mark_import_for
from annotator.datasets.models import MarkImport
from annotator.datasets.policies import may_import
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import Job, JobState

WORK = "datasets.import_marks"
MOST_FILES = 100
Report = Callable[[int, str], None]


class NoRoomError(RoomError):
    """The disk is full; nothing of what was given stayed."""


def request_mark_import(
    person: User,
    files: Sequence[GivenFile],
    *,
    source: str,
    format_name: str,
    series_uid: str = "",
    labels: dict[str, int] | None = None,
    paths: GivenFile | None = None,
) -> MarkImport:
    """Keep files and queue the job that says what would come of them; nothing is saved by that.

    Parameters
    ----------
    source, format_name : as import_annotations has them.
    series_uid, labels : of NIfTI masks: the series that they lie on, and {name: number} of their labels.
    paths : the table of file paths that goes with boxes of the BCS-DBT data set.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : paths "source", "format", "files", "series_uid".
    NoRoomError : the disk is full.
    """
    if not may_import(person):
        raise NotAllowedError("Marks of other programs are brought in by data managers and admins.")
    name, reader = checked_source(source), importer_named(format_name)
    if not files:
        raise InvalidError("Choose at least one file.", "files")
    if len(files) > MOST_FILES:
        raise InvalidError(f"Bring in at most {MOST_FILES} files at a time; the command line takes more.", "files")
    if reader.needs_series and not series_uid.strip():
        raise InvalidError("Say on which series the masks lie: the files don't.", "series_uid")
    import_id = uuid.uuid4()
    try:
        kept, table = keep_files(import_id, files, paths)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoRoomError(
            "The server's disk is full: nothing was kept. Make room, then send the files again."
        ) from error
    numbers = tuple(sorted((number, label) for label, number in (labels or {}).items()))
    given = ImportFiles(tuple(kept), series_uid.strip(), numbers, table)
    with transaction.atomic():
        job = _queue(person, import_id, f"Look through marks of “{name}”", save=False)
        made = MarkImport.objects.create(
            id=import_id, source=name, format=format_name, given=given.to_json(), job=job, requested_by=person
        )
        detail: dict[str, object] = {"source": name, "format": format_name, "files": kept}
        record_audit(person, "request_mark_import", target_kind="mark_import", target_id=import_id, detail=detail)
    return made


def save_mark_import(person: User, import_id: uuid.UUID, *, skip_refused: bool = False) -> MarkImport:
    """Queue the saving of what was looked through.

    Parameters
    ----------
    skip_refused : save the rest where something is refused.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    ConflictError : it isn't looked through yet, it is saved or thrown away, or something is refused.
    """
    with transaction.atomic():
        found = mark_import_for(person, import_id, locked=True)
        if found.closed_at is not None or found.saved:
            raise ConflictError("These files are done with. Send them again to bring them in again.")
        if found.job.state in (JobState.QUEUED, JobState.RUNNING):
            raise ConflictError("A job is still at these files.")
        if not found.found:
            raise ConflictError("Nobody knows yet what would come of these files: run the job again.")
        if found.found["refused_count"] and not skip_refused:
            raise ConflictError("Something can't be brought in. Say that the rest is to be saved without it.")
        if not found.found["new"]:
            raise ConflictError("There is nothing new in these files.")
        found.job = _queue(person, import_id, f"Bring in marks of “{found.source}”", save=True)
        found.save(update_fields=["job"])
    return found


def discard_mark_import(person: User, import_id: uuid.UUID) -> MarkImport:
    """Throw the files away; what was saved before stays.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    ConflictError : a job is still at it, or it is done with.
    """
    with transaction.atomic():
        found = mark_import_for(person, import_id, locked=True)
        if found.job.state in (JobState.QUEUED, JobState.RUNNING):
            raise ConflictError("A job is still at these files. Cancel it first.")
        if found.closed_at is not None:
            raise ConflictError("These files are gone already.")
        _close(found)
        record_audit(person, "discard_mark_import", target_kind="mark_import", target_id=import_id)
    return found


def run_mark_import(import_id: uuid.UUID, *, save: bool, report: Report) -> dict[str, object]:
    """The work of both jobs; run again after a kill it goes on, as what was saved is known.

    Returns
    -------
    Counts: new, already_there, deleted_since, refused, cases.
    """
    row = MarkImport.objects.select_related("requested_by", "job__requested_by").get(pk=import_id)
    if row.closed_at is None:
        given = ImportFiles.from_json(row.given)
        done = import_annotations(
            row.job.requested_by or row.requested_by,
            given.paths_of(import_id),
            source=row.source,
            format_name=row.format,
            options=given.options_of(import_id),
            dry_run=not save,
            skip_refused=save,
            report=report,
        )
        if save:
            row.saved = asdict(done)
            _close(row)
        else:
            row.found = asdict(done)
            row.save(update_fields=["found"])
    told = row.saved if save else row.found
    return {name: told[name] for name in ("new", "already_there", "deleted_since", "refused_count", "cases") if told}


def _queue(person: User, import_id: uuid.UUID, title: str, *, save: bool) -> Job:
    return queue_job(person, WORK, {"import": str(import_id), "save": save}, title=title[:200])


def _close(row: MarkImport) -> None:
    row.closed_at = timezone.now()
    row.save(update_fields=["saved", "closed_at"])
    transaction.on_commit(lambda: forget_files(row.pk))
