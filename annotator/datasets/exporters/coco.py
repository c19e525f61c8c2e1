"""COCO object detection and segmentation: boxes, polygons, and single points as keypoints.

Source: https://cocodataset.org/#format-data. COCO's coordinates are measured from the outer top-left corner of
the picture, as SCOORD's are, so that points pass unchanged.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from annotator.datasets.records import ExportedImage, ExportedMark
from annotator.imaging.geometry import coco_box, coco_polygon, polygon_area

# The side of the box round a caliper's centre, in pixels (Buda 2020: 13-pixel boxes).
POINT_BOX = 13.0


def category_names(images: Iterable[ExportedImage]) -> list[str]:
    """Every category of these images, sorted, so that all splits share the identifiers."""
    return sorted({mark.category for image in images for mark in image.marks})


def coco_document(
    images: Sequence[ExportedImage], *, categories: Sequence[str], title: str, split: str, point_categories: set[str]
) -> dict[str, Any]:
    """One split as a COCO document.

    Parameters
    ----------
    categories : all categories of the export in order; a category's identifier is its place, from 1.
    point_categories : those that hold points, which get COCO's `keypoints`.
    """
    identifiers = {name: number for number, name in enumerate(categories, start=1)}
    annotations: list[dict[str, Any]] = []
    for image_id, image in enumerate(images, start=1):
        for mark in image.marks:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": identifiers[mark.category],
                    "iscrowd": 0,
                    **_shape(mark, columns=image.columns, rows=image.rows),
                    "attributes": {
                        "mark": mark.id,
                        "finding": mark.finding,
                        "reader": mark.reader,
                        "provenance": mark.provenance,
                        "submitted": mark.submitted,
                        "answers": mark.answers,
                        "score": mark.score,
                    },
                }
            )
    return {
        "info": {"description": title, "split": split, "note": "For research use."},
        "licenses": [],
        "images": [_picture(number, image) for number, image in enumerate(images, start=1)],
        "categories": [
            {"id": identifiers[name], "name": name, "supercategory": "finding"}
            | ({"keypoints": ["centre"], "skeleton": []} if name in point_categories else {})
            for name in categories
        ],
        "annotations": annotations,
    }


def _picture(number: int, image: ExportedImage) -> dict[str, Any]:
    return {
        "id": number,
        "file_name": image.file_name,
        "width": image.columns,
        "height": image.rows,
        "patient": image.patient,
        "sop_instance_uid": image.sop_instance_uid,
        "frame_number": image.frame_number,
    }


def _shape(mark: ExportedMark, *, columns: int, rows: int) -> dict[str, Any]:
    if mark.kind == "point":
        (column, row) = mark.points[0]
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
    if mark.kind == "box":
        box = coco_box(mark.points)
        return {"bbox": box, "area": box[2] * box[3], "segmentation": []}
    return {
        "bbox": coco_box(mark.points),
        "area": polygon_area(mark.points),
        "segmentation": [coco_polygon(mark.points)],
    }
