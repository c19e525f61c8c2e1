"""COCO: boxes, polygons and run lengths, a document a split, with windowed pictures.

Source: https://cocodataset.org/#format-data. COCO counts from the outer top-left corner of the picture, as SCOORD does,
so that points pass unchanged. Beyond the format: a mark that holds for a span stands on each of its frames, and its
`attributes.span` says so; a picture's `slice_labels` are the labels of its slice.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Literal

from annotator.accounts.errors import InvalidError
from annotator.annotations.shapes import area_of, outline_of
from annotator.datasets.exporters.coco_shapes import COCO_KINDS, POINT_BOX, column_runs
from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import by_place, mark_pixels
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_paths import chosen_places, frame_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.windowed_pictures import PictureOptions, picture_of, png_of
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack

_SPOOLED = 4 << 20
_encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
# The first member of each object, and how it looks in JSON: no text of a person's has this sign, and in a string its
# quotes would be escaped.
_BEGINS = "\0"
_BEGINNING = '{"\\u0000": 0, '


@dataclass(frozen=True)
class CocoOptions(PictureOptions):
    """Options of COCO.

    Attributes
    ----------
    pictures : PNG files beside the documents; without, the documents alone name them.
    segmentation : "polygons" as they were drawn, or "rle" for the pixels of everything that has an inside. A mask is
        run lengths either way.
    """

    pictures: bool = True
    segmentation: Literal["polygons", "rle"] = "polygons"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.segmentation not in ("polygons", "rle"):
            raise InvalidError(
                f'Segmentation is "polygons" or "rle", not {self.segmentation!r}.', "options.segmentation"
            )


class CocoExporter(Exporter[CocoOptions]):
    name = "coco"
    title = "COCO: boxes, polygons, run lengths"
    options_class = CocoOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        places = chosen_places(stack, self.options.frames)
        if not places:
            return None
        marks = by_place(stack.marks)
        answers = _answers_by_finding(stack)
        as_rle = self.options.segmentation == "rle"
        patient, folder = safe_name(stack.patient), f"images/{safe_name(stack.split)}"
        images, rows, of_image, categories, points = [], [], [], [], set()
        for number, place in enumerate(places):
            frame = stack.frames[place]
            file_name = f"{patient}/{frame_name(stack, place)}.png"
            if self.options.pictures:
                self._add_picture(f"{folder}/{file_name}", pixels, place, output)
            here = marks.get(place, [])
            images.append({_BEGINS: 0} | _image(stack, frame, file_name, here))
            for mark in here:
                if mark.kind not in COCO_KINDS:
                    continue
                if mark.kind == "point":
                    points.add(mark.category)
                shape = coco_members(mark, frame, rle=as_rle)
                attributes = _attributes(mark, place, answers)
                rows.append({_BEGINS: 0, **shape, "iscrowd": 0, "attributes": attributes})
                of_image.append(number)
                categories.append(mark.category)
        # Text already: what a fragment holds is written, read and put together many times faster so.
        return {
            "split": stack.split,
            "images": _encoded(images),
            "rows": _encoded(rows),
            "of_image": of_image,
            "categories": categories,
            "points": sorted(points),
        }

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        numbers = {name: number for number, name in enumerate(self.release.categories, start=1)}
        with ExitStack() as spools:
            documents = {split: _Document(spools, numbers) for split in self.release.splits}
            for fragment in fragments:
                documents[fragment["split"]].take(fragment)
            points = {name for document in documents.values() for name in document.point_categories}
            categories = [_category(name, number, name in points) for name, number in numbers.items()]
            for split, document in documents.items():
                about = {"description": self.release.name, "split": split, "note": "For research use."}
                output.add(
                    f"annotations/{safe_name(split)}.json",
                    lambda file, document=document, about=about: document.write(file, categories, about),  # type: ignore[misc]
                )

    def _add_picture(self, name: str, pixels: StackPixels, place: int, output: Output) -> None:
        if not output.has(name):
            output.add_bytes(name, png_of(picture_of(pixels, place, self.options.windows)))


class _Document:
    """One split's document, gathered on the disk where it grows large."""

    def __init__(self, spools: ExitStack, numbers: dict[str, int]) -> None:
        self._images, self._annotations = (spools.enter_context(_spool()) for _ in range(2))
        self._numbers = numbers
        self._image_count = self._annotation_count = 0
        self.point_categories: set[str] = set()

    def take(self, fragment: dict[str, Any]) -> None:
        first, at = self._image_count + 1, self._annotation_count + 1
        self.point_categories.update(fragment["points"])
        images = [f'{{"id": {first + number}, {rest}' for number, rest in enumerate(_objects(fragment["images"]))]
        rows = zip(fragment["of_image"], fragment["categories"], _objects(fragment["rows"]), strict=True)
        annotations = [
            f'{{"id": {at + number}, "image_id": {first + image}, "category_id": {self._numbers[category]}, {rest}'
            for number, (image, category, rest) in enumerate(rows)
        ]
        self._image_count += len(images)
        self._annotation_count += len(annotations)
        _append(self._images, images)
        _append(self._annotations, annotations)

    def write(self, file: BinaryIO, categories: list[dict[str, Any]], about: dict[str, Any]) -> None:
        for name, content in (
            ("info", _dumped(about)),
            ("licenses", b"[]"),
            ("categories", _dumped(categories)),
        ):
            file.write(b'%s"%s": %s' % (b"{" if name == "info" else b",\n", name.encode(), content))
        for name, spool in (("images", self._images), ("annotations", self._annotations)):
            file.write(b',\n"%s": [' % name.encode())
            for piece in _pieces(spool):
                file.write(piece)
            file.write(b"\n]")
        file.write(b"}\n")


def coco_members(mark: ReleasedMark, frame: ReleasedFrame, *, rle: bool) -> dict[str, Any]:
    """The members of a COCO annotation that say where a mark lies on a frame.

    A box has no polygon. An ellipse and a spline are the polygon that the viewer draws, held to the frame.
    """
    if mark.kind == "point":
        return _point(mark.points[0], frame)
    if mark.kind == "mask" or rle:
        return _run_lengths(mark, frame)
    if mark.kind == "box":
        (a, b), (c, d) = mark.points
        left, top, right, bottom = min(a, c), min(b, d), max(a, c), max(b, d)
        box = [left, top, right - left, bottom - top]
        return {"bbox": box, "area": box[2] * box[3], "segmentation": []}
    outline = [
        [min(max(column, 0.0), float(frame.columns)), min(max(row, 0.0), float(frame.rows))]
        for column, row in outline_of(mark.kind, mark.points)
    ]
    columns, rows = zip(*outline, strict=True)
    left, top = min(columns), min(rows)
    return {
        "bbox": [left, top, max(columns) - left, max(rows) - top],
        "area": area_of("contour", outline),
        "segmentation": [[value for point in outline for value in point]],
    }


def _run_lengths(mark: ReleasedMark, frame: ReleasedFrame) -> dict[str, Any]:
    within = mark_pixels(mark, frame)
    if within is None:
        # Thinner than a pixel: no centre lies within.
        return coco_members(mark, frame, rle=False)
    height, width = within.pixels.shape
    counts = column_runs(within.on_frame(rows=frame.rows, columns=frame.columns))
    return {
        "bbox": [float(within.column), float(within.row), float(width), float(height)],
        "area": int(within.pixels.sum()),
        "segmentation": {"size": [frame.rows, frame.columns], "counts": counts},
    }


def _point(point: tuple[float, float], frame: ReleasedFrame) -> dict[str, Any]:
    column, row = point
    left, top = max(0.0, column - POINT_BOX / 2), max(0.0, row - POINT_BOX / 2)
    width = min(float(frame.columns), column + POINT_BOX / 2) - left
    height = min(float(frame.rows), row + POINT_BOX / 2) - top
    return {
        "bbox": [left, top, width, height],
        "area": width * height,
        "segmentation": [],
        "keypoints": [column, row, 2],
        "num_keypoints": 1,
    }


def _image(stack: ReleasedStack, frame: ReleasedFrame, file_name: str, marks: list[ReleasedMark]) -> dict[str, Any]:
    return {
        "file_name": file_name,
        "width": frame.columns,
        "height": frame.rows,
        "patient": stack.patient,
        "sop_instance_uid": frame.sop_instance_uid,
        "frame_number": frame.frame_number,
        "slice_labels": [
            {"label": mark.label, "mark": mark.id, "reader": mark.reader} for mark in marks if mark.kind == "slices"
        ],
    }


def _attributes(mark: ReleasedMark, place: int, answers: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What COCO has no place for; what there is nothing of is left out."""
    made: dict[str, Any] = {
        "mark": mark.id,
        "kind": mark.kind,
        "reader": mark.reader,
        "provenance": mark.provenance,
    }
    if mark.label:
        made["label"] = mark.label
    if mark.model:
        made["model"] = mark.model
    if mark.finding:
        made["finding"] = mark.finding
        if mark.finding in answers:
            made["answers"] = answers[mark.finding]
    if mark.agreement is not None:
        made["agreement"] = mark.agreement
    if mark.first_place != mark.last_place:
        made["span"] = {
            "frames": mark.last_place - mark.first_place + 1,
            "place": place - mark.first_place + 1,
            "drawn_here": place == mark.place,
        }
    return made


def _category(name: str, number: int, holds_points: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"id": number, "name": name, "supercategory": "finding"}
    return row | ({"keypoints": ["centre"], "skeleton": []} if holds_points else {})


def _answers_by_finding(stack: ReleasedStack) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for answer in stack.answers:
        if answer.target.finding is not None:
            row = {"schema": answer.schema, "reader": answer.reader, "answers": answer.answers, "score": answer.score}
            found.setdefault(answer.target.finding, []).append(row)
    return found


def _objects(text: str) -> list[str]:
    """The objects of an encoded list, each without its beginning: where their numbers go."""
    return [part.rstrip(", ") for part in text[1:-1].split(_BEGINNING)[1:]]


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_SPOOLED)


def _append(spool: IO[bytes], rows: list[str]) -> None:
    if rows:
        spool.write(((",\n" if spool.tell() else "\n") + ",\n".join(rows)).encode())


def _dumped(document: Any) -> bytes:
    return _encoded(document).encode()


def _pieces(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while piece := spool.read(1 << 20):
        yield piece
