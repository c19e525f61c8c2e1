"""The folders that objects arrive in: one an intake, at most one open an association, each locked by its process.

Only files here, no tables: objects arrive on the network's threads.
"""

import errno
import fcntl
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from django.conf import settings

LOCK = "receiving.lock"
PART = ".part"


class Sender(Protocol):
    """What a batch must know of its association."""

    def is_over(self) -> bool:
        """Whether nothing more will arrive, and nothing that arrived is in hand."""
        ...


class Batch:
    """The objects of one association that become one intake.

    The lock lasts as long as this process: whoever gets it knows that nobody works here any more.
    """

    def __init__(self, sender: Sender, source: str) -> None:
        self.id = uuid.uuid4()
        self.sender = sender
        self.source = source
        self.recorded = 0
        self.in_hand = 0
        self.begun = 0
        self.last_at = time.monotonic()
        self.folder = Path(settings.UPLOADS_DIR) / str(self.id)
        self.folder.mkdir(parents=True)
        self._descriptor = -1
        try:
            self._descriptor = os.open(self.folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            os.write(self._descriptor, json.dumps({"source": source}).encode())
            os.fsync(self._descriptor)
            sync_folder(self.folder.parent)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Give the lock back; the folder is the ingest's now, or goes when nothing whole lies in it."""
        for part in self.folder.glob(f"*{PART}"):
            part.unlink(missing_ok=True)
        if self.recorded == 0:
            (self.folder / LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                self.folder.rmdir()
        if self._descriptor >= 0:
            os.close(self._descriptor)


class Batches:
    """The open batches of this process."""

    def __init__(self, *, files_an_intake: int, idle_seconds: float) -> None:
        self._files_an_intake = files_an_intake
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._is_closed = False
        self._open: dict[int, Batch] = {}
        self._full: list[Batch] = []

    def begin_object(self, sender: Sender, source: str) -> tuple[Batch, Path]:
        """A batch for an object that begins to arrive, and the name under which it does.

        Raises
        ------
        OSError : the folder can't be made, or no more objects are taken.
        """
        with self._lock:
            if self._is_closed:
                raise OSError(errno.ESHUTDOWN, "The receiver is stopping")
            batch = self._open.get(id(sender))
            if batch is not None and batch.begun >= self._files_an_intake:
                self._full.append(self._open.pop(id(sender)))
                batch = None
            if batch is None:
                batch = self._open[id(sender)] = Batch(sender, source)
            batch.begun += 1
            batch.in_hand += 1
            return batch, batch.folder / f"{batch.begun:06d}.dcm{PART}"

    def end_object(self, batch: Batch, *, recorded: bool) -> None:
        """An object of a batch is recorded, or won't be."""
        with self._lock:
            batch.in_hand -= 1
            batch.recorded += recorded
            batch.last_at = time.monotonic()

    def take_due(self, *, everything: bool = False) -> list[Batch]:
        """Batches to be sealed now, no longer among the open ones.

        Their association is over, or they are full or idle with nothing on its way; with `everything`, all.
        """
        now = time.monotonic()
        with self._lock:
            due = []
            for batch in [*self._full, *self._open.values()]:
                is_idle = batch.in_hand == 0 and (batch in self._full or now - batch.last_at >= self._idle_seconds)
                if everything or is_idle or batch.sender.is_over():
                    due.append(batch)
            self._full = [batch for batch in self._full if batch not in due]
            self._open = {key: batch for key, batch in self._open.items() if batch not in due}
        return due

    def take_back(self, batch: Batch) -> None:
        """Keep a batch that could not be sealed for the next time."""
        with self._lock:
            self._full.append(batch)

    def close(self) -> None:
        """Begin no more objects."""
        with self._lock:
            self._is_closed = True

    @property
    def in_hand(self) -> int:
        """How many objects are on their way or being recorded."""
        with self._lock:
            return sum(batch.in_hand for batch in [*self._full, *self._open.values()])


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def deserted_folders() -> Iterator[Iterator[tuple[Path, str]]]:
    """Folders of receivers that don't run any more, with what their files' source is called; locked while in use."""
    descriptors: list[int] = []

    def found() -> Iterator[tuple[Path, str]]:
        for lock in sorted(Path(settings.UPLOADS_DIR).glob(f"*/{LOCK}")):
            try:
                descriptor = os.open(lock, os.O_RDWR)
            except OSError:
                continue
            descriptors.append(descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield lock.parent, _source(os.read(descriptor, 1 << 16))

    try:
        yield found()
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _source(text: bytes) -> str:
    try:
        return str(json.loads(text)["source"])
    except (ValueError, KeyError, TypeError):
        return "DICOM"
