"""The original geometry beside the pictures: where each pixel lies in the patient and how large it is."""

from typing import Any

from annotator.datasets.records import ExportedImage, WrittenPicture


def sidecar_row(image: ExportedImage, picture: WrittenPicture) -> dict[str, Any]:
    """One picture's row.

    The picture has the stored matrix, row for row and column for column, neither turned nor scaled; positions are in
    millimetres (LPS), spacing is (between rows, between columns).
    """
    window = picture.window
    return {
        "file_name": image.file_name,
        "patient": image.patient,
        "modality": image.modality,
        "study_instance_uid": image.study_instance_uid,
        "series_instance_uid": image.series_instance_uid,
        "sop_instance_uid": image.sop_instance_uid,
        "sop_class_uid": image.sop_class_uid,
        "frame_number": image.frame_number,
        "laterality": image.laterality,
        "view": image.view,
        "rows": image.rows,
        "columns": image.columns,
        "geometry": image.geometry.to_json(),
        "window": None
        if window is None
        else {
            "centre": window.centre,
            "width": window.width,
            "function": window.function,
            "name": window.name,
        },
    }
