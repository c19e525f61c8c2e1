"""Lengths, axes, angles and text arrows: what COCO has no place for, with millimetres where they are known."""

from typing import Any

from annotator.annotations.shapes import SQUARE, Scale, angle_of, lengths_of
from annotator.datasets.records import ExportedImage, ExportedMark
from annotator.imaging.calibration import calibration_of

MEASURED_KINDS = ("length", "bidirectional", "angle", "arrow")


def measurement_rows(image: ExportedImage) -> list[dict[str, Any]]:
    """One row a mark of a picture that measures or points.

    `lengths` has a length, or the longer and the shorter axis, in `unit`; `degrees` an angle. Without a calibration the
    unit is "px", and an angle takes pixels as square.
    """
    return [_row(image, mark) for mark in image.marks if mark.kind in MEASURED_KINDS]


def _row(image: ExportedImage, mark: ExportedMark) -> dict[str, Any]:
    found = calibration_of(mark.points, image.geometry)
    scale: Scale = (found.mm_per_column, found.mm_per_row) if found else SQUARE
    return {
        "file_name": image.file_name,
        "patient": image.patient,
        "mark": mark.id,
        "kind": mark.kind,
        "points": [list(point) for point in mark.points],
        "label": mark.label,
        "lengths": list(lengths_of(mark.kind, mark.points, scale=scale)),
        "degrees": angle_of(mark.points, scale=scale) if mark.kind == "angle" else None,
        "unit": "mm" if found else "px",
        "calibration": found.source if found else None,
        "finding": mark.finding,
        "category": mark.category,
        "reader": mark.reader,
        "submitted": mark.submitted,
    }
