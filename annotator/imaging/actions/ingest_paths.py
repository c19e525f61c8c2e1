"""Take in files, folders and zips that lie on this machine's disk: what the command and the demo call."""

import os
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError, RoomError
from annotator.accounts.policies import Person
from annotator.imaging.actions.ingest_intake import (
    NAME_LIMIT,
    ROWS_AT_ONCE,
    IntakeSummary,
    Report,
    ingest_intake,
    summarise,
)
from annotator.imaging.deidentification.arrival_labels import shown_name, shown_source, waiting_path
from annotator.imaging.models import Instance, InstanceState, Intake, IntakeFile, Outcome
from annotator.imaging.policies import may_bring_files_in
from annotator.imaging.store.archives import is_litter
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job, JobState

DERIVE_WORK = "imaging.derive_frames"
CASES_WORK = "cases.make_cases"
POLL_SECONDS = 0.5


class DerivingFailedError(RoomError):
    """The files are in, but their frames or cases could not be made."""


def ingest_paths(
    person: Person | None,
    paths: Sequence[Path | str],
    *,
    derive: bool = False,
    source: str | None = None,
    report: Report = lambda _percent, _doing: None,
) -> IntakeSummary:
    """Take in everything under some paths; folders and zips are gone through, files of operating systems left out.

    Parameters
    ----------
    person : None for whoever runs this machine.
    source : where the files are said to come from, on pages and in reasons; None for the paths themselves. With it
        files are shown under it, by their place in their folder: for a temporary folder, whose path tells nothing.
    derive : make frames and cases in this process before returning, so that readers can see them and the
        summary counts what could not be decoded; else a job is queued for the worker.

    Raises
    ------
    NotAllowedError : the person may not bring files in.
    InvalidError : a path does not exist.
    DerivingFailedError : with `derive`, when that failed.
    """
    if person is not None and not may_bring_files_in(person):
        raise NotAllowedError("Only data managers and admins may bring files in.")
    roots = [Path(path).absolute() for path in paths]
    for root in roots:
        if not root.exists():
            raise InvalidError(f"{root} does not exist.", "paths")
    intake = _open_intake(person, source or shown_source(", ".join(str(root) for root in roots), is_paths=True))
    for batch in _batches(_rows(intake, roots, source=source)):
        IntakeFile.objects.bulk_create(batch, ignore_conflicts=True)
    summary = ingest_intake(intake.pk, report=report)
    if not unready_instances(intake.pk):
        return summary
    job = queue_job(
        person, DERIVE_WORK, {"intake": str(intake.pk)}, title=f"Frames of {intake.source}"[:200], queue="cpu"
    )
    if not derive:
        return summary
    report(100, "deriving frames")
    _finish(job.pk)
    for follower in Job.objects.filter(kind=CASES_WORK, parameters__intake=str(intake.pk)):
        report(100, "making cases")
        _finish(follower.pk)
    return summarise(intake.pk)


def unready_instances(intake_id: uuid.UUID | str) -> bool:
    """Whether an intake brought or touched instances whose frames aren't derived yet."""
    return Instance.objects.filter(
        state=InstanceState.RECEIVED, pk__in=IntakeFile.objects.filter(intake_id=intake_id).values("instance")
    ).exists()


def _open_intake(person: Person | None, source: str) -> Intake:
    with transaction.atomic():
        intake = Intake.objects.create(
            requested_by_id=person.pk if person is not None else None,
            source=_storable(source)[:200],
            sealed_at=timezone.now(),
        )
        record_audit(person, "start_intake", target_kind="intake", target_id=intake.pk, detail={"source": source[:500]})
    return intake


def _rows(intake: Intake, roots: list[Path], *, source: str | None) -> Iterator[IntakeFile]:
    for root in roots:
        for path in _files_under(root):
            shown = _storable(str(path))
            inside = path.relative_to(root.parent if root.is_file() else root)
            called = shown if source is None else _storable(f"{source}/{inside}")
            row = IntakeFile(intake=intake, name=shown_name(called)[-NAME_LIMIT:], path=waiting_path(intake.pk, path))
            try:
                row.byte_size = path.stat().st_size
            except OSError:
                row.byte_size = 0
            if shown != str(path) or len(shown) > NAME_LIMIT:
                row.outcome = Outcome.QUARANTINED
                row.path = "" if settings.DEIDENTIFY else shown[:NAME_LIMIT]
                row.reason = (
                    f"The path is longer than {NAME_LIMIT:,} characters or isn't UTF-8. Rename or move the file."
                )
            yield row


def _files_under(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not is_litter(name))
        for name in sorted(files):
            path = Path(folder) / name
            # Pipes and devices would never end.
            if not is_litter(name) and path.is_file():
                yield path


def _storable(path: str) -> str:
    """A path as text that a database takes; names that aren't UTF-8 come out changed."""
    return os.fsencode(path).decode("utf-8", "replace").replace("\x00", "")


def _batches(rows: Iterable[IntakeFile]) -> Iterator[list[IntakeFile]]:
    batch: list[IntakeFile] = []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _finish(job_id: uuid.UUID) -> None:
    """Run a job here, or wait for the worker that was faster."""
    run_job(job_id)
    while True:
        job = Job.objects.get(pk=job_id)
        if job.state == JobState.DONE:
            return
        if job.state in (JobState.FAILED, JobState.CANCELLED):
            raise DerivingFailedError(f"{job.title}: {job.error or job.state}. The files themselves are in.")
        time.sleep(POLL_SECONDS)
