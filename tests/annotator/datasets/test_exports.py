"""From chosen studies to a zip that another program reads, and that comes out the same every time."""

import contextlib
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone
from pycocotools.coco import COCO
from pydicom import dcmread
from pydicom.pixels import apply_modality_lut

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.datasets.actions.build_export import build_export
from annotator.datasets.actions.request_export import request_export
from annotator.datasets.export_request import ExportRequest
from annotator.datasets.queries import export_file, exports_for
from annotator.datasets.split import SPLITS
from annotator.imaging.models import Instance
from annotator.imaging.queries import frames_in_order
from annotator.imaging.store.filing import open_place, original_place
from annotator.jobs.models import Job, JobState
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.models import Assignment
from tests.annotator.datasets.conftest import BOX, CALIPER, CONTOUR, TIRADS, MarkedStudies


@pytest.fixture
def exported(data_manager, run_queued_jobs):
    """Ask for an export, run its job, open its zip."""

    def export(study_ids, **recipe) -> zipfile.ZipFile:
        request = ExportRequest(title="Test set", study_ids=tuple(study_ids), **recipe)
        made = request_export(data_manager, request)
        run_queued_jobs()
        return zipfile.ZipFile(export_file(data_manager, made.id))

    return export


def documents(archive: zipfile.ZipFile, folder: str):
    return {split: json.loads(archive.read(f"{folder}/{split}.json")) for split in SPLITS}


def test_every_mark_comes_out_where_it_was_drawn(marked_studies: MarkedStudies, exported, tmp_path: Path):
    archive = exported(marked_studies.study_ids, schema_key="acr-tirads")
    archive.extractall(tmp_path / "zip")
    found = {}
    for split in SPLITS:
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(tmp_path / "zip" / "annotations" / f"{split}.json"))
        names = {row["id"]: row["name"] for row in coco.dataset["categories"]}
        for row in coco.dataset["annotations"]:
            [picture] = coco.loadImgs([row["image_id"]])
            stored = cv2.imread(str(tmp_path / "zip" / "images" / split / picture["file_name"]), cv2.IMREAD_UNCHANGED)
            assert stored.shape[:2] == (picture["height"], picture["width"])
            found[row["attributes"]["mark"]] = (names[row["category_id"]], row)
    name, box = found[str(marked_studies.box.id)]
    assert name == "unassigned"
    assert box["bbox"] == [BOX[0][0], BOX[0][1], BOX[1][0] - BOX[0][0], BOX[1][1] - BOX[0][1]]
    name, contour = found[str(marked_studies.contour.id)]
    assert name == "nodule"
    assert contour["segmentation"] == [[value for point in CONTOUR for value in point]]
    assert contour["attributes"]["answers"] == TIRADS
    assert contour["attributes"]["score"]["points"] == 5
    name, caliper = found[str(marked_studies.caliper.id)]
    assert name == "caliper"
    assert caliper["keypoints"] == [*CALIPER[0], 2]
    assert len(found) == 3


def test_spans_masks_measurements_and_labels_of_slices_come_out(
    marked_studies: MarkedStudies, exported, radiologist, data_manager
):
    case = marked_studies.ct
    frames = frames_in_order(case.stacks.get())
    columns, rows = frames[0].instance.columns, frames[0].instance.rows
    new = partial(SaveAnnotation, case_id=case.pk, frame_key=frames[1].key)
    everywhere = {"first_frame_key": frames[0].key, "last_frame_key": frames[2].key}
    spanning = save_annotation(radiologist, new(id=uuid4(), kind="box", points=[[1, 1], [9, 9]], **everywhere))
    labelled = save_annotation(radiologist, new(id=uuid4(), kind="slices", points=[], label="bleed", **everywhere))
    mask = {"runs": [0, columns * rows]}
    whole = save_annotation(radiologist, new(id=uuid4(), kind="mask", points=[[0, 0], [columns, rows]], mask=mask))
    length = save_annotation(radiologist, new(id=uuid4(), kind="length", points=[[1, 1], [1, 11]]))
    archive = exported([case.study_id])
    [content] = [one for one in documents(archive, "annotations").values() if one["images"]]
    assert len(content["images"]) == 3, "every slice of a span is a marked one"
    on = {}
    for row in content["annotations"]:
        on.setdefault(row["attributes"]["mark"], []).append(row["attributes"]["span"])
    assert [span["place"] for span in on[str(spanning.pk)]] == [1, 2, 3]
    assert [span["drawn_here"] for span in on[str(spanning.pk)]] == [False, True, False]
    assert on[str(whole.pk)] == on[str(marked_studies.box.pk)] == [None]
    assert {str(labelled.pk), str(length.pk)}.isdisjoint(on)
    assert [[one["label"] for one in picture["slice_labels"]] for picture in content["images"]] == [["bleed"]] * 3
    [measured] = [row for rows in documents(archive, "measurements").values() for row in rows]
    assert (measured["mark"], measured["unit"]) == (str(length.pk), "mm")
    assert measured["lengths"] == [pytest.approx(10 * frames[1].geometry["spacing"][0])]
    [counts] = [one for one in exports_for(data_manager).get().job.result["splits"].values() if one["pictures"]]
    assert counts == {
        "patients": 1,
        "pictures": 3,
        "marks": 5,
        "coco_annotations": 5,
        "measurements": 1,
        "slice_labels": 3,
    }


def test_a_picture_is_the_stored_matrix_through_the_window(marked_studies: MarkedStudies, exported):
    archive = exported([marked_studies.ct.study_id], window="Brain", frames="all")
    rows = [row for split in documents(archive, "geometry").values() for row in split]
    assert len(rows) == 3
    row = rows[0]
    assert (row["window"]["centre"], row["window"]["width"]) == (40, 80)
    instance = Instance.objects.get(sop_instance_uid=row["sop_instance_uid"])
    dataset = dcmread(open_place(original_place(instance.sha256)))
    assert row["geometry"]["spacing"] == [float(value) for value in dataset.PixelSpacing]
    assert row["geometry"]["position"] == [float(value) for value in dataset.ImagePositionPatient]
    values = apply_modality_lut(dataset.pixel_array, dataset)
    expected = np.clip(((values - 39.5) / 79 + 0.5) * 255, 0, 255)
    [name] = [name for name in archive.namelist() if name.endswith(row["file_name"])]
    picture = cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.abs(picture.astype(float) - expected).max() <= 1, "rounding may differ by one grey"


def test_the_manifest_names_every_file_with_its_hash(marked_studies: MarkedStudies, exported):
    archive = exported(marked_studies.study_ids, schema_key="acr-tirads", frames="all")
    manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest["files"]) == set(archive.namelist()) - {"manifest.json"}
    for name, entry in manifest["files"].items():
        assert entry == {
            "sha256": hashlib.sha256(archive.read(name)).hexdigest(),
            "bytes": archive.getinfo(name).file_size,
        }
    [answer] = json.loads(archive.read("answers.json"))
    assert answer["schema"] == "acr-tirads@1"
    assert answer["answers"] == TIRADS


def test_no_patient_is_on_two_sides_and_no_name_is_anywhere(marked_studies: MarkedStudies, exported):
    archive = exported(marked_studies.study_ids, frames="all", fractions=(0.5, 0.0, 0.5))
    patients = {split: {row["patient"] for row in rows} for split, rows in documents(archive, "geometry").items()}
    assert len(patients["train"]) == len(patients["test"]) == 1
    assert not patients["train"] & patients["test"]
    everything = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    for secret in (b"PAT-CT", b"PAT-US", b"Test^Ct", b"radiologist"):
        assert secret not in everything


def test_made_again_it_has_the_same_bytes(marked_studies: MarkedStudies, data_manager, run_queued_jobs):
    made = request_export(data_manager, ExportRequest("Again", marked_studies.study_ids, frames="all"))
    run_queued_jobs()
    first = export_file(data_manager, made.id).read_bytes()
    build_export(made.id, report=lambda percent, doing: None)
    assert export_file(data_manager, made.id).read_bytes() == first
    made.refresh_from_db()
    assert made.sha256 == hashlib.sha256(first).hexdigest()
    assert made.byte_size == len(first)


def test_stopped_in_the_middle_it_leaves_nothing_half_done(marked_studies: MarkedStudies, data_manager):
    class StoppedError(Exception):
        pass

    def stop(percent: int, doing: str) -> None:
        if doing.startswith("picture"):
            raise StoppedError

    made = request_export(data_manager, ExportRequest("Stopped", marked_studies.study_ids))
    with pytest.raises(StoppedError):
        build_export(made.id, report=stop)
    with pytest.raises(ConflictError, match="not finished"):
        export_file(data_manager, made.id)
    assert not list(Path(settings.EXPORTS_DIR).glob(f"{made.id}*"))


def test_only_submitted_readings_go_along_when_asked(marked_studies: MarkedStudies, exported, radiologist):
    submit_assignment(radiologist, Assignment.objects.get(case=marked_studies.ct, reader=radiologist).id)
    archive = exported(marked_studies.study_ids, submitted_only=True, schema_key="acr-tirads")
    rows = [row for split in documents(archive, "annotations").values() for row in split["annotations"]]
    assert [row["attributes"]["mark"] for row in rows] == [str(marked_studies.box.id)]
    assert json.loads(archive.read("answers.json")) == []


def test_a_deleted_mark_stays_out(marked_studies: MarkedStudies, exported, radiologist):
    delete_annotation(radiologist, marked_studies.contour.id, revision=marked_studies.contour.revision)
    archive = exported(marked_studies.study_ids)
    rows = [row for split in documents(archive, "annotations").values() for row in split["annotations"]]
    assert {row["attributes"]["mark"] for row in rows} == {str(marked_studies.box.id), str(marked_studies.caliper.id)}


def test_nothing_to_export_fails_with_what_to_change(marked_studies: MarkedStudies, data_manager, run_queued_jobs):
    made = request_export(data_manager, ExportRequest("Empty", marked_studies.study_ids, submitted_only=True))
    run_queued_jobs(may_fail=True)
    made.job.refresh_from_db()
    assert made.job.state == JobState.FAILED
    assert "submitted" in made.job.error


@pytest.mark.parametrize(
    ("recipe", "path"),
    [
        ({"title": " "}, "title"),
        ({"study_ids": ()}, "study_ids"),
        ({"study_ids": (987654,)}, "study_ids"),
        ({"schema_key": "no-such-schema"}, "schema_key"),
        ({"window": "Rainbow"}, "window"),
        ({"fractions": (0.9, 0.9, 0.9)}, "fractions"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_request_that_cannot_be_is_refused_with_the_field_at_fault(
    marked_studies: MarkedStudies, data_manager, recipe, path
):
    wanted = {"title": "Test set", "study_ids": marked_studies.study_ids, **recipe}
    with pytest.raises(InvalidError) as caught:
        request_export(data_manager, ExportRequest(**wanted))
    assert caught.value.path == path


def test_only_data_managers_and_admins_export(marked_studies: MarkedStudies, radiologist, data_manager):
    with pytest.raises(NotAllowedError):
        request_export(radiologist, ExportRequest("Mine", marked_studies.study_ids))
    made = request_export(data_manager, ExportRequest("Ours", marked_studies.study_ids))
    assert not exports_for(radiologist).exists()
    with pytest.raises(NotFoundError):
        export_file(radiologist, made.id)
    assert AuditEntry.objects.filter(action="request_export", actor=data_manager, target_id=str(made.id)).count() == 1


def test_what_a_killed_worker_left_half_written_goes_with_the_next_run(marked_studies, data_manager, run_queued_jobs):
    request = ExportRequest(title="Killed", study_ids=tuple(marked_studies.study_ids))
    killed = request_export(data_manager, request)
    forgotten = request_export(data_manager, request)
    still_made = request_export(data_manager, request)
    folder = Path(settings.EXPORTS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    left = [folder / f"{export.id}.4711.partial" for export in (killed, forgotten, still_made)]
    for path in left:
        path.write_bytes(b"half a zip")
    Job.objects.filter(pk=forgotten.job_id).update(state=JobState.CANCELLED)
    Job.objects.filter(pk=still_made.job_id).update(
        state=JobState.RUNNING, lease_owner="another worker", lease_expires_at=timezone.now() + timedelta(minutes=1)
    )
    run_queued_jobs()
    assert export_file(data_manager, killed.id).exists()
    assert [path.exists() for path in left] == [False, False, True]
