"""Pictures, masks and a table in a folder: training without the database. Nothing of torch."""

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.datasets.canonical_json import hash_of_json
from annotator.statistics.stratified_split import SplitError, stratified_split
from ml_assist.inference.calipers import Caliper, find_calipers
from ml_assist.training.checked_calipers import checked_calipers
from ml_assist.training.example import SIDES, Example, Side
from ml_assist.training.unet_config import UNetConfig

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
_IMAGE, _PATIENT, _SIDE = ("image", "ID", "id", "file"), ("patient", "Case", "case"), ("side", "split")


@dataclass(frozen=True)
class FolderTable:
    """Which columns of the table say what; an empty name is looked for among the usual ones.

    Attributes
    ----------
    image : the picture's file, with or without its ending.
    patient : who must be on one side only.
    side : "train", "val" or "test"; where there is none, patients are divided by `fractions` and `seed`.
    group : what is balanced, e.g. the pathology; none: pictures with a lesion and without.
    calipers : tables of known calipers as `checked_calipers` reads them, in the folder or anywhere.
    held_out : pictures, by name without ending, whose patients are on the test side wherever they would have been put.
    citation : whom the pictures are owed to, for the card.
    """

    image: str = ""
    patient: str = ""
    side: str = ""
    group: str = ""
    calipers: tuple[str, ...] = ()
    fractions: tuple[float, float, float] = (0.7, 0.15, 0.15)
    seed: int = 1
    held_out: frozenset[str] = frozenset()
    citation: str = ""


@dataclass(frozen=True)
class CaliperFinder:
    """Something that finds calipers on a grey picture; `name` tells it from others, "" is the matching detector."""

    name: str
    find: Callable[[NDArray[np.uint8]], Sequence[Caliper]]


@dataclass(frozen=True)
class FolderPicture:
    """One picture of the table, not yet read."""

    key: str
    patient: str
    side: Side
    path: Path


@dataclass(frozen=True)
class _Row:
    key: str
    patient: str
    side: Side
    group: str
    picture: Path
    mask: Path
    calipers: tuple[tuple[float, float], ...] = field(default=())


class FolderSource:
    """`images/`, `masks/` and one table (CSV) in a folder.

    Parameters
    ----------
    finder : what looks for calipers where the configuration wants them found; the matching detector without one.

    A picture's mask has its name, or its name behind the first underscore (bus_0002-l.png and mask_0002-l.png).

    Raises
    ------
    InvalidError : something is missing or in two places, with the file, row and column, and what to do.
    """

    def __init__(
        self,
        folder: Path,
        config: UNetConfig,
        table: FolderTable | None = None,
        *,
        finder: CaliperFinder | None = None,
    ) -> None:
        self.folder = folder
        self.finder = finder or CaliperFinder("", find_calipers)
        self.config = config
        self.table = table or FolderTable()
        if config.picture_channels != 1 or config.modality == "CT":
            raise InvalidError(
                "Pictures in a folder have one channel and no units: CT is trained from a release, whose Hounsfield "
                "units its windows need.",
                "config.windows",
            )
        self._moved = 0
        self._rows = self._read()
        groups = Counter(row.group for row in self._rows if row.side == "train")
        self._weights = {name: len(self._rows) / (len(groups) * count) for name, count in groups.items()}

    def __len__(self) -> int:
        return len(self._rows)

    def examples(self, start: int = 0) -> Iterator[Example]:
        # Looking for calipers takes a tenth of a second a picture, outside of Python's lock: one thread a processor.
        threads = os.cpu_count() or 1
        with ThreadPoolExecutor(threads) as pool:
            for first in range(start, len(self._rows), 2 * threads):
                yield from pool.map(self._example, self._rows[first : first + 2 * threads])

    def pictures(self) -> list[FolderPicture]:
        """All of the table, in the order of their keys; for what needs no masks."""
        return [FolderPicture(row.key, row.patient, row.side, row.picture) for row in self._rows]

    def held_out(self, side: Side) -> list[Example]:
        """The examples of one side, without calipers, as they are."""
        return [self._read_example(row) for row in self._rows if row.side == side]

    def description(self) -> dict[str, Any]:
        cited = {"citation": self.table.citation} if self.table.citation else {}
        split = {"by": "patient", "seed": self.table.seed, "fractions": list(self.table.fractions)}
        if self._moved:
            split["patients_moved_to_test"] = self._moved
        return cited | {
            "kind": "folder",
            "name": self.folder.name,
            "table": self._table_path().name,
            "hash": hash_of_json([*(self._row_hash(row) for row in self._rows), *self._found_by()]),
            "sides": {
                side: {
                    "patients": len({row.patient for row in self._rows if row.side == side}),
                    "pictures": sum(row.side == side for row in self._rows),
                    "groups": dict(sorted(Counter(row.group for row in self._rows if row.side == side).items())),
                }
                for side in SIDES
            },
            "split": split,
        }

    def _found_by(self) -> list[str]:
        """Other calipers make other data."""
        return [self.finder.name] if self.finder.name and self.config.calipers == "find" else []

    @staticmethod
    def _row_hash(row: _Row) -> list[Any]:
        return [row.key, row.patient, row.side, _hash_of(row.picture), _hash_of(row.mask), row.calipers]

    def _example(self, row: _Row) -> Example:
        read = self._read_example(row)
        return replace(read, calipers=self._calipers(row, read.picture[..., 0]))

    def _read_example(self, row: _Row) -> Example:
        grey = _read_grey(row.picture)
        mask = (_read_grey(row.mask) > 127).astype(np.uint8)
        if grey.shape != mask.shape:
            raise InvalidError(
                f"{row.mask.name} is {mask.shape[1]} x {mask.shape[0]}, its picture {grey.shape[1]} x {grey.shape[0]}: "
                "a mask has its picture's size."
            )
        return Example(
            key=row.key,
            patient=row.patient,
            side=row.side,
            group=row.group,
            weight=self._weights.get(row.group, 1.0),
            picture=grey[..., None],
            mask=mask,
            calipers=np.empty((0, 2)),
        )

    def _calipers(self, row: _Row, grey: NDArray[np.uint8]) -> NDArray[np.float64]:
        if self.config.calipers == "find":
            found = [(one.column, one.row) for one in self.finder.find(grey)]
            return np.array(found, np.float64).reshape(-1, 2)
        return np.array(row.calipers if self.config.calipers == "known" else (), np.float64).reshape(-1, 2)

    def _table_path(self) -> Path:
        tables = sorted(self.folder.glob("*.csv"))
        if len(tables) != 1:
            raise InvalidError(
                f"{self.folder} has {len(tables)} CSV files; it should have the one that lists the pictures."
            )
        return tables[0]

    def _read(self) -> list[_Row]:
        path = self._table_path()
        with path.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            columns = list(reader.fieldnames or [])
            listed = list(reader)
        image = _column(columns, self.table.image, _IMAGE, path, "image")
        patient = _column(columns, self.table.patient, _PATIENT, path, "patient")
        group = _column(columns, self.table.group, (), path, "group") if self.table.group else ""
        asked_side = self.table.side or next((one for one in _SIDE if one in columns), "")
        side = _column(columns, asked_side, (), path, "side") if asked_side else ""
        if not listed:
            raise InvalidError(f"{path.name} lists no picture.")
        pictures, masks = _files(self.folder / "images"), _files(self.folder / "masks")
        known = self._known_calipers()
        sides = self._sides(listed, patient, group, side, path)
        if not side:
            sides |= self._moved_to_test(listed, image, patient, sides)
        rows = []
        for number, line in enumerate(listed, start=2):
            key = _key_of(line, image)
            where = f"{path.name} line {number}"
            picture = _file(pictures, (key,), f"{where}: there is no picture in images/ for {line[image]!r}.")
            mask = _file(masks, (key, _behind_underscore(key)), f"{where}: there is no mask in masks/ for {key!r}.")
            owner = (line[patient] or "").strip()
            of_group = line[group] if group else ""
            rows.append(_Row(key, owner, sides[owner], of_group, picture, mask, known.get(key, ())))
        return sorted(rows, key=lambda row: row.key)

    def _sides(
        self, listed: Sequence[Mapping[str, str]], patient: str, group: str, side: str, path: Path
    ) -> dict[str, Side]:
        """Patient -> side; a patient on two is refused."""
        found: dict[str, str] = {}
        for number, line in enumerate(listed, start=2):
            owner = (line[patient] or "").strip()
            if not owner:
                raise InvalidError(f"{path.name} line {number}: no patient in the column {patient!r}.")
            value = (line[side] or "").strip() if side else (line[group] if group else "")
            if side and value not in SIDES:
                raise InvalidError(f"{path.name} line {number}: a side is {', '.join(SIDES)}, not {value!r}.")
            if side and found.get(owner, value) != value:
                raise InvalidError(f"{path.name} line {number}: patient {owner!r} is on two sides. Put them on one.")
            found.setdefault(owner, value)
        if side:
            return found  # type: ignore[return-value]
        try:
            return stratified_split(found, SIDES, self.table.fractions, seed=self.table.seed)  # type: ignore[return-value]
        except SplitError as error:
            raise InvalidError(str(error), "fractions") from error

    def _moved_to_test(
        self, listed: Sequence[Mapping[str, str]], image: str, patient: str, sides: Mapping[str, Side]
    ) -> dict[str, Side]:
        owners = {(line[patient] or "").strip() for line in listed if _key_of(line, image) in self.table.held_out}
        moved: dict[str, Side] = {owner: "test" for owner in owners if sides[owner] != "test"}
        self._moved = len(moved)
        return moved

    def _known_calipers(self) -> dict[str, tuple[tuple[float, float], ...]]:
        if self.config.calipers != "known":
            return {}
        if not self.table.calipers:
            raise InvalidError(
                "Known calipers need their table: --calipers FILE with columns image, column, row.", "calipers"
            )
        known = checked_calipers(*(self.folder / name for name in self.table.calipers)).calipers
        return {key: tuple((float(x), float(y)) for x, y in places) for key, places in known.items()}


def _key_of(line: Mapping[str, str], image: str) -> str:
    return Path((line[image] or "").strip()).stem


def _column(columns: Sequence[str], asked: str, usual: Sequence[str], path: Path, what: str) -> str:
    found = asked if asked in columns else next((one for one in usual if not asked and one in columns), "")
    if not found:
        raise InvalidError(
            f"{path.name} has no column for the {what}{f' called {asked!r}' if asked else ''}. It has: "
            f"{', '.join(columns) or 'none'}. Name it with --{what}-column.",
            f"{what}_column",
        )
    return found


def _files(folder: Path) -> dict[str, Path]:
    """By name without ending, and by what comes behind the first underscore."""
    if not folder.is_dir():
        raise InvalidError(f"There is no folder {folder}: pictures lie in images/, masks in masks/.")
    files = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES}
    return {_behind_underscore(name): path for name, path in files.items()} | files


def _file(files: Mapping[str, Path], names: Sequence[str], otherwise: str) -> Path:
    for name in names:
        if name in files:
            return files[name]
    raise InvalidError(otherwise)


def _behind_underscore(name: str) -> str:
    return name.partition("_")[2] or name


def _read_grey(path: Path) -> NDArray[np.uint8]:
    read = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if read is None:
        raise InvalidError(f"{path} is no picture that can be read. Take it out of the table, or mend it.")
    return np.asarray(read, np.uint8)


def _hash_of(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
