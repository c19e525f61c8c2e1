"""Every format goes the way of the product: a frozen release, a job, real pictures, a zip."""

import io
import json
import zipfile

from annotator.datasets.actions.request_release import request_release
from annotator.datasets.actions.request_release_export import request_release_export
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.export_queries import release_export_place
from annotator.datasets.exporters.registry import all_exporters
from annotator.datasets.exporting import run_export
from annotator.datasets.exporting.export_files import archive_place
from annotator.imaging.store.filing import open_place
from annotator.jobs.models import Job, JobState

RECIPE = {"truth": {"uncertain": "ignore", "submitted_only": False}}


def test_a_release_leaves_in_every_format_and_what_cannot_be_prepared_is_named(
    marked_studies, data_manager, run_queued_jobs, monkeypatch
):
    cohort = save_cohort(data_manager, "Everything", {})
    release = request_release(data_manager, cohort.pk, RECIPE)
    run_queued_jobs()
    options = {"nnunet": {"modality": "CT"}}
    asked = {
        name: request_release_export(data_manager, release.pk, {"format": name, "options": options.get(name, {})})
        for name in all_exporters()
    }
    run_queued_jobs()
    resampled = {"format": "png", "options": {}, "preprocessing": {"pixel_mm": 1.0, "field_of_view_mm": 60}}
    prepared = request_release_export(data_manager, release.pk, resampled)
    run_queued_jobs()
    ct = marked_studies.ct.study.study_instance_uid
    monkeypatch.setattr(
        run_export, "why_not_prepared", lambda stack, options: "it leans" if stack.study_uid == ct else ""
    )
    partly = request_release_export(data_manager, release.pk, resampled | {"options": {"frames": "all"}})
    run_queued_jobs()
    assert [(job.kind, job.failure) for job in Job.objects.exclude(state=JobState.DONE)] == []

    def files_of(export) -> dict[str, bytes]:
        done, _ = release_export_place(data_manager, export.pk)
        with open_place(archive_place(done.pk)) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    endings = {
        "coco": ".png", "yolo": "data.yaml", "pascal-voc": ".xml", "png": ".png", "tables": ".parquet",
        "webdataset": ".tar", "nifti": ".nii.gz", "nnunet": "_0000.nii.gz", "decathlon": ".nii.gz",
        "dicom-seg": "-seg.dcm", "dicom-sr": "-sr.dcm", "rtstruct": "-rtstruct.dcm",
        "bcs-dbt": "BCS-DBT-boxes-train.csv",
    }  # fmt: skip
    assert endings.keys() == all_exporters().keys()
    for name, export in asked.items():
        files = files_of(export)
        assert [file for file in files if file.endswith(endings[name])], name
        assert any(file.endswith("MANIFEST") for file in files), name
    pictures = {name: content for name, content in files_of(prepared).items() if name.endswith(".png")}
    assert {int.from_bytes(content[16:20]) for content in pictures.values()} == {60}
    [left_out] = [
        json.loads(content) for name, content in files_of(partly).items() if name.endswith("not_prepared.json")
    ]
    assert [row["reason"] for row in left_out] == ["it leans"]
