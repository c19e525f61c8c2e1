"""A store in a folder of this machine: one read a span, files renamed into place, made durable in batches."""

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

STAGING = "staging"
# Syncs under way at once: the disk joins what comes together.
SYNCS_AT_ONCE = 8


@deconstructible(path="annotator.imaging.store.local_folder.LocalFolder")
class LocalFolder(FileSystemStorage):
    """Django's storage in a folder, with what the pipeline asks beyond it (see filing.ByteStore)."""

    @property
    def staging(self) -> Path:
        """Where drafts lie: on the same file system as the store, so that a rename files them."""
        return Path(self.location) / STAGING

    def read_span(self, name: str, offset: int, length: int) -> bytes:
        descriptor = os.open(f"{self.location}/{name}", os.O_RDONLY)
        try:
            return os.pread(descriptor, length, offset)
        finally:
            os.close(descriptor)

    def open_ranges(self, name: str) -> BinaryIO:
        return self._at(name).open("rb")

    def pieces(self, name: str, chunk_bytes: int) -> Iterator[bytes]:
        with self.open_ranges(name) as file:
            while piece := file.read(chunk_bytes):
                yield piece

    def holds(self, name: str) -> bool:
        return self._at(name).exists()

    def byte_size(self, name: str) -> int:
        return self._at(name).stat().st_size

    def forget(self, name: str) -> None:
        self._at(name).unlink(missing_ok=True)

    @contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        yield self._at(name)

    def settle(self, drafts: Sequence[Path]) -> None:
        """Sync them now: whoever calls this has something else to do meanwhile, and a second sync costs little."""
        if len(drafts) > 1:
            with ThreadPoolExecutor(SYNCS_AT_ONCE) as pool:
                list(pool.map(_sync, drafts))
        else:
            for only in drafts:
                _sync(only)

    def adopt(self, drafts: Sequence[tuple[Path, str]]) -> None:
        """Sync, then rename: the writes of all files are under way before the first is waited for."""
        self.settle([draft for draft, _ in drafts])
        folders = {self._at(name).parent for _, name in drafts}
        # A synced file in a lost folder is lost: new folders' own names count too.
        changed = folders | {folder.parent for folder in folders if not folder.is_dir()}
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        for draft, name in drafts:
            _rename(draft, self._at(name), self.staging)
        for folder in changed:
            _sync(folder)

    def _at(self, name: str) -> Path:
        return Path(self.location) / name


def _rename(draft: Path, place: Path, staging: Path) -> None:
    try:
        draft.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        staging.mkdir(parents=True, exist_ok=True)
        near = staging / draft.name
        shutil.copyfile(draft, near)
        _sync(near)
        near.replace(place)
        draft.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
