"""The tables of the BCS-DBT tomosynthesis data set: labels, boxes, file paths, in the frame of its reader.

Sources: the data set at the Cancer Imaging Archive (https://doi.org/10.7937/E4WT-CD02) for the tables' columns; its
authors' reader (https://github.com/mazurowski-lab/duke-dbt-data, duke_dbt_data.py) for what is done with them: boxes
and paths are joined by PatientID, StudyUID and View, `Slice` indexes the file's frames from 0, X and Y are of the slice
as it is shown there (breast_reader_frame.py). Counts of the published tables: a view is labelled benign or cancer where
it has a box and nowhere else (train: 124 + 76 such views, 200 views with boxes); other views of a biopsied examination
are not in the set, normal and actionable ones have no boxes.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from annotator.datasets.exporters.breast_reader_frame import is_turned, reader_box
from annotator.datasets.exporters.exporter import Exporter, ExportOptions, Fragment
from annotator.datasets.exporters.mark_rasters import encloses_pixels
from annotator.datasets.exporters.nifti import write_rows
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedMark, ReleasedStack

BOX_COLUMNS = (
    "PatientID", "StudyUID", "View", "Subject", "Slice", "X", "Y", "Width", "Height", "Class", "AD", "VolumeSlices",
)  # fmt: skip
LABEL_COLUMNS = ("PatientID", "StudyUID", "View", "Normal", "Actionable", "Benign", "Cancer")
PATH_COLUMNS = ("PatientID", "StudyUID", "View", "descriptive_path", "classic_path")
BENIGN, CANCER = "benign", "cancer"
GROUP_SCHEMA, GROUP_QUESTION = "birads-assessment", "group"
_SPLIT_NAMES = {"val": "validation"}
_VIEWS = ("CC", "MLO")
_WORST_FIRST = (CANCER, BENIGN, "actionable", "normal")
_BREAST_MODALITY = "MG"


@dataclass(frozen=True)
class BcsDbtOptions(ExportOptions):
    """Options of the BCS-DBT tables.

    Attributes
    ----------
    diagnosis : the question that says what a finding was, as "schema.question"; empty: only the examination's group
        says it, where that was answered or follows. Nothing is ever guessed from a score.
    benign, cancer : its values that count as one or the other.
    """

    diagnosis: str = ""
    benign: tuple[str, ...] = (BENIGN,)
    cancer: tuple[str, ...] = (CANCER, "malignant")

    @classmethod
    def read(cls, data: dict[str, Any]) -> dict[str, Any]:
        return data | {name: tuple(data[name]) for name in ("benign", "cancer") if name in data}


class BcsDbtExporter(Exporter[BcsDbtOptions]):
    name = "bcs-dbt"
    title = "Tables of the BCS-DBT tomosynthesis data set"
    points_into_originals = True
    options_class = BcsDbtOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        if stack.modality != _BREAST_MODALITY or stack.kind != "volume":
            return None
        row = {"split": stack.split, "patient": stack.patient, "series_uid": stack.series_uid}
        if stack.laterality not in ("L", "R") or stack.view not in _VIEWS:
            return {"left_out": row | {"reason": "it is no left or right CC or MLO view, which the tables have alone"}}
        if len({frame.sop_instance_uid for frame in stack.frames}) > 1:
            return {"left_out": row | {"reason": "its slices are several files; the tables name one file a volume"}}
        classes = self._classes(stack)
        groups = _groups(stack)
        boxed = [mark for mark in stack.marks if encloses_pixels(mark)]
        biopsied = groups & {BENIGN, CANCER}
        if len(groups) > 1:
            said = f"its examination's group is said to be {' and '.join(sorted(groups))}"
            return {"left_out": row | {"reason": f"{said}: export a release with one truth, e.g. what was approved"}}
        if biopsied and not boxed:
            reason = "nothing is marked in this view of a biopsied examination; the set has only views with boxes"
            return {"left_out": row | {"reason": reason}}
        known = {classes.get(mark.finding or "", "") for mark in boxed} - {""} or groups
        boxes = [self._box(mark, stack, pixels, classes.get(mark.finding or "", "".join(biopsied))) for mark in boxed]
        group = next((name for name in _WORST_FIRST if name in known), "actionable" if boxes else "normal")
        path = "/".join(
            safe_name(part)
            for part in (
                stack.patient,
                stack.study_uid,
                stack.series_uid,
                f"{stack.frames[0].sop_instance_uid}.dcm",
            )
        )
        return {
            "volume": row
            | {
                "study": stack.study_uid,
                "view": f"{stack.laterality}{stack.view}".lower(),
                "group": group.capitalize(),
                "path": path,
                "boxes": boxes,
            }
        }

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        for split in self.release.splits:
            name = safe_name(_SPLIT_NAMES.get(split, split))
            for table, columns, rows in (
                ("labels", LABEL_COLUMNS, _label_rows),
                ("boxes", BOX_COLUMNS, _box_rows),
                ("file-paths", PATH_COLUMNS, _path_rows),
            ):
                write = partial(_write_table, columns, rows, partial(_volumes, fragments, split))
                output.add(f"BCS-DBT-{table}-{name}.csv", write)
        output.add("left_out.jsonl", lambda file: write_rows(file, fragments, "left_out"))

    def _box(self, mark: ReleasedMark, stack: ReleasedStack, pixels: StackPixels, kind: str) -> dict[str, Any]:
        frame = stack.frames[mark.place]
        turned = is_turned(pixels.stored(mark.place), laterality=stack.laterality)
        box = reader_box(mark.kind, mark.points, columns=frame.columns, rows=frame.rows, turned=turned)
        readers = sorted(self.release.readers)
        return {
            # The data set numbers its radiologists; 0 is for what several agreed on.
            "Subject": readers.index(mark.reader) + 1 if mark.reader in readers else 0,
            "Slice": frame.frame_number - 1,
            "X": box.x,
            "Y": box.y,
            "Width": box.width,
            "Height": box.height,
            "Class": kind,
            "AD": int(mark.category == "distortion"),
            "VolumeSlices": len(stack.frames),
        }

    def _classes(self, stack: ReleasedStack) -> dict[str, str]:
        """benign or cancer of each finding on which the diagnosis was answered."""
        schema, _, question = self.options.diagnosis.rpartition(".")
        found: dict[str, str] = {}
        for answer in stack.answers:
            value = str(answer.answers.get(question, ""))
            if not schema or answer.schema.partition("@")[0] != schema or answer.target.finding is None:
                continue
            if value in self.options.cancer:
                found[answer.target.finding] = CANCER
            elif value in self.options.benign:
                found.setdefault(answer.target.finding, BENIGN)
        return found


def _groups(stack: ReleasedStack) -> set[str]:
    """What readers answered as the examination's group; where nobody did, what follows from their answers."""
    answered: set[str] = set()
    derived: set[str] = set()
    for answer in stack.answers:
        if answer.target.kind != "case" or answer.schema.partition("@")[0] != GROUP_SCHEMA:
            continue
        if said := answer.answers.get(GROUP_QUESTION):
            answered.add(str(said))
        elif follows := answer.score.get("derived", {}).get(GROUP_QUESTION, {}).get("value"):
            derived.add(str(follows))
    return (answered or derived) & set(_WORST_FIRST)


Volume = dict[str, Any]


def _volumes(fragments: Iterable[Fragment], split: str) -> Iterator[Volume]:
    """One split's volumes with the key that the tables share; a view that a study has twice is counted, "lcc2"."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for fragment in fragments:
        volume = fragment.get("volume")
        if volume is None or volume["split"] != split:
            continue
        key = (volume["patient"], volume["study"], volume["view"])
        seen[key] += 1
        view = volume["view"] + (str(seen[key]) if seen[key] > 1 else "")
        yield volume | {"key": {"PatientID": volume["patient"], "StudyUID": volume["study"], "View": view}}


def _label_rows(volume: Volume) -> Iterator[dict[str, Any]]:
    yield volume["key"] | {name: int(name == volume["group"]) for name in LABEL_COLUMNS[3:]}


def _box_rows(volume: Volume) -> Iterator[dict[str, Any]]:
    for box in volume["boxes"]:
        yield volume["key"] | box


def _path_rows(volume: Volume) -> Iterator[dict[str, Any]]:
    yield volume["key"] | {"descriptive_path": volume["path"], "classic_path": volume["path"]}


def _write_table(
    columns: tuple[str, ...],
    rows: Callable[[Volume], Iterator[dict[str, Any]]],
    volumes: Callable[[], Iterator[Volume]],
    file: BinaryIO,
) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for volume in volumes():
        writer.writerows(rows(volume))
    text.flush()
    text.detach()
