"""Boxes of the BCS-DBT tomosynthesis data set, from the frame of its reader into the stored matrix.

The published tables call studies "DBT-S00163" and the like; UIDs stand in the paths of the table of file paths
("classic_path": collection, patient, study UID, series UID, file). Source: exporters/bcs_dbt.py has the links.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from annotator.datasets.exporters.bcs_dbt import BOX_COLUMNS
from annotator.datasets.exporters.breast_reader_frame import ReaderBox, is_turned, points_of_reader_box
from annotator.datasets.importers.imported_mark import ImportedMark, RefusedError
from annotator.datasets.importers.importer import Importer
from annotator.datasets.importers.known_frames import KnownFrame
from annotator.imaging.pixels.rendering import stored_pixels
from annotator.imaging.store.frame_source import source_of_frame

_UID = re.compile(r"[0-9]+(?:\.[0-9]+){3,}")
_VIEW = re.compile(r"([lr])(cc|mlo)\d*", re.IGNORECASE)
# As spreadsheets and pandas write it.
_YES = frozenset({"1", "1.0", "true"})
Key = tuple[str, str, str]


class BcsDbtImporter(Importer):
    name = "bcs-dbt"
    title = "Boxes of the BCS-DBT data set"

    def read(self, file: Path) -> Iterator[ImportedMark | RefusedError]:
        try:
            paths = _paths(self.options.paths) if self.options.paths else {}
            with file.open(newline="", encoding="utf-8-sig") as opened:
                table = csv.DictReader(opened)
                missing = set(BOX_COLUMNS) - set(table.fieldnames or ())
                if missing:
                    yield RefusedError(f"The table has no column {', '.join(sorted(missing))}.", file=file.name)
                    return
                rows = list(table)
        except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
            yield RefusedError(f"It can't be read as a table: {error!r}.", file=file.name)
            return
        turned: dict[str, bool] = {}
        for number, row in enumerate(rows, start=2):
            try:
                yield self._mark(row, paths, turned, file=file.name, path=f"line {number}")
            except RefusedError as refused:
                yield refused

    def _mark(
        self, row: dict[str, str], paths: dict[Key, str], turned: dict[str, bool], *, file: str, path: str
    ) -> ImportedMark:
        view = _VIEW.fullmatch(row["View"].strip())
        if view is None:
            raise RefusedError(f"{row['View']!r} is none of lcc, rcc, lmlo, rmlo.", file=file, path=f"{path}, View")
        try:
            slice_index, x, y, width, height, slices = (
                _whole(row[name]) for name in ("Slice", "X", "Y", "Width", "Height", "VolumeSlices")
            )
        except ValueError as error:
            raise RefusedError(f"Slice, X, Y, Width, Height and VolumeSlices are whole numbers: {error}.", file=file,
                               path=path) from error  # fmt: skip
        frames = self._volume(row, paths, view, file=file, path=path)
        if len(frames) != slices:
            raise RefusedError(
                f"The table's volume has {slices} slices, the one here {len(frames)}.",
                file=file,
                path=f"{path}, VolumeSlices",
            )
        in_file = sorted(frames, key=lambda frame: (frame.sop_instance_uid, frame.number))
        if not 0 <= slice_index < slices:
            raise RefusedError(f"There is no slice {slice_index}.", file=file, path=f"{path}, Slice")
        frame = in_file[slice_index]
        if frame.key not in turned:
            turned[frame.key] = is_turned(stored_pixels(source_of_frame(frame.key)), laterality=view.group(1))
        points = points_of_reader_box(
            ReaderBox(x, y, width, height), columns=frame.columns, rows=frame.rows, turned=turned[frame.key]
        )
        return ImportedMark(
            frame_key=frame.key,
            kind="box",
            points=points,
            label=row["Class"].strip()[:64],
            category="distortion" if row["AD"].strip().lower() in _YES else "mass",
            thing=f"{row['PatientID']} {row['StudyUID']} {row['View']} {slice_index} {x} {y} {width} {height}",
            file=file,
            path=path,
        )

    def _volume(
        self, row: dict[str, str], paths: dict[Key, str], view: re.Match[str], *, file: str, path: str
    ) -> list[KnownFrame]:
        named = paths.get((row["PatientID"], row["StudyUID"], row["View"]), "")
        stacks = [frames for uid in _UID.findall(named) for frames in self.frames.of_series(uid)]
        if not stacks:
            uids = [row["StudyUID"], *_UID.findall(named)]
            side, kind = view.group(1).upper(), view.group(2).upper()
            stacks = [frames for uid in uids for frames in self.frames.of_view(uid, side, kind)]
        if len(stacks) != 1:
            found = "several" if stacks else "no"
            raise RefusedError(
                f"There is {found} such volume here ({row['PatientID']}, {row['StudyUID']}, {row['View']}); give the "
                "table of file paths, whose UIDs name it.",
                file=file,
                path=path,
            )
        return stacks[0]


def _whole(text: str) -> int:
    """A whole number, also as pandas writes one of a column with gaps: "64.0"."""
    value = float(text)
    if not value.is_integer():
        raise ValueError(f"{text!r} is none")
    return int(value)


def _paths(file: Path) -> dict[Key, str]:
    with file.open(newline="", encoding="utf-8-sig") as opened:
        return {
            (row["PatientID"], row["StudyUID"], row["View"]): f"{row['descriptive_path']} {row['classic_path']}"
            for row in csv.DictReader(opened)
        }
