"""Make an export's zip: pictures, COCO documents, geometry, answers, manifest."""

import hashlib
import os
import uuid
from collections.abc import Callable
from pathlib import Path

from annotator.annotations.models import MarkKind
from annotator.datasets.export_request import ExportRequest
from annotator.datasets.exporters.coco import category_names, coco_document
from annotator.datasets.exporters.geometry_sidecar import sidecar_row
from annotator.datasets.exporters.measurements import measurement_rows
from annotator.datasets.exporters.windowed_png import windowed_png
from annotator.datasets.models import Export
from annotator.datasets.partial_files import partial_path, sweep_partial_files
from annotator.datasets.queries import export_path
from annotator.datasets.selection import Selection, select_for_export
from annotator.datasets.split import SPLITS, Split, split_by_patient
from annotator.datasets.zip_writer import DatasetZip
from annotator.imaging.store.frame_source import source_of_frame

Report = Callable[[int, str], None]

_README = """Reading Room export: {title}

images/<split>/<patient>/...png   windowed pictures, 8 bit, in the stored matrix (neither turned nor scaled)
annotations/<split>.json          COCO: boxes, polygons (contours, ellipses, splines), masks as run lengths, points as
                                  keypoints; one reader's mark an annotation, a span of slices one on each of them
                                  (attributes.span); labels of slices beside each picture (slice_labels)
measurements/<split>.json         lengths, two axes, angles, text arrows: points, and millimetres where calibrated
geometry/<split>.json             where each picture lies in the patient, its pixel size and its window
answers.json                      answers of the chosen label schema, by reader
manifest.json                     SHA-256 and size of every file, and the request that made it

Split by patient. Coordinates: column, row; (0, 0) is the outer top-left corner of the top-left pixel.
For research use. Not for diagnosis.
"""


def build_export(export_id: uuid.UUID, *, report: Report) -> dict[str, object]:
    """Write the zip and put it in place in one step; run again after a crash it gives the same bytes.

    Parameters
    ----------
    report : called with percent and what is being done; may raise to cancel.

    Returns
    -------
    Counts of pictures, marks and where they went by split, the zip's SHA-256 and size.
    """
    export = Export.objects.get(pk=export_id)
    request = ExportRequest.from_json(export.request)
    report(0, "choosing pictures and marks")
    selection = select_for_export(request)
    sides = split_by_patient((image.patient for image in selection.images), request.fractions, seed=request.seed)
    final = export_path(export.id)
    partial = partial_path(export.id)
    sweep_partial_files(export.id)
    try:
        counts = _write(partial, request, selection, sides, report)
        report(98, "checking the zip")
        digest, size = _seal(partial)
        os.replace(partial, final)
    finally:
        partial.unlink(missing_ok=True)
    Export.objects.filter(pk=export.pk).update(sha256=digest, byte_size=size)
    return {"splits": counts, "sha256": digest, "bytes": size}


def _write(
    path: Path, request: ExportRequest, selection: Selection, sides: dict[str, Split], report: Report
) -> dict[str, dict[str, int]]:
    categories = category_names(selection.images)
    points = {mark.category for image in selection.images for mark in image.marks if mark.kind == MarkKind.POINT}
    counts: dict[str, dict[str, int]] = {}
    done = 0
    about = {"request": request.to_json(), "patients": sides, "note": "For research use."}
    with DatasetZip(path, about=about) as archive:
        archive.add_text("README.txt", _README.format(title=request.title))
        for split in SPLITS:
            images = [image for image in selection.images if sides[image.patient] == split]
            rows, measured = [], []
            for image in images:
                picture, content = windowed_png(source_of_frame(image.frame_key), window=request.window)
                archive.add_picture(f"images/{split}/{image.file_name}", content)
                rows.append(sidecar_row(image, picture))
                measured.extend(measurement_rows(image))
                done += 1
                report(97 * done // len(selection.images), f"picture {done} of {len(selection.images)}")
            document = coco_document(
                images, categories=categories, title=request.title, split=split, point_categories=points
            )
            archive.add_json(f"annotations/{split}.json", document)
            archive.add_json(f"geometry/{split}.json", rows)
            archive.add_json(f"measurements/{split}.json", measured)
            counts[split] = {
                "patients": len({image.patient for image in images}),
                "pictures": len(images),
                "marks": len({mark.id for image in images for mark in image.marks}),
                "coco_annotations": len(document["annotations"]),
                "measurements": len(measured),
                "slice_labels": sum(mark.kind == MarkKind.SLICES for image in images for mark in image.marks),
            }
        archive.add_json("answers.json", list(selection.answers))
    return counts


def _seal(path: Path) -> tuple[str, int]:
    """Bring the file to the disk; its SHA-256 and size."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest, path.stat().st_size
