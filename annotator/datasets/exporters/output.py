"""Where an exporter's files go: whole or not at all, each once, with a manifest of their hashes."""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from annotator.accounts.errors import RoomError
from annotator.datasets.canonical_json import readable_json
from annotator.datasets.exporters.safe_names import is_safe_path

MANIFEST = "MANIFEST"
_JOURNAL = ".written"
_DRAFT = ".draft"


class OutputError(RoomError):
    """A file can't be put where the exporter wants it."""


@dataclass(frozen=True)
class WrittenFile:
    """A file of an export; its name is a path with slashes."""

    name: str
    sha256: str
    byte_size: int


class Output(ABC):
    """What an exporter writes to. Nothing of what a run before a kill has written whole is written again."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether this file is there, whole."""

    @abstractmethod
    def files(self) -> list[WrittenFile]:
        """The files that are there, by name."""

    @abstractmethod
    def _put(self, name: str, write: Callable[[BinaryIO], None]) -> None: ...

    def add(self, name: str, write: Callable[[BinaryIO], None]) -> None:
        """Write a file, unless it is there already.

        Parameters
        ----------
        name : a path with slashes, each part as safe_name makes it.
        write : gets a file that can be sought in; what it writes depends on release and options alone.

        Raises
        ------
        OutputError : a name that not every system takes, or one that is there in other letters ("A" and "a").
        OSError : the disk is full; nothing of the file stays.
        """
        if not is_safe_path(name) or name == MANIFEST:
            raise OutputError(f"{name!r} is no name that every system takes. Pass its parts through safe_name.")
        if not self.has(name):
            self._put(name, write)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Write bytes that are at hand."""

        def write(file: BinaryIO) -> None:
            file.write(content)

        self.add(name, write)

    def add_json(self, name: str, document: Any) -> None:
        """Write JSON, a line a value, keys sorted."""
        self.add_bytes(name, readable_json(document))

    def manifest(self) -> bytes:
        """SHA-256 and name of every file, by name, as `sha256sum --check` reads them."""
        return "".join(f"{file.sha256}  {file.name}\n" for file in self.files()).encode()


class FolderOutput(Output):
    """Files in a folder. A journal beside them holds their hashes, so that a killed run goes on where it was.

    Files are not brought to the disk one by one: a killed process loses nothing that it handed to the system. Whoever
    has to outlive a power cut syncs the folder at the end.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for draft in folder.rglob(f"*{_DRAFT}"):
            draft.unlink()
        self._files: dict[str, WrittenFile] = {}
        self._folded: dict[str, str] = {}
        self._read_journal()

    def has(self, name: str) -> bool:
        return name in self._files

    def files(self) -> list[WrittenFile]:
        return [self._files[name] for name in sorted(self._files)]

    def path_of(self, name: str) -> Path:
        """Where a file lies."""
        return self._folder / name

    def write_manifest(self) -> None:
        """Put MANIFEST beside the files and take the journal away: the export is finished."""
        draft = self._folder / f"{MANIFEST}{_DRAFT}"
        draft.write_bytes(self.manifest())
        os.replace(draft, self._folder / MANIFEST)
        (self._folder / _JOURNAL).unlink(missing_ok=True)

    def _put(self, name: str, write: Callable[[BinaryIO], None]) -> None:
        other = self._folded.get(name.casefold())
        if other is not None:
            raise OutputError(f"{name!r} and {other!r} are one file to some systems. Name one of them otherwise.")
        final = self.path_of(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = final.with_name(f"{final.name}{_DRAFT}")
        try:
            with draft.open("w+b") as file:
                write(file)
                file.flush()
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
            os.replace(draft, final)
        finally:
            draft.unlink(missing_ok=True)
        written = WrittenFile(name, digest, size)
        with (self._folder / _JOURNAL).open("a", encoding="ascii") as journal:
            journal.write(f"{digest} {size} {name}\n")
        self._remember(written)

    def _read_journal(self) -> None:
        journal = self._folder / _JOURNAL
        if not journal.exists():
            return
        for line in journal.read_text("ascii").splitlines(keepends=True):
            digest, _, rest = line.partition(" ")
            size, _, name = rest.rstrip("\n").partition(" ")
            # The last line of a killed run may be cut off; its file is written again, alike.
            whole = line.endswith("\n") and len(digest) == 64 and size.isdigit()
            if whole and self.path_of(name).is_file() and self.path_of(name).stat().st_size == int(size):
                self._remember(WrittenFile(name, digest, int(size)))

    def _remember(self, written: WrittenFile) -> None:
        self._files[written.name] = written
        self._folded[written.name.casefold()] = written.name
