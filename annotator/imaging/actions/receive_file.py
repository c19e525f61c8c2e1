"""Take one file of an intake: its bytes to UPLOADS_DIR, its row to the table."""

import hashlib
import os
import uuid
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import transaction

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.deidentification.arrival_labels import forget_sent_name, keep_sent_name, shown_name
from annotator.imaging.models import Intake, IntakeFile
from annotator.imaging.queries import intake_for

CHUNK_BYTES = 1 << 20
NAME_LIMIT = 1024


class Readable(Protocol):
    """Anything that gives bytes piece by piece: an upload, a request body, an open file."""

    def read(self, size: int, /) -> bytes: ...


def receive_file(
    person: Person, intake_id: uuid.UUID | str, *, name: str, content: Readable, byte_size: int | None = None
) -> IntakeFile:
    """Store one file of an intake; the same name with the same size again changes nothing.

    Parameters
    ----------
    name : the path as the sender has it; a label only, never a place on this disk.
    content : read in pieces of a megabyte, never the whole.
    byte_size : how many bytes the sender announced; None when it didn't.

    Raises
    ------
    NotAllowedError, NotFoundError : not this person's to send to.
    ConflictError : the intake is sealed, or this name was sent before with another size.
    InvalidError : no name, or fewer or more bytes than announced (the sender should send it again).
    """
    intake = intake_for(person, intake_id)
    sent = safe_name(name)
    name = shown_name(sent)
    if intake.sealed_at is not None:
        raise ConflictError("This intake is sealed: start another one for more files.")
    before = IntakeFile.objects.filter(intake=intake, name=name).first()
    if before is not None:
        return _again(before, byte_size)
    path = _place(intake)
    try:
        size, digest = _write(path, content, byte_size)
        if byte_size is not None and size != byte_size:
            raise InvalidError(
                f"{sent}: {byte_size:,} bytes were announced and {size:,} arrived. Send it again.", "content"
            )
        keep_sent_name(path, sent)
        kept = _record(intake, IntakeFile(intake=intake, name=name, path=str(path), byte_size=size, sha256=digest))
    except BaseException:
        _remove(path)
        raise
    if kept.path != str(path):  # the same file came over another connection and was faster
        _remove(path)
    return kept


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    forget_sent_name(path)


def _again(before: IntakeFile, byte_size: int | None) -> IntakeFile:
    if byte_size is None or before.byte_size == byte_size:
        return before
    raise ConflictError(
        f"{before.name} was sent before with {before.byte_size:,} bytes, now with {byte_size:,}: "
        "start another intake for the other file."
    )


def safe_name(name: str) -> str:
    """The sender's path with what no label may hold taken out.

    Raises
    ------
    InvalidError : nothing is left, or it is longer than 1,024 characters.
    """
    cleaned = "".join(letter for letter in name if letter.isprintable()).replace("\\", "/").strip().lstrip("/")
    if not cleaned:
        raise InvalidError("A file needs a name.", "name")
    if len(cleaned) > NAME_LIMIT:
        raise InvalidError(f"The name is {len(cleaned):,} characters long; at most {NAME_LIMIT:,} are kept.", "name")
    return cleaned


def _place(intake: Intake) -> Path:
    """A fresh place for each arrival: no part of what was sent becomes a path, and no two arrivals share one."""
    folder = Path(settings.UPLOADS_DIR) / str(intake.pk)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / uuid.uuid4().hex


def _write(path: Path, content: Readable, limit: int | None) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as file:
        while piece := content.read(CHUNK_BYTES):
            size += len(piece)
            if limit is not None and size > limit:
                break
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _record(intake: Intake, row: IntakeFile) -> IntakeFile:
    with transaction.atomic():
        if Intake.objects.select_for_update().get(pk=intake.pk).sealed_at is not None:
            raise ConflictError("This intake was sealed while the file was on its way: start another one for it.")
        before = IntakeFile.objects.filter(intake=intake, name=row.name).first()
        if before is not None:
            return _again(before, row.byte_size)
        row.save()
    return row
