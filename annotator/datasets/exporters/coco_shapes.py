"""How each kind of mark stands in a COCO document: box, area, segmentation. Pure.

Source: https://cocodataset.org/#format-data; the order of run lengths as pycocotools' mask API reads them.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import pixels_of_mark
from annotator.annotations.shapes import area_of, outline_of
from annotator.datasets.records import ExportedMark
from annotator.imaging.geometry import coco_box, coco_polygon

# The side of the box round a caliper's centre, in pixels (Buda 2020: 13-pixel boxes).
POINT_BOX = 13.0
# Kinds that COCO has a place for. What else there is lies in measurements and slice labels.
COCO_KINDS = ("box", "ellipse", "contour", "spline", "point", "mask")


def coco_shape(mark: ExportedMark, *, columns: int, rows: int) -> dict[str, Any]:
    """The members of a COCO annotation that say where a mark lies on a frame of this size.

    A box has no segmentation. An ellipse and a spline are the polygon that the viewer draws, held to the frame. A mask
    is run lengths over the whole frame, column by column.
    """
    if mark.kind == "point":
        return _point(mark.points[0], columns=columns, rows=rows)
    if mark.kind == "box":
        box = coco_box(mark.points)
        return {"bbox": box, "area": box[2] * box[3], "segmentation": []}
    if mark.kind == "mask":
        return _mask(mark, columns=columns, rows=rows)
    outline = [
        (min(max(column, 0.0), float(columns)), min(max(row, 0.0), float(rows)))
        for column, row in outline_of(mark.kind, mark.points)
    ]
    return {
        "bbox": coco_box(outline),
        "area": area_of("contour", outline),
        "segmentation": [coco_polygon(outline)],
    }


def column_runs(pixels: NDArray[np.bool_]) -> list[int]:
    """How many pixels are out, in, out ... column by column, as COCO's uncompressed run lengths have it."""
    flat = np.concatenate([[False], pixels.ravel(order="F"), [not pixels[-1, -1]]])
    ends = np.flatnonzero(flat[1:] != flat[:-1])
    return [int(run) for run in np.diff(ends, prepend=0)]


def _mask(mark: ExportedMark, *, columns: int, rows: int) -> dict[str, Any]:
    within = pixels_of_mark("mask", mark.points, mark.mask, rows=rows, columns=columns)
    if within is None:
        raise ValueError(f"The mask {mark.id} holds no pixel.")
    height, width = within.pixels.shape
    return {
        "bbox": [float(within.column), float(within.row), float(width), float(height)],
        "area": int(within.pixels.sum()),
        "segmentation": {"size": [rows, columns], "counts": column_runs(within.on_frame(rows=rows, columns=columns))},
    }


def _point(point: tuple[float, float], *, columns: int, rows: int) -> dict[str, Any]:
    column, row = point
    left, top = max(0.0, column - POINT_BOX / 2), max(0.0, row - POINT_BOX / 2)
    right, bottom = min(float(columns), column + POINT_BOX / 2), min(float(rows), row + POINT_BOX / 2)
    width, height = right - left, bottom - top
    return {
        "bbox": [left, top, width, height],
        "area": width * height,
        "segmentation": [],
        "keypoints": [column, row, 2],
        "num_keypoints": 1,
    }
