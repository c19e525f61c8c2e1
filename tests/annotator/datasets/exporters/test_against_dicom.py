"""What other programs read in the DICOM files and in our exports of them is the same, at the same millimetre."""

import json
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK
from pydicom import dcmread

from annotator.datasets.exporters.dicom_seg import SegmentationExporter
from annotator.datasets.exporters.dicom_sr import ReportExporter
from annotator.datasets.exporters.nifti import NiftiExporter
from annotator.datasets.exporters.rtstruct import StructureSetExporter
from annotator.datasets.exporters.stack_pixels import ChangedPictureError, StackPixels
from annotator.datasets.pixel_hash import pixel_hash
from annotator.datasets.released import ReleasedFrame, ReleasedStack
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Stack
from annotator.imaging.pixels.rendering import stored_pixels
from annotator.imaging.queries import frames_in_order
from annotator.imaging.store.frame_source import source_of_frame
from tests.annotator.datasets.exporters.made_stacks import export, made_mark, made_release, made_stack
from tests.annotator.datasets.exporters.validity import errors_of
from tests.builders.orientations import ct_at_all_angles


def released(stack: Stack) -> ReleasedStack:
    """A stack of the catalogue as a release has it, with a box on its second slice and a contour on its last."""
    frames = tuple(
        ReleasedFrame(
            place,
            frame.key,
            frame.instance.sop_instance_uid,
            frame.instance.sop_class_uid,
            frame.number,
            frame.instance.columns,
            frame.instance.rows,
            FrameGeometry.from_json(frame.geometry),
            pixel_hash(stored_pixels(source_of_frame(frame.key))),
        )
        for place, frame in enumerate(frames_in_order(stack))
    )
    marks = (
        made_mark("box", [(32, 16), (96, 80)], place=1),
        made_mark("contour", [(40, 20), (90.5, 30), (60, 70)], place=len(frames) - 1, category="mass"),
    )
    series = stack.series
    return made_stack(
        frames, *marks, kind=stack.kind, series_uid=series.series_instance_uid, modality=series.modality,
        study_uid=series.study.study_instance_uid,
    )  # fmt: skip


@pytest.fixture
def stacks(tmp_path, admin, run_queued_jobs):
    """Series that lie in every way, with the DICOM files of each by its UID."""
    folder = tmp_path / "dicom"
    folder.mkdir()
    paths = ct_at_all_angles(folder, study="angles", patient_id="PAT-ANGLES")
    ingest_paths(admin, [folder])
    run_queued_jobs()
    files: dict[str, list] = {}
    for path in paths:
        files.setdefault(str(dcmread(path, stop_before_pixels=True).SeriesInstanceUID), []).append(path)
    return [(stack, files[stack.series.series_instance_uid]) for stack in Stack.objects.select_related("series__study")]


def test_every_orientation_by_simpleitk_from_dicom_and_from_nifti(stacks, tmp_path):
    """Each voxel of the NIfTI file is looked up in the series as SimpleITK reads it; and the objects are valid."""
    compared = 0
    for number, (stack, files) in enumerate(stacks):
        wanted = released(stack)
        pixels = StackPixels(wanted)
        folder = tmp_path / str(number)
        output = export(NiftiExporter, made_release(wanted), folder / "nifti", pixels)
        row = json.loads(output.path_of("volumes.jsonl").read_bytes())
        ours = SimpleITK.ReadImage(str(output.path_of(row["image"])))
        if row["in_patient"]:
            theirs = SimpleITK.ReadImage([str(path) for path in files])
            values, expected = SimpleITK.GetArrayFromImage(ours), SimpleITK.GetArrayFromImage(theirs)
            columns, rows, slices = ours.GetSize()
            for index in [(0, 0, 0), (columns - 1, 0, 1), (70, 40, slices - 1), (33, rows - 1, 0), (64, 48, 1)]:
                place = theirs.TransformPhysicalPointToIndex(ours.TransformIndexToPhysicalPoint(index))
                there = theirs.TransformIndexToPhysicalPoint(place)
                assert np.allclose(there, ours.TransformIndexToPhysicalPoint(index), atol=1e-3)
                assert values[index[::-1]] == expected[place[::-1]]
            compared += 1
            for exporter in (SegmentationExporter, ReportExporter, StructureSetExporter):
                made = export(exporter, made_release(wanted), folder / exporter.name, pixels)
                [path] = [made.path_of(file.name) for file in made.files() if file.name.endswith(".dcm")]
                assert errors_of(path) == []
                space = dcmread(files[0]).FrameOfReferenceUID
                assert dcmread(path).get("FrameOfReferenceUID", space) == space
    assert compared >= 5


def test_a_picture_that_was_blanked_since_the_freeze_is_not_exported(stacks, tmp_path):
    wanted = released(stacks[0][0])
    changed = replace(wanted, frames=tuple(replace(frame, pixel_hash="0" * 64) for frame in wanted.frames))
    with pytest.raises(ChangedPictureError):
        export(NiftiExporter, made_release(changed), tmp_path / "out", StackPixels(changed))
    assert not list((tmp_path / "out").rglob("*.nii.gz*"))
