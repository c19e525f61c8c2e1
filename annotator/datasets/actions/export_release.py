"""Write a release in a format to a folder or a zip on this machine, for the command line."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.actions.build_release_export import DiskFullError, WithdrawnMeanwhileError
from annotator.datasets.canonical_json import canonical_json
from annotator.datasets.export_queries import check_splits
from annotator.datasets.exporters.output import MANIFEST, FolderOutput
from annotator.datasets.exporting.archive import write_archive
from annotator.datasets.exporting.request import ReleaseExportRequest
from annotator.datasets.exporting.run_export import run_export
from annotator.datasets.exporting.work_folder import WorkFolder
from annotator.datasets.models import Release, ReleaseStack
from annotator.datasets.policies import may_export

Report = Callable[[int, str], None]
_REQUEST = "request.json"


def export_release(
    person: User, release: Release, asked: dict[str, Any], to: Path, *, report: Report
) -> dict[str, object]:
    """Write it whole or not at all. What a killed run has made lies beside `to` and is gone on with.

    Parameters
    ----------
    asked : ReleaseExportRequest as JSON: {"format", "options", "preprocessing", "splits"}.
    to : a folder that isn't there or is empty, or a file that isn't there and whose name ends in .zip.

    Returns
    -------
    Counts, and of a zip its SHA-256 and size.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : with the path of the fault.
    ConflictError : the release isn't frozen, something lies at `to`, or another export is being written there.
    DiskFullError, WithdrawnMeanwhileError, RoomError : in words that say what to do.
    """
    if not may_export(person):
        raise NotAllowedError("Exports are made by data managers and admins.")
    if release.frozen_at is None:
        raise ConflictError(f"The release “{release.title}” is not frozen.")
    request = ReleaseExportRequest.from_json(asked)
    check_splits(release, request)
    to = to.resolve()
    _check_free(to)
    try:
        with _work_beside(to, canonical_json({"release": str(release.pk), **request.to_json()})) as work:
            result = _write(release, request, work, to, report)
            record_audit(
                person,
                "export_release",
                target_kind="release",
                target_id=release.pk,
                detail={"to": to.name, **request.to_json()},
            )
            work.remove()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFullError("The disk is full. Make room and run it again: it goes on where it stopped.") from error
    return result


def _check_free(to: Path) -> None:
    if to.is_dir() and to.suffix.lower() != ".zip":
        if any(to.iterdir()):
            raise ConflictError(f"{to} is not empty. Name a folder that isn't there yet.")
    elif to.exists():
        raise ConflictError(f"{to} is there already. Name another, or delete it.")


def _write(
    release: Release, request: ReleaseExportRequest, work: WorkFolder, to: Path, report: Report
) -> dict[str, object]:
    if _withdrawn_among(release, work):
        _start_over(work)
    output = FolderOutput(work.files)
    result: dict[str, object] = {**run_export(release, request, work, output, report=report)}
    if to.suffix.lower() == ".zip":
        sha256, size = write_archive(output, work.archive, alive=lambda: report(95, "one zip"))
        result |= {"sha256": sha256, "bytes": size}
    if _withdrawn_among(release, work):
        _start_over(work)
        raise WithdrawnMeanwhileError("A patient withdrew while this was being made. Run it again without them.")
    if to.suffix.lower() == ".zip":
        os.replace(work.archive, to)
    else:
        output.write_manifest()
        os.replace(work.files, to)
    report(100, "")
    return result


def _withdrawn_among(release: Release, work: WorkFolder) -> bool:
    return ReleaseStack.objects.filter(release=release, place__in=work.done(), content__isnull=True).exists()


def _start_over(work: WorkFolder) -> None:
    asked = (work.folder / _REQUEST).read_bytes()
    work.start_over()
    (work.folder / _REQUEST).write_bytes(asked)


@contextmanager
def _work_beside(to: Path, asked: bytes) -> Iterator[WorkFolder]:
    """On the disk of `to`, so that what is finished is moved there in one step; for one process at a time."""
    folder = to.with_name(f".{to.name}.unfinished")
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = to.with_name(f".{to.name}.lock")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(f"Another process is writing {to} now.") from error
        work = WorkFolder(folder)
        note = folder / _REQUEST
        if note.exists() and note.read_bytes() != asked:
            raise ConflictError(f"{folder} holds a half-made export of something else. Delete it, or name another.")
        if not note.exists() or _finished_already(work):
            work.start_over()
            note.write_bytes(asked)
        yield work
        lock.unlink()


def _finished_already(work: WorkFolder) -> bool:
    """Whether a run was killed while it handed its files over: without their journal nothing can go on with them."""
    return bool(work.done()) and (not work.files.is_dir() or (work.files / MANIFEST).exists())
