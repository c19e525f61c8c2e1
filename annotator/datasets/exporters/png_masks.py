"""Windowed PNG pictures and, beside each, a PNG of its labels: what segmentation networks of two dimensions read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Literal

import numpy as np

from annotator.accounts.errors import InvalidError
from annotator.datasets.canonical_json import canonical_json
from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import LabelMap, by_place, encloses_pixels, mark_pixels, paint
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_paths import chosen_places, frame_name, patient_folder
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.windowed_pictures import PictureOptions, picture_of, png_of
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack
from annotator.imaging.pixels.rendering import encode_picture


@dataclass(frozen=True)
class PngMaskOptions(PictureOptions):
    """Options of PNG and masks.

    Attributes
    ----------
    masks : "classes", a picture whose values are the numbers of labels.json, 0 where nothing is; or "each", a picture
        of 0 and 255 for every category, which keeps what overlaps.
    """

    masks: Literal["classes", "each"] = "classes"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.masks not in ("classes", "each"):
            raise InvalidError(f'Masks are "classes" or "each", not {self.masks!r}.', "options.masks")


class PngMaskExporter(Exporter[PngMaskOptions]):
    name = "png"
    title = "PNG in one or three windows, with masks"
    options_class = PngMaskOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        marks = by_place(stack.marks)
        rows = []
        for place in chosen_places(stack, self.options.frames):
            name = f"{patient_folder(stack)}/{frame_name(stack, place)}.png"
            if not output.has(f"images/{name}"):
                output.add_bytes(f"images/{name}", png_of(picture_of(pixels, place, self.options.windows)))
            here = [mark for mark in marks.get(place, []) if encloses_pixels(mark)]
            overlapping = self._add_masks(name, stack.frames[place], here, output)
            rows.append({"image": name, "marks": [mark.id for mark in here], "overlapping_pixels": overlapping})
        return {"split": stack.split, "patient": stack.patient, "images": rows} if rows else None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        folders = {safe_name(name): name for name in self.release.categories}
        output.add_json(
            "labels.json",
            {
                "labels": LabelMap(self.release.categories).as_json(),
                "folders": folders if self.options.masks == "each" else {},
                "note": "For research use.",
            },
        )
        output.add("images.jsonl", lambda file: _write_rows(file, fragments))

    def _add_masks(self, name: str, frame: ReleasedFrame, marks: list[ReleasedMark], output: Output) -> int:
        if self.options.masks == "classes":
            labels, overlapping = LabelMap(self.release.categories).plane(marks, frame)
            output.add_bytes(f"masks/{name}", encode_picture(labels, "image/png"))  # type: ignore[arg-type]  # 16 bits too
            return overlapping
        for category in sorted({mark.category for mark in marks}):
            plane = np.zeros((frame.rows, frame.columns), dtype=np.uint8)
            for mark in marks:
                within = mark_pixels(mark, frame) if mark.category == category else None
                if within is not None:
                    paint(plane, within, 255)
            output.add_bytes(f"masks/{safe_name(category)}/{name}", png_of(plane))
        return 0


def _write_rows(file: BinaryIO, fragments: Iterable[Fragment]) -> None:
    """A line a picture, so that a million of them are read and written one by one."""
    for part in fragments:
        for row in part["images"]:
            file.write(canonical_json(row | {"split": part["split"], "patient": part["patient"]}) + b"\n")
