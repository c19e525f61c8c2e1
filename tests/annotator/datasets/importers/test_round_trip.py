"""What a release writes comes back as it was drawn, on slices that lie in every way; what can't be is refused."""

import json
from dataclasses import replace

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as mask_api

from annotator.annotations.mark_pixels import pixels_of_mark
from annotator.annotations.shapes import outline_of
from annotator.datasets.exporters.coco_dataset import CocoExporter
from annotator.datasets.exporters.dicom_seg import SegmentationExporter
from annotator.datasets.exporters.dicom_sr import ReportExporter
from annotator.datasets.exporters.nifti import NiftiExporter
from annotator.datasets.importers.coco import CocoImporter, pixels_of_rle
from annotator.datasets.importers.dicom_seg import SegmentationImporter
from annotator.datasets.importers.dicom_sr import ReportImporter
from annotator.datasets.importers.imported_mark import RefusedError
from annotator.datasets.importers.importer import ImportOptions
from annotator.datasets.importers.nifti import NiftiImporter
from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.exporters.made_stacks import (
    AXIAL,
    ENHANCED_CT,
    MadePixels,
    drawn_masks,
    export,
    made_frames,
    made_mark,
    made_mask,
    made_release,
    made_stack,
    placed_volumes,
)
from tests.annotator.datasets.importers.known_in_memory import KnownInMemory

ROWS, COLUMNS = 5, 7


def stack_of(geometries, *marks, rows=ROWS, columns=COLUMNS, multi_frame=False):
    more = {"multi_frame": True, "sop_class": ENHANCED_CT} if multi_frame else {}
    return made_stack(made_frames(geometries, rows=rows, columns=columns, **more), *marks)


def written(exporter, folder, stack, **options):
    values = np.zeros((len(stack.frames), stack.frames[0].rows, stack.frames[0].columns), np.uint16)
    output = export(exporter, made_release(stack), folder, MadePixels(stack, values), **options)
    return [output.path_of(file.name) for file in output.files()]


def read(importer, stack, *files, **options):
    reader = importer(KnownInMemory(stack), ImportOptions(**options))
    return [one for file in files for one in reader.read(file)]


def pixels_by_frame(marks, stack):
    keys = {frame.frame_key: frame for frame in stack.frames}
    found = {}
    for mark in marks:
        assert not isinstance(mark, RefusedError), (str(mark), mark.path)
        frame = keys[mark.frame_key]
        within = pixels_of_mark(mark.kind, mark.points, mark.mask, rows=frame.rows, columns=frame.columns)
        plane = found.setdefault(mark.frame_key, np.zeros((frame.rows, frame.columns), dtype=bool))
        plane |= within.on_frame(rows=frame.rows, columns=frame.columns)
    return found


@settings(max_examples=10, deadline=None)
@given(placed_volumes(least_slices=2), st.booleans(), st.data())
def test_masks_come_back_through_segmentation_report_and_coco(tmp_path_factory, geometries, multi_frame, data):
    masks = [data.draw(drawn_masks(rows=ROWS, columns=COLUMNS)) for _ in geometries]
    stack = stack_of(geometries, *(made_mask(mask, place=at) for at, mask in enumerate(masks)), multi_frame=multi_frame)
    folder = tmp_path_factory.mktemp("round")
    expected = {frame.frame_key: mask for frame, mask in zip(stack.frames, masks, strict=True)}
    for exporter, importer, ending in (
        (SegmentationExporter, SegmentationImporter, ".dcm"),
        (ReportExporter, ReportImporter, ".dcm"),
        (CocoExporter, CocoImporter, "train.json"),
    ):
        files = [path for path in written(exporter, folder / exporter.name, stack) if path.name.endswith(ending)]
        found = pixels_by_frame(read(importer, stack, *files), stack)
        assert found.keys() == expected.keys(), exporter.name
        for key, mask in expected.items():
            assert np.array_equal(found[key], mask), exporter.name


@settings(max_examples=20, deadline=None)
@given(placed_volumes(), st.permutations([0, 1, 2]), st.tuples(*[st.sampled_from([1, -1])] * 3), st.data())
def test_a_nifti_mask_comes_back_however_its_axes_run(tmp_path_factory, geometries, axes, flips, data):
    masks = [data.draw(drawn_masks(rows=ROWS, columns=COLUMNS)) for _ in geometries]
    stack = stack_of(geometries, *(made_mask(mask, place=at) for at, mask in enumerate(masks)))
    folder = tmp_path_factory.mktemp("nifti")
    [label] = [p for p in written(NiftiExporter, folder, stack) if "labels" in p.parts and p.name.endswith(".nii.gz")]
    image = nibabel.load(label)
    turned = image.as_reoriented(np.array([[axis, flip] for axis, flip in zip(axes, flips, strict=True)]))
    path = folder / "turned.nii.gz"
    nibabel.save(turned, path)
    found = pixels_by_frame(
        read(NiftiImporter, stack, path, series_uid=stack.series_uid, labels=((1, "nodule"),)), stack
    )
    for frame, mask in zip(stack.frames, masks, strict=True):
        assert np.array_equal(found[frame.frame_key], mask)


SLICES = [FrameGeometry((0.0, 0.0, 2.0 * at), AXIAL, (0.5, 0.25), "PixelSpacing") for at in range(4)]
DRAWN = (
    made_mark("box", [(1, 2), (11.5, 22.25)], place=1, first_place=0, last_place=2, label="here"),
    made_mark("ellipse", [(5, 10), (25, 10), (15, 5), (15, 15)], place=1, category="mass"),
    made_mark("contour", [(5, 10), (25.25, 10), (15, 25)], place=1, category="my own 🎗"),
    made_mark("point", [(3.5, 4)], place=2, label="caliper", category="caliper"),
    made_mark("length", [(0, 0), (12, 8)], place=2),
    made_mark("bidirectional", [(0, 0), (0, 10), (4, 0), (30, 0)], place=2),
    made_mark("angle", [(0, 0), (4, 0), (4, 4)], place=3),
    made_mark("arrow", [(1, 1), (9, 9)], place=3, label="there"),
)


def likeness(kind, points, first, last, label):
    return kind, [[pytest.approx(value, abs=1e-3) for value in point] for point in points], first, last, label


def test_every_kind_of_mark_comes_back_from_a_report(tmp_path):
    stack = stack_of(SLICES, *DRAWN, rows=30, columns=40)
    found = read(ReportImporter, stack, *[p for p in written(ReportExporter, tmp_path, stack) if p.suffix == ".dcm"])
    keys = [frame.frame_key for frame in stack.frames]
    back = {mark.kind: mark for mark in found}
    assert sorted(back) == sorted(mark.kind for mark in DRAWN)
    for mark in DRAWN:
        span = (keys[mark.first_place], keys[mark.last_place]) if mark.spans else (None, None)
        one = back[mark.kind]
        assert (one.kind, one.points, one.first_frame_key, one.last_frame_key, one.label) == likeness(
            mark.kind, mark.points, *span, mark.label
        )
        assert one.category == mark.category
        assert mark.spans or one.frame_key == keys[mark.place]


def test_every_kind_that_coco_has_comes_back(tmp_path):
    stack = stack_of(SLICES, *DRAWN, rows=30, columns=40)
    [file] = [p for p in written(CocoExporter, tmp_path, stack, pictures=False) if p.name == "train.json"]
    back = {mark.label or mark.category: mark for mark in read(CocoImporter, stack, file)}
    keys = [frame.frame_key for frame in stack.frames]
    box = back["here"]
    assert (box.kind, box.points, box.frame_key) == ("box", [[1.0, 2.0], [11.5, 22.25]], keys[1])
    assert (box.first_frame_key, box.last_frame_key) == (keys[0], keys[2])
    assert back["my own 🎗"].points == [[5.0, 10.0], [25.25, 10.0], [15.0, 25.0]]
    assert back["mass"].points == pytest.approx(np.array(outline_of("ellipse", DRAWN[1].points)))
    assert back["caliper"].points == [[3.5, 4.0]]


@settings(max_examples=30, deadline=None)
@given(drawn_masks(rows=6, columns=5))
def test_packed_run_lengths_of_pycocotools_are_read(pixels):
    packed = mask_api.encode(np.asfortranarray(pixels.astype(np.uint8)))
    assert np.array_equal(pixels_of_rle({"size": packed["size"], "counts": packed["counts"].decode()}), pixels)


def refusals(found):
    return [(one.file, one.path, str(one)) for one in found if isinstance(one, RefusedError)]


def test_what_cannot_be_is_refused_with_file_and_place(tmp_path):
    mask = np.eye(ROWS, COLUMNS, dtype=bool)
    stack = stack_of(SLICES, made_mask(mask, place=1))
    other_size = stack_of(SLICES, rows=COLUMNS, columns=ROWS)
    turned = replace(
        stack,
        frames=tuple(
            replace(f, geometry=replace(f.geometry, orientation=(-1.0, 0.0, 0.0, 0.0, 1.0, 0.0))) for f in stack.frames
        ),
    )
    elsewhere = stack_of(SLICES)
    elsewhere = replace(elsewhere, frames=tuple(replace(f, sop_instance_uid=f"9.{f.place}") for f in elsewhere.frames))
    made = {
        "coco": [p for p in written(CocoExporter, tmp_path / "coco", stack) if p.name == "train.json"],
        "seg": [p for p in written(SegmentationExporter, tmp_path / "seg", stack) if p.suffix == ".dcm"],
        "nifti": [
            p for p in written(NiftiExporter, tmp_path / "nifti", stack) if "labels" in p.parts and p.suffix == ".gz"
        ],
    }
    [(file, path, words)] = refusals(read(CocoImporter, other_size, *made["coco"]))
    assert (file, path) == ("train.json", "images[0]")
    assert "axes are swapped" in words
    [(file, path, words)] = refusals(read(SegmentationImporter, other_size, *made["seg"]))
    assert path == "frame 1"
    assert "axes are swapped" in words
    [(_, path, words)] = refusals(read(SegmentationImporter, turned, *made["seg"]))
    assert path == "frame 1, orientation"
    assert "turned" in words
    for importer, kind in ((CocoImporter, "coco"), (SegmentationImporter, "seg")):
        assert "picture" in refusals(read(importer, elsewhere, *made[kind]))[0][2]
    series = {"series_uid": stack.series_uid}
    [(_, path, _)] = refusals(read(NiftiImporter, stack_of(SLICES[:2]), *made["nifti"], **series))
    assert path == "dim"
    [(_, path, words)] = refusals(read(NiftiImporter, turned, *made["nifti"], **series))
    assert path == "affine"
    assert "elsewhere" in words
    assert "series UID" in refusals(read(NiftiImporter, stack, *made["nifti"]))[0][2]
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({"images": [], "categories": [], "annotations": [{"image_id": 3}]}))
    assert refusals(read(CocoImporter, stack, broken))[0][:2] == ("broken.json", "annotations[0].image_id")
    for importer in (CocoImporter, SegmentationImporter, ReportImporter, NiftiImporter):
        broken.write_bytes(b"nothing")
        assert refusals(read(importer, stack, broken, **series))[0][0] == "broken.json"
