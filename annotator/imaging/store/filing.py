"""Files by their content: hashed while they are copied, made durable in batches, named by their SHA-256."""

import hashlib
import os
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

CHUNK_BYTES = 1 << 20
STAGING = "staging"
# A staged file that old belongs to a process that was killed.
LEFT_OVER_SECONDS = 24 * 3600


class Readable(Protocol):
    """Anything that gives bytes piece by piece: an open file, a member of a zip."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class StagedFile:
    """A copy under a temporary name, not yet durable."""

    path: Path
    sha256: str
    byte_size: int


def original_path(sha256: str) -> Path:
    """Where an instance's original bytes lie."""
    return Path(settings.ORIGINALS_DIR) / sha256[:2] / f"{sha256}.dcm"


def frames_path(sha256: str) -> Path:
    """Where an instance's derived frames lie, one file an instance."""
    return Path(settings.FRAMES_DIR) / sha256[:2] / f"{sha256}.frames"


def quarantine_path(sha256: str) -> Path:
    """Where the bytes of a refused file lie."""
    return Path(settings.QUARANTINE_DIR) / sha256[:2] / f"{sha256}.bin"


def stage(source: Readable) -> StagedFile:
    """Copy bytes to a temporary file of the originals' folder, hashing them on the way; a megabyte in memory."""
    draft = staging_name(Path(settings.ORIGINALS_DIR))
    digest = hashlib.sha256()
    size = 0
    try:
        with draft.open("wb") as target:
            while piece := source.read(CHUNK_BYTES):
                digest.update(piece)
                size += target.write(piece)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return StagedFile(draft, digest.hexdigest(), size)


def stage_received(path: Path, *, sha256: str) -> StagedFile:
    """Stage a file that was hashed when it was received: a second name for the same bytes, or a copy where links fail.

    Raises
    ------
    OSError : it is not there any more.
    """
    draft = staging_name(Path(settings.ORIGINALS_DIR))
    try:
        os.link(path, draft)
    except FileNotFoundError:
        raise
    except OSError:
        with path.open("rb") as source:
            return stage(source)
    return StagedFile(draft, sha256, draft.stat().st_size)


def staging_name(root: Path) -> Path:
    """A fresh temporary name on the same file system as where the file will lie."""
    folder = root / STAGING
    folder.mkdir(parents=True, exist_ok=True)
    return folder / uuid.uuid4().hex


def file_all(moves: Iterable[tuple[Path, Path]]) -> None:
    """Make staged files durable and give them their names; the same name already there has the same bytes.

    One round of fsync for the whole batch: the writes of all its files are under way before the first is
    waited for, and each folder is synced once. A crash leaves whole files or temporary ones, never halves.
    """
    pending = list(moves)
    for draft, _ in pending:
        _sync(draft)
    folders = set()
    for draft, place in pending:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(place)
        folders.add(place.parent)
    for folder in folders:
        _sync(folder)


def discard(paths: Iterable[Path]) -> None:
    """Remove staged files that aren't needed."""
    for path in paths:
        path.unlink(missing_ok=True)


def sweep_staging(now: float | None = None) -> int:
    """Remove what killed processes left behind a day ago or more; how many files went."""
    limit = (now if now is not None else time.time()) - LEFT_OVER_SECONDS
    swept = 0
    for root in (settings.ORIGINALS_DIR, settings.FRAMES_DIR):
        for path in (Path(root) / STAGING).glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    swept += 1
    return swept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
