"""YOLO: a text file a picture, a line an object, in parts of the picture's width and height.

Source: the Ultralytics formats, docs.ultralytics.com/datasets/detect and /segment: "class x y width height" with the
box's middle, or "class x1 y1 x2 y2 ..." round the object; both measured from the outer top-left corner.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from annotator.accounts.errors import InvalidError
from annotator.annotations.shapes import outline_of
from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import by_place, encloses_pixels, mark_pixels
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.pixel_outlines import mask_outline
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_paths import chosen_places, frame_name, patient_folder
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.windowed_pictures import PictureOptions, picture_of, png_of
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack
from annotator.imaging.geometry import coco_box


@dataclass(frozen=True)
class YoloOptions(PictureOptions):
    """Options of YOLO.

    Attributes
    ----------
    task : "detect" for boxes round everything that has an inside, "segment" for outlines. One polygon stands for a mask
        with holes or several pieces: ways that enclose nothing join them.
    """

    task: Literal["detect", "segment"] = "detect"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.task not in ("detect", "segment"):
            raise InvalidError(f'The task is "detect" or "segment", not {self.task!r}.', "options.task")


class YoloExporter(Exporter[YoloOptions]):
    name = "yolo"
    title = "YOLO: detect or segment"
    options_class = YoloOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        marks = by_place(stack.marks)
        numbers = {name: number for number, name in enumerate(self.release.categories)}
        places = chosen_places(stack, self.options.frames)
        for place in places:
            name = f"{patient_folder(stack)}/{frame_name(stack, place)}"
            if not output.has(f"images/{name}.png"):
                output.add_bytes(f"images/{name}.png", png_of(picture_of(pixels, place, self.options.windows)))
            here = [mark for mark in marks.get(place, []) if encloses_pixels(mark)]
            lines = [
                yolo_line(mark, stack.frames[place], numbers[mark.category], task=self.options.task) for mark in here
            ]
            output.add_bytes(f"labels/{name}.txt", "".join(f"{line}\n" for line in lines).encode())
        return {"split": stack.split} if places else None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        there = {fragment["split"] for fragment in fragments}
        splits = [f"{split}: images/{safe_name(split)}\n" for split in self.release.splits if split in there]
        # A name in JSON's quotes is one in YAML's, whatever signs it has.
        names = [
            f"  {number}: {json.dumps(name, ensure_ascii=False)}\n"
            for number, name in enumerate(self.release.categories)
        ]
        output.add_bytes("data.yaml", "".join(["path: .\n", *splits, "names:\n", *names]).encode())


def yolo_line(mark: ReleasedMark, frame: ReleasedFrame, number: int, *, task: str) -> str:
    """One object.

    Parameters
    ----------
    number : of its category, from 0.
    """
    if task == "detect":
        left, top, width, height = coco_box(_outline(mark, frame))
        values = [left + width / 2, top + height / 2, width, height]
    else:
        values = [value for point in _outline(mark, frame) for value in point]
    sizes = (frame.columns, frame.rows)
    # Nine digits: a thousandth of a pixel on the largest picture, and the same text everywhere.
    return " ".join([str(number), *(f"{value / sizes[at % 2]:.9f}" for at, value in enumerate(values))])


def _outline(mark: ReleasedMark, frame: ReleasedFrame) -> list[tuple[float, float]]:
    if mark.kind == "mask":
        within = mark_pixels(mark, frame)
        if within is not None:
            return [(float(c), float(r)) for c, r in mask_outline(within.pixels, column=within.column, row=within.row)]
    return [
        (min(max(column, 0.0), float(frame.columns)), min(max(row, 0.0), float(frame.rows)))
        for column, row in outline_of(mark.kind, mark.points)
    ]
