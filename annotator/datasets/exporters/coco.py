"""COCO object detection and segmentation: boxes, polygons, masks as run lengths, single points as keypoints.

Source: https://cocodataset.org/#format-data. COCO's coordinates are measured from the outer top-left corner of
the picture, as SCOORD's are, so that points pass unchanged. Beyond the format: a mark that holds for a span of frames
stands on each of them, and its `attributes.span` says so; a picture's `slice_labels` are the labels of its slice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from annotator.datasets.exporters.coco_shapes import COCO_KINDS, coco_shape
from annotator.datasets.records import ExportedImage, ExportedMark


def category_names(images: Iterable[ExportedImage]) -> list[str]:
    """Every category of these images, sorted, so that all splits share the identifiers."""
    return sorted({mark.category for image in images for mark in image.marks if mark.kind in COCO_KINDS})


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
            if mark.kind not in COCO_KINDS:
                continue
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": identifiers[mark.category],
                    "iscrowd": 0,
                    **coco_shape(mark, columns=image.columns, rows=image.rows),
                    "attributes": _attributes(mark),
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
        "slice_labels": [
            {"label": mark.label, "mark": mark.id, "reader": mark.reader, "submitted": mark.submitted}
            for mark in image.marks
            if mark.kind == "slices"
        ],
    }


def _attributes(mark: ExportedMark) -> dict[str, Any]:
    return {
        "mark": mark.id,
        "kind": mark.kind,
        "label": mark.label,
        "finding": mark.finding,
        "reader": mark.reader,
        "provenance": mark.provenance,
        "submitted": mark.submitted,
        "answers": mark.answers,
        "score": mark.score,
        "span": asdict(mark.span) if mark.span else None,
    }
