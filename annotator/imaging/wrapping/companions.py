"""Which tables and masks of an intake belong to which pictures. Names only: no file is opened for what they say."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from annotator.imaging.errors import QuarantineError
from annotator.imaging.wrapping.details import DetailsError, PictureDetails
from annotator.imaging.wrapping.picture_kinds import has_picture_name, stem_of
from annotator.imaging.wrapping.tables import PictureTable, TableRow

# Folders whose name says nothing of whose pictures lie there.
PLAIN_FOLDERS = {
    "", "image", "images", "img", "imgs", "picture", "pictures", "photo", "photos", "png", "jpg", "jpeg", "tif", "tiff",
    "nifti", "nii", "data", "dataset", "files", "train", "test", "val", "validation", "input", "tmp", "upload",
}  # fmt: skip
MASK_WORDS = "mask|masks|seg|segmentation|label|labels|tumor|tumour|lesion"
_MASK_AT_END = re.compile(rf"(?P<stem>.+?)[-_. ](?:{MASK_WORDS})[-_. ]?\d*", re.IGNORECASE)
_MASK_AT_BEGINNING = re.compile(rf"(?:{MASK_WORDS})[-_. ](?P<stem>.+)", re.IGNORECASE)
MASK_FOLDERS = {"mask", "masks", "seg", "segmentations", "label", "labels", "labelstr"}
ZIP_MARK = ".zip!"
PATIENT_ID_LIMIT = 64
LISTED = 5


class Companions:
    """The pictures of an intake, and the tables and masks beside them.

    A table speaks of pictures in its own folder and below it; the nearest table that names a picture counts.
    """

    def __init__(
        self, names: Iterable[str], tables: Iterable[PictureTable], refused_tables: Mapping[str, str] | None = None
    ) -> None:
        self._names = {as_path(name): name for name in names if has_picture_name(name)}
        self._rows: dict[str, list[tuple[PictureTable, TableRow]]] = defaultdict(list)
        self._refused = {posixpath.dirname(as_path(name)): (name, why) for name, why in (refused_tables or {}).items()}
        self._missing: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._by_last_part: dict[str, list[str]] = defaultdict(list)
        for path in self._names:
            self._by_last_part[posixpath.basename(path)].append(path)
        for table in tables:
            self._read(table)
        self._masks = self._masks_of_rows() | self._masks_by_name()

    def details_of(self, name: str) -> PictureDetails:
        """What is known of a picture.

        Raises
        ------
        QuarantineError : its row holds what can't be, two rows name it, or the table beside it can't be used.
        """
        path = as_path(name)
        self._refuse_without_its_table(path)
        found = self._rows.get(path, [])
        if not found:
            return PictureDetails(patient_id=default_patient_id(path))
        nearest = max(_depth(table.name) for table, _ in found)
        rows = [(table, row) for table, row in found if _depth(table.name) == nearest]
        table, row = rows[0]
        if len(rows) > 1:
            places = " and ".join(f"{table.name}, line {row.line}" for table, row in rows[:2])
            raise QuarantineError(f"Two rows speak of this picture: {places}. Leave one and send both again.")
        try:
            return row.details(default_patient_id=default_patient_id(path))
        except DetailsError as error:
            raise QuarantineError(
                f"{table.name}, line {row.line}: {error} Mend the table and send both again."
            ) from error

    def picture_of_mask(self, name: str) -> str | None:
        """The picture that a file is a mask of; None when it is no mask."""
        return self._masks.get(as_path(name))

    def is_named_by(self, table: PictureTable, name: str) -> bool:
        """Whether a row of this table speaks of a file."""
        return any(one is table for one, _ in self._rows.get(as_path(name), ()))

    def remarks_on(self, table: PictureTable) -> str:
        """What of a table could not be used, in words; "" when all of it was."""
        problems = [*table.problems, *self._missing[table.name]]
        for row in table.rows:
            try:
                row.details(default_patient_id="x")
            except DetailsError as error:
                problems.append((row.line, str(error)))
        listed = "; ".join(f"line {line}: {words.rstrip('.')}" for line, words in sorted(problems)[:LISTED])
        more = f"; and {len(problems) - LISTED:,} more" if len(problems) > LISTED else ""
        return f"Not used: {listed}{more}." if problems else ""

    def _read(self, table: PictureTable) -> None:
        folder = posixpath.dirname(as_path(table.name))
        for row in table.rows:
            path = self._find(folder, row.file)
            if path is None:
                self._missing[table.name].append((row.line, f"{row.file[:120]} did not come along"))
            else:
                self._rows[path].append((table, row))

    def _find(self, folder: str, named: str) -> str | None:
        """A file by its path from the table's folder, else by its last part where only one below has it."""
        path = posixpath.normpath(posixpath.join(folder, named.replace("\\", "/")))
        if path in self._names:
            return path
        last = posixpath.basename(path)
        inside = [one for one in self._by_last_part.get(last, []) if _is_below(one, folder)]
        return inside[0] if len(inside) == 1 and "/" not in named.replace("\\", "/") else None

    def _refuse_without_its_table(self, path: str) -> None:
        for folder, (name, why) in self._refused.items():
            if _is_below(path, folder):
                raise QuarantineError(f"Whose picture this is can't be told: {name} beside it was refused. {why}")

    def _masks_of_rows(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for picture, rows in self._rows.items():
            for table, row in rows:
                for named in row.values.get("mask", "").split("|"):
                    path = self._find(posixpath.dirname(as_path(table.name)), named.strip()) if named.strip() else None
                    if path is not None and path != picture:
                        found[path] = self._names[picture]
        return found

    def _masks_by_name(self) -> dict[str, str]:
        by_stem: dict[str, list[str]] = defaultdict(list)
        for path in self._names:
            by_stem[stem_of(path).lower()].append(path)
        found: dict[str, str] = {}
        for path in self._names:
            for stem in _stems_of_mask(path):
                near = [one for one in by_stem.get(stem.lower(), []) if one != path and _is_near(one, path)]
                if len(near) == 1:
                    found[path] = self._names[near[0]]
                    break
        return found


def as_path(name: str) -> str:
    """A file's name as a path: members of a zip lie in a folder of its name."""
    before, mark, after = name.partition(ZIP_MARK)
    return posixpath.normpath(f"{before}.zip/{after}" if mark else name)


def default_patient_id(path: str) -> str:
    """Whose a picture is when no table says it: its folder's name, or its own where that says nothing."""
    folder = posixpath.basename(posixpath.dirname(path))
    words = stem_of(path) if folder.lower().removesuffix(".zip") in PLAIN_FOLDERS or folder.endswith(".zip") else folder
    cleaned = "".join(letter for letter in words if letter.isprintable() and letter != "\\").strip()
    return cleaned[:PATIENT_ID_LIMIT] or "unknown"


def _stems_of_mask(path: str) -> list[str]:
    stem = stem_of(path)
    found = [match["stem"] for match in (_MASK_AT_END.fullmatch(stem), _MASK_AT_BEGINNING.fullmatch(stem)) if match]
    if posixpath.basename(posixpath.dirname(path)).lower() in MASK_FOLDERS:
        found.append(stem)
    return found


def _is_near(picture: str, mask: str) -> bool:
    """In the mask's folder, or in the folder beside the mask's."""
    here, there = posixpath.dirname(picture), posixpath.dirname(mask)
    return here == there or posixpath.dirname(here) == posixpath.dirname(there) or here == posixpath.dirname(there)


def _is_below(path: str, folder: str) -> bool:
    return folder in ("", ".") or path.startswith(f"{folder}/")


def _depth(name: str) -> int:
    return posixpath.dirname(as_path(name)).count("/") + bool(posixpath.dirname(as_path(name)))
