"""DICOM Segmentation: one object a stack, a segment a finding or a category, of each reader."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.exporter import Exporter, ExportOptions, Fragment
from annotator.datasets.exporters.frame_of_reference import frame_of_reference_uid
from annotator.datasets.exporters.mark_rasters import by_place, encloses_pixels, mark_pixels, paint
from annotator.datasets.exporters.marked_things import MarkedThing, marked_things, model_of
from annotator.datasets.exporters.nifti import write_rows
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.segmentation_object import (
    FULL,
    Segment,
    SegmentationKind,
    segmentation_header,
    write_segmentation,
)
from annotator.datasets.exporters.stack_paths import patient_folder, stack_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedMark, ReleasedStack


@dataclass(frozen=True)
class SegmentationOptions(ExportOptions):
    """Options of DICOM Segmentation.

    Attributes
    ----------
    type : "binary", a segment of each reader; or "fractional", where a pixel's value is the part of the readers who
        marked it (255: all of them), a segment a category.
    segments : of a binary one: "finding", each thing in the patient a segment; or "category", all of one
        category together.
    """

    type: Literal["binary", "fractional"] = "binary"
    segments: Literal["finding", "category"] = "finding"

    def __post_init__(self) -> None:
        if self.type not in ("binary", "fractional"):
            raise InvalidError(f'The type is "binary" or "fractional", not {self.type!r}.', "options.type")
        if self.segments not in ("finding", "category"):
            raise InvalidError(
                f'Segments are of a "finding" or a "category", not {self.segments!r}.', "options.segments"
            )


class SegmentationExporter(Exporter[SegmentationOptions]):
    name = "dicom-seg"
    title = "DICOM Segmentation: binary or fractional"
    points_into_originals = True
    options_class = SegmentationOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        row = {"split": stack.split, "patient": stack.patient, "series_uid": stack.series_uid}
        marks = [mark for mark in stack.marks if encloses_pixels(mark)]
        if not marks:
            return None
        if len({(frame.rows, frame.columns) for frame in stack.frames}) > 1:
            return {"left_out": row | {"reason": "its frames have several sizes, which a Segmentation can't have"}}
        grouping = self.options.segments if self.options.type == "binary" else "category of all readers"
        things = marked_things(stack, marks, grouping)
        gathered = {thing: kept for thing, some in things.items() if (kept := _with_pixels(some, stack))}
        if not gathered:
            return {"left_out": row | {"reason": "no pixel's centre lies within its marks"}}
        name = f"{patient_folder(stack)}/{stack_name(stack)}-seg.dcm"
        if not output.has(name):
            header = segmentation_header(
                stack,
                [
                    Segment(of.name, of.category, of.tracking, _places(some), model_of(some))
                    for of, some in gathered.items()
                ],
                SegmentationKind("BINARY" if self.options.type == "binary" else "FRACTIONAL"),
                frame_of_reference=frame_of_reference_uid(pixels),
                salt=f"{self.release.content_hash} {self.options.type} {self.options.segments}",
            )
            output.add(name, lambda file: write_segmentation(file, header, self._planes(stack, gathered)))
        return {"objects": row | {"file": name, "segments": [of.name for of in gathered]}}

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        output.add("objects.jsonl", lambda file: write_rows(file, fragments, "objects"))
        output.add("left_out.jsonl", lambda file: write_rows(file, fragments, "left_out"))

    def _planes(
        self, stack: ReleasedStack, gathered: dict[MarkedThing, list[ReleasedMark]]
    ) -> Iterator[NDArray[np.generic]]:
        readers = len({mark.reader for mark in stack.marks if encloses_pixels(mark)})
        for marks in gathered.values():
            here = by_place(marks)
            for place in _places(marks):
                if self.options.type == "binary":
                    yield _union(here[place], stack, place)
                else:
                    yield _share(here[place], stack, place, readers=readers)


def _union(marks: list[ReleasedMark], stack: ReleasedStack, place: int) -> NDArray[np.bool_]:
    frame = stack.frames[place]
    plane = np.zeros((frame.rows, frame.columns), dtype=bool)
    for mark in marks:
        within = mark_pixels(mark, frame)
        if within is not None:
            paint(plane, within, True)
    return plane


def _share(marks: list[ReleasedMark], stack: ReleasedStack, place: int, *, readers: int) -> NDArray[np.uint8]:
    by_reader: dict[str, list[ReleasedMark]] = {}
    for mark in marks:
        by_reader.setdefault(mark.reader, []).append(mark)
    counted = sum(_union(some, stack, place).astype(np.uint16) for some in by_reader.values())
    return np.asarray(np.rint(counted * (FULL / readers)), dtype=np.uint8)


def _with_pixels(marks: list[ReleasedMark], stack: ReleasedStack) -> list[ReleasedMark]:
    return [mark for mark in marks if mark.kind == "mask" or mark_pixels(mark, stack.frames[mark.place]) is not None]


def _places(marks: list[ReleasedMark]) -> tuple[int, ...]:
    return tuple(sorted(by_place(marks)))
