"""Pascal VOC: an XML file a picture, masks as palette pictures, lists of pictures by split.

VOC counts pixels from 1, ends included: a box from SCOORD column 4.0 to 9.0 holds pixels 5 to 9. Edges within a pixel
are rounded outwards, so that nothing of the object is cut off; the exact corners stand beside, in `scoord`.

Source: Everingham and Winn, The PASCAL Visual Object Classes Challenge 2012 Development Kit, sections 4 and 5.
"""

import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from annotator.accounts.errors import InvalidError
from annotator.annotations.shapes import outline_of
from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import LabelMap, by_place, encloses_pixels, mark_pixels, paint
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_paths import chosen_places, frame_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.windowed_pictures import PictureOptions, picture_of, png_of
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack, ReleaseHeader
from annotator.imaging.geometry import coco_box

# 255 is VOC's own for the rim round objects, which ours don't have.
_MOST_OBJECTS = 254


@dataclass(frozen=True)
class VocOptions(PictureOptions):
    """Options of Pascal VOC.

    Attributes
    ----------
    masks : SegmentationClass and SegmentationObject for pictures with marks that have an inside.
    """

    masks: bool = True


class VocExporter(Exporter[VocOptions]):
    name = "pascal-voc"
    title = "Pascal VOC: XML boxes and palette masks"
    options_class = VocOptions

    def __init__(self, release: ReleaseHeader, options: VocOptions) -> None:
        super().__init__(release, options)
        if options.masks and len(release.categories) > _MOST_OBJECTS:
            raise InvalidError(
                f"A palette has {_MOST_OBJECTS} numbers, the release {len(release.categories)} categories. "
                "Export without masks.",
                "options.masks",
            )

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        marks = by_place(stack.marks)
        names = []
        for place in chosen_places(stack, self.options.frames):
            frame = stack.frames[place]
            name = f"{safe_name(stack.patient)}_{frame_name(stack, place)}"
            picture = f"JPEGImages/{name}.png"
            if not output.has(picture):
                output.add_bytes(picture, png_of(picture_of(pixels, place, self.options.windows)))
            here = [mark for mark in marks.get(place, []) if encloses_pixels(mark)]
            depth = 3 if pixels.is_colour(place) or len(self.options.windows) == 3 else 1
            has_masks = self.options.masks and bool(here)
            output.add_bytes(
                f"Annotations/{name}.xml", voc_xml(f"{name}.png", frame, here, depth=depth, masks=has_masks)
            )
            if has_masks:
                classes, _ = LabelMap(self.release.categories).plane(here, frame)
                output.add_bytes(f"SegmentationClass/{name}.png", _palette_png(classes))
                output.add_bytes(f"SegmentationObject/{name}.png", _palette_png(_objects(here, frame)))
            names.append([name, has_masks])
        return {"split": stack.split, "names": names} if names else None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        for split in self.release.splits:
            for part, with_masks in (("Main", False), ("Segmentation", True)):
                names = _names(fragments, split, with_masks=with_masks)
                output.add(f"ImageSets/{part}/{safe_name(split)}.txt", partial(_write_lines, names))
        output.add_json("labels.json", LabelMap(self.release.categories).as_json())


def _names(fragments: Iterable[Fragment], split: str, *, with_masks: bool) -> Iterator[str]:
    for fragment in fragments:
        if fragment["split"] == split:
            yield from (name for name, has_masks in fragment["names"] if has_masks or not with_masks)


def _write_lines(lines: Iterator[str], file: BinaryIO) -> None:
    file.writelines(f"{line}\n".encode() for line in lines)


def voc_xml(file_name: str, frame: ReleasedFrame, marks: list[ReleasedMark], *, depth: int, masks: bool) -> bytes:
    """The annotation of one picture.

    Parameters
    ----------
    marks : with an inside.
    """
    root = ElementTree.Element("annotation")
    _put(root, folder="JPEGImages", filename=file_name)
    _put(ElementTree.SubElement(root, "size"), width=frame.columns, height=frame.rows, depth=depth)
    _put(root, segmented=int(masks))
    for mark in marks:
        left, top, width, height = _box(mark, frame)
        thing = ElementTree.SubElement(root, "object")
        truncated = left <= 0 or top <= 0 or left + width >= frame.columns or top + height >= frame.rows
        _put(thing, name=mark.category, pose="Unspecified", truncated=int(truncated), difficult=0)
        _put(
            ElementTree.SubElement(thing, "bndbox"),
            xmin=math.floor(left) + 1,
            ymin=math.floor(top) + 1,
            xmax=max(math.floor(left) + 1, math.ceil(left + width)),
            ymax=max(math.floor(top) + 1, math.ceil(top + height)),
        )
        _put(ElementTree.SubElement(thing, "scoord"), left=left, top=top, right=left + width, bottom=top + height)
        _put(thing, mark=mark.id, kind=mark.kind, reader=mark.reader)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _box(mark: ReleasedMark, frame: ReleasedFrame) -> list[float]:
    if mark.kind == "mask":
        within = mark_pixels(mark, frame)
        if within is not None:
            height, width = within.pixels.shape
            return [float(within.column), float(within.row), float(width), float(height)]
    held = [
        (min(max(column, 0.0), float(frame.columns)), min(max(row, 0.0), float(frame.rows)))
        for column, row in outline_of(mark.kind, mark.points)
    ]
    return coco_box(held)


def _objects(marks: list[ReleasedMark], frame: ReleasedFrame) -> NDArray[np.generic]:
    plane = np.zeros((frame.rows, frame.columns), dtype=np.uint8)
    for number, mark in enumerate(marks, start=1):
        within = mark_pixels(mark, frame)
        if within is not None:
            paint(plane, within, min(number, _MOST_OBJECTS))
    return plane


def _palette_png(plane: NDArray[np.generic]) -> bytes:
    image = Image.fromarray(plane.astype(np.uint8), mode="L")
    image.putpalette(_palette())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _palette() -> list[int]:
    """VOC's colours: the bits of a number spread over red, green and blue, the highest first."""
    colours = []
    for number in range(256):
        channels, rest = [0, 0, 0], number
        for bit in range(7, -1, -1):
            for channel in range(3):
                channels[channel] |= (rest >> channel & 1) << bit
            rest >>= 3
        colours += channels
    return colours


def _put(parent: ElementTree.Element, **values: object) -> None:
    for tag, value in values.items():
        ElementTree.SubElement(parent, tag).text = _written(value)


def _written(value: object) -> str:
    # Signs that XML has no place for (control characters) never get into a label: storable_checks.py.
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)
