"""Files under temporary names on this machine's disk, hashed while they are copied, until they are filed."""

import hashlib
import io
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings

from annotator.imaging.store.filing import Place, byte_store, file_all, open_place, remove

CHUNK_BYTES = 1 << 18
COPY_BYTES = 1 << 20
HEAD_BYTES = 4096
# A staged file that old belongs to a process that was killed.
LEFT_OVER_SECONDS = 24 * 3600


class Readable(Protocol):
    """Anything that gives bytes piece by piece: an open file, a member of a zip."""

    def read(self, size: int, /) -> bytes: ...


class UnreadableSourceError(Exception):
    """A file of somebody's folder can't be read; its own fault, not the store's."""


@dataclass(frozen=True)
class StagedFile:
    """A copy under a temporary name, not yet durable."""

    path: Path
    sha256: str
    byte_size: int


def stage(source: Readable) -> StagedFile:
    """Copy bytes to a temporary file beside the originals, hashing them on the way; a megabyte in memory."""
    draft = staging_name()
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


def stage_copy(path: Path, *, check_head: Callable[[bytes], None]) -> StagedFile:
    """The same for a file of this disk, several times as fast: one buffer, which isn't taken anew for each piece.

    Parameters
    ----------
    check_head : called with the first bytes, HEAD_BYTES or all there are, before anything is written; may raise.

    Raises
    ------
    UnreadableSourceError : the file can't be opened or read to its end.
    OSError : the copy can't be written.
    """
    digest = hashlib.sha256()
    size = 0
    buffer = _buffer_of_this_thread()
    with _open_source(path) as source:
        got = _fill(source, buffer)
        check_head(bytes(buffer[: min(got, HEAD_BYTES)]))
        draft = staging_name()
        try:
            with draft.open("wb", buffering=0) as target:
                while got:
                    digest.update(buffer[:got])
                    target.write(buffer[:got])
                    size += got
                    got = _fill(source, buffer)
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
    draft = staging_name()
    try:
        os.link(path, draft)
    except FileNotFoundError:
        raise
    except OSError:
        with path.open("rb") as source:
            return stage(source)
    return StagedFile(draft, sha256, draft.stat().st_size)


def restage(path: Path) -> StagedFile:
    """Hash a file that was written under a temporary name here: what wrapping or de-identification made."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return StagedFile(path, digest.hexdigest(), path.stat().st_size)


def staging_name(store: str = "originals") -> Path:
    """A fresh temporary name from which a store takes files without copying them, where it can."""
    folder = byte_store(store).staging
    folder.mkdir(parents=True, exist_ok=True)
    return folder / uuid.uuid4().hex


def file_content(place: Place, content: bytes) -> None:
    """File bytes that were made here: a thumbnail."""
    draft = staging_name(place.store)
    try:
        draft.write_bytes(content)
        file_all([(draft, place)])
    finally:
        draft.unlink(missing_ok=True)


def move(origin: Place, target: Place) -> None:
    """Bring what lies at one place to another; a crash between leaves it at both.

    Raises
    ------
    FileNotFoundError : nothing lies there.
    UnavailableError : a bucket can't be reached.
    """
    with open_place(origin) as source:
        staged = stage(source)
    try:
        file_all([(staged.path, target)])
    finally:
        discard([staged.path])
    remove(origin)


def discard(paths: Iterable[Path]) -> None:
    """Remove staged files that aren't needed."""
    for path in paths:
        path.unlink(missing_ok=True)


def sweep_staging(now: float | None = None) -> int:
    """Remove what killed processes left behind a day ago or more; how many files went."""
    limit = (now if now is not None else time.time()) - LEFT_OVER_SECONDS
    swept = 0
    for folder in {byte_store(store).staging for store in settings.STORES}:
        for path in folder.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    swept += 1
    return swept


_buffers = threading.local()


def _buffer_of_this_thread() -> memoryview:
    if not hasattr(_buffers, "buffer"):
        _buffers.buffer = memoryview(bytearray(COPY_BYTES))
    return cast(memoryview, _buffers.buffer)


def _open_source(path: Path) -> io.FileIO:
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise UnreadableSourceError(f"The file can't be opened ({error.strerror}).") from error


def _fill(source: io.FileIO, buffer: memoryview) -> int:
    try:
        return source.readinto(buffer)
    except OSError as error:
        raise UnreadableSourceError(f"The file can't be read to its end ({error.strerror}).") from error
