"""Files with marks that were brought here: where they wait, by their own names, for the job that reads them."""

import shutil
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.importers.importer import ImportOptions

LEFT_BEHIND_SECONDS = 30 * 24 * 3600
_PATHS = "paths"
# Of a NIfTI file: nibabel goes by them.
_ENDINGS = (".nii.gz",)


@dataclass(frozen=True)
class ImportFiles:
    """What was given; files by the names that they lie under.

    Attributes
    ----------
    files : in the order in which they are read.
    series_uid, labels : as in ImportOptions.
    paths : name of the table of file paths, or "".
    """

    files: tuple[str, ...]
    series_uid: str = ""
    labels: tuple[tuple[int, str], ...] = ()
    paths: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        labels = tuple((int(number), str(name)) for number, name in data["labels"])
        return cls(tuple(data["files"]), data["series_uid"], labels, data[_PATHS])

    def paths_of(self, import_id: uuid.UUID) -> list[Path]:
        return [folder_of(import_id) / name for name in self.files]

    def options_of(self, import_id: uuid.UUID) -> ImportOptions:
        return ImportOptions(
            self.series_uid, self.labels, folder_of(import_id) / _PATHS / self.paths if self.paths else None
        )


@dataclass(frozen=True)
class GivenFile:
    """A file as a form or a program sends it: its own name, and its bytes piece by piece."""

    name: str
    chunks: Iterable[bytes]


def folder_of(import_id: uuid.UUID) -> Path:
    return Path(settings.MARK_IMPORTS_DIR) / str(import_id)


def keep_files(import_id: uuid.UUID, files: Sequence[GivenFile], paths: GivenFile | None) -> tuple[list[str], str]:
    """Write what was given; the names under which it lies.

    Raises
    ------
    OSError : the disk is full; nothing stays then.
    """
    folder = folder_of(import_id)
    try:
        taken: list[str] = []
        for file in files:
            taken.append(_free_name(file.name, taken))
            _write(folder / taken[-1], file)
        table = ""
        if paths is not None:
            table = _free_name(paths.name, [])
            _write(folder / _PATHS / table, paths)
    except OSError:
        forget_files(import_id)
        raise
    return taken, table


def forget_files(import_id: uuid.UUID) -> None:
    shutil.rmtree(folder_of(import_id), ignore_errors=True)


def forget_left_behind() -> int:
    """Files that nobody decided about for a month; how many imports."""
    root = Path(settings.MARK_IMPORTS_DIR)
    old = time.time() - LEFT_BEHIND_SECONDS
    left = [folder for folder in (root.iterdir() if root.is_dir() else ()) if folder.stat().st_mtime < old]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _free_name(name: str, taken: Sequence[str]) -> str:
    plain = name.replace("\\", "/").rpartition("/")[2]
    ending = next((ending for ending in _ENDINGS if plain.lower().endswith(ending)), Path(plain).suffix)
    stem = plain.removesuffix(ending) or "file"
    found = safe_name(stem) + ending if ending.isascii() else safe_name(plain)
    return found if found not in taken and found != _PATHS else f"{len(taken)}-{found}"


def _write(path: Path, file: GivenFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as into:
        for piece in file.chunks:
            into.write(piece)
