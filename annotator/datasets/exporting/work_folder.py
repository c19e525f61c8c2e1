"""Where an export's files lie while they are made: what a killed run has written is there for the next one."""

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from annotator.datasets.canonical_json import canonical_json
from annotator.datasets.exporters.exporter import Fragment
from annotator.datasets.exporters.output import FolderOutput


class WatchedOutput(FolderOutput):
    """Says before each file that it is alive, which is where a job can be cancelled."""

    def __init__(self, folder: Path, alive: Callable[[], None]) -> None:
        super().__init__(folder)
        self._alive = alive

    def _put(self, name: str, write: Callable[[BinaryIO], None]) -> None:
        self._alive()
        super()._put(name, write)


class WorkFolder:
    """Files, and what finished stacks add to the files at the end, a line each.

    Parameters
    ----------
    where : an export's id, or a folder that somebody chose.
    """

    def __init__(self, where: uuid.UUID | Path) -> None:
        self.folder = where if isinstance(where, Path) else work_folder_of(where)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lines = self.folder / "fragments.jsonl"
        self._cut_off_half_a_line()

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def archive(self) -> Path:
        return self.folder / "export.zip"

    def done(self) -> list[int]:
        """The places of the stacks that are finished, in order."""
        return [place for place, _ in self._read()]

    def finished(self, place: int, fragment: Fragment | None) -> None:
        """A stack's files are all there."""
        with self._lines.open("ab") as lines:
            lines.write(canonical_json({"place": place, "fragment": fragment}) + b"\n")

    def fragments(self) -> "Fragments":
        return Fragments(self._read)

    def start_over(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> Iterator[tuple[int, Fragment | None]]:
        if self._lines.exists():
            with self._lines.open("rb") as lines:
                for line in lines:
                    kept: dict[str, Any] = json.loads(line)
                    yield kept["place"], kept["fragment"]

    def _cut_off_half_a_line(self) -> None:
        """The last line of a killed run may be half written: its stack is gone through again."""
        if not self._lines.exists():
            return
        with self._lines.open("r+b") as lines:
            whole = 0
            for line in lines:
                if line.endswith(b"\n"):
                    whole += len(line)
            lines.truncate(whole)


class Fragments:
    """Can be gone through more than once; read from the disk each time."""

    def __init__(self, read: Callable[[], Iterator[tuple[int, Fragment | None]]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Fragment]:
        return (fragment for _, fragment in self._read() if fragment is not None)


def work_folder_of(export_id: uuid.UUID) -> Path:
    return Path(settings.EXPORT_WORK_DIR) / str(export_id)
