"""COCO documents: boxes, polygons, run lengths, single keypoints. Our own say more, in `attributes`, which is read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import filled_polygon
from annotator.datasets.importers.imported_mark import ImportedMark, RefusedError
from annotator.datasets.importers.importer import Importer, mask_of
from annotator.datasets.importers.known_frames import KnownFrame
from annotator.imaging.geometry import GeometryError, box_from_coco, points_from_coco_polygon

# Corners that were rounded may lie a little beyond the edge.
_BEYOND = 0.01


class CocoImporter(Importer):
    name = "coco"
    title = "COCO"

    def read(self, file: Path) -> Iterator[ImportedMark | RefusedError]:
        try:
            document = json.loads(file.read_bytes())
            images = {image["id"]: (at, image) for at, image in enumerate(document["images"])}
            categories = {one["id"]: str(one["name"]) for one in document["categories"]}
            annotations = document["annotations"]
        except (ValueError, KeyError, TypeError) as error:
            yield RefusedError(f"It is no COCO document: {error!r}.", file=file.name)
            return
        for at, annotation in enumerate(annotations):
            path = f"annotations[{at}]"
            try:
                made = self._mark(annotation, images, categories, file=file.name, path=path)
            except RefusedError as refused:
                yield refused
            except (KeyError, TypeError, ValueError, GeometryError) as error:
                yield RefusedError(f"It can't be read: {error!r}.", file=file.name, path=path)
            else:
                if made is not None:
                    yield made

    def _mark(
        self,
        annotation: dict[str, Any],
        images: dict[int, tuple[int, dict[str, Any]]],
        categories: dict[int, str],
        *,
        file: str,
        path: str,
    ) -> ImportedMark | None:
        if annotation["image_id"] not in images:
            raise RefusedError(f"There is no picture {annotation['image_id']}.", file=file, path=f"{path}.image_id")
        at, image = images[annotation["image_id"]]
        frame = self._frame(image, file=file, path=f"images[{at}]")
        self.check_size(frame, rows=image["height"], columns=image["width"], file=file, path=f"images[{at}]")
        attributes = annotation.get("attributes") or {}
        span = attributes.get("span")
        if span and not span["drawn_here"]:
            # The frame that it was drawn on brings the whole span.
            return None
        kind, points, mask = _shape(annotation, frame, attributes.get("kind", ""))
        first, last = self._span(frame, span, file=file, path=path) if span else (None, None)
        return ImportedMark(
            frame_key=frame.key,
            kind=kind,
            points=points,
            mask=mask,
            label=str(attributes.get("label") or ""),
            category=categories.get(annotation["category_id"], ""),
            thing=str(attributes.get("finding") or ""),
            first_frame_key=first,
            last_frame_key=last,
            file=file,
            path=path,
        )

    def _frame(self, image: dict[str, Any], *, file: str, path: str) -> KnownFrame:
        uid = image.get("sop_instance_uid")
        found = (
            self.frames.of_instance(uid, int(image.get("frame_number", 1)))
            if uid
            else self.frames.of_picture(str(image["file_name"]))
        )
        if found is None:
            named = uid or image["file_name"]
            raise RefusedError(f"There is no picture {named} here, or several are called so.", file=file, path=path)
        return found

    def _span(self, frame: KnownFrame, span: dict[str, Any], *, file: str, path: str) -> tuple[str, str]:
        keys = [one.key for one in self.frames.of_stack(frame.stack)]
        first = keys.index(frame.key) - int(span["place"]) + 1
        last = first + int(span["frames"]) - 1
        if first < 0 or last >= len(keys):
            raise RefusedError("Its span reaches beyond the stack.", file=file, path=f"{path}.attributes.span")
        return keys[first], keys[last]


def _shape(
    annotation: dict[str, Any], frame: KnownFrame, kind: str
) -> tuple[str, list[list[float]], dict[str, list[int]] | None]:
    segmentation = annotation.get("segmentation")
    if annotation.get("num_keypoints") == 1:
        column, row = next(
            annotation["keypoints"][at : at + 2]
            for at in range(0, len(annotation["keypoints"]), 3)
            if annotation["keypoints"][at + 2]
        )
        return "point", [[float(column), float(row)]], None
    if isinstance(segmentation, dict):
        made = mask_of(pixels_of_rle(segmentation))
        if made is None:
            raise ValueError("its run lengths hold no pixel")
        return "mask", *made
    if segmentation and kind != "box":
        outlines = [_held(points_from_coco_polygon(one).tolist(), frame) for one in segmentation]
        if len(outlines) == 1:
            return "contour", outlines[0], None
        together = np.zeros((frame.rows, frame.columns), dtype=bool)
        for outline in outlines:
            filled = filled_polygon(outline, rows=frame.rows, columns=frame.columns)
            if filled is not None:
                together |= filled.on_frame(rows=frame.rows, columns=frame.columns)
        made = mask_of(together)
        if made is None:
            raise ValueError("its polygons hold no pixel")
        return "mask", *made
    return "box", _held(box_from_coco(annotation["bbox"]).tolist(), frame), None


def _held(points: list[list[float]], frame: KnownFrame) -> list[list[float]]:
    """Points at most a hundredth beyond the edge are put on it; others stay, and are refused when they are saved."""
    return [[_near(column, frame.columns), _near(row, frame.rows)] for column, row in points]


def _near(value: float, size: int) -> float:
    held = min(max(value, 0.0), float(size))
    return held if abs(held - value) <= _BEYOND else value


def pixels_of_rle(segmentation: dict[str, Any]) -> NDArray[np.bool_]:
    """The pixels of COCO's run lengths, (rows, columns), plain or packed into text.

    Source: pycocotools' maskApi.c, rleFrString: six bits a sign, the sixth says that more follow; from the fourth run
    on each is the difference to the last but one.
    """
    rows, columns = (int(size) for size in segmentation["size"])
    counts = segmentation["counts"]
    runs = _unpacked(counts) if isinstance(counts, str) else [int(count) for count in counts]
    if sum(runs) != rows * columns or min(runs, default=0) < 0:
        raise ValueError(f"its run lengths hold {sum(runs)} pixels of {rows * columns}")
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(columns, rows).T


def _unpacked(text: str) -> list[int]:
    runs: list[int] = []
    at = 0
    while at < len(text):
        value = shift = 0
        more = True
        while more:
            bits = ord(text[at]) - 48
            value |= (bits & 31) << shift
            more = bool(bits & 32)
            at += 1
            shift += 5
            if not more and bits & 16:
                value |= -1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    return runs
