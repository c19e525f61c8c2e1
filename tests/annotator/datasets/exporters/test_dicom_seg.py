"""A Segmentation comes back voxel for voxel, by highdicom, and dciodvfy finds no error in it."""

import highdicom
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.datasets.exporters.dicom_seg import SegmentationExporter
from annotator.datasets.released import ReleasedFinding
from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.exporters.made_stacks import (
    CT,
    ENHANCED_CT,
    US,
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
from tests.annotator.datasets.exporters.validity import errors_of

ROWS, COLUMNS = 5, 7


def written(folder, frames, *marks, space="1.2.826.0.1.99", options=None, **members):
    stack = made_stack(frames, *marks, **members)
    pixels = MadePixels(stack, np.zeros((len(frames), frames[0].rows, frames[0].columns), np.uint16), space=space)
    output = export(SegmentationExporter, made_release(stack), folder, pixels, **(options or {}))
    [path] = [output.path_of(file.name) for file in output.files() if file.name.endswith(".dcm")]
    return path, highdicom.seg.segread(path)


def planes_of(seg, frames, number, *, multi_frame=False):
    if multi_frame:
        found = seg.get_pixels_by_source_frame(
            frames[0].sop_instance_uid, [frame.frame_number for frame in frames],
            segment_numbers=[number], assert_missing_frames_are_empty=True,
        )  # fmt: skip
    else:
        found = seg.get_pixels_by_source_instance(
            [frame.sop_instance_uid for frame in frames], segment_numbers=[number], assert_missing_frames_are_empty=True
        )
    return found[..., 0]


@settings(max_examples=20, deadline=None)
@given(placed_volumes(least_slices=2), st.data())
def test_masks_of_several_segments_come_back_voxel_for_voxel(tmp_path_factory, geometries, data):
    multi_frame = data.draw(st.booleans())
    sop_class = ENHANCED_CT if multi_frame else CT
    frames = made_frames(geometries, rows=ROWS, columns=COLUMNS, multi_frame=multi_frame, sop_class=sop_class)
    last = len(frames) - 1
    one, other, more = (data.draw(drawn_masks(rows=ROWS, columns=COLUMNS)) for _ in range(3))
    nodule, mass = ReleasedFinding("f1", "nodule", 1, "", "reader-1"), ReleasedFinding("f2", "mass", 2, "", "reader-1")
    marks = (
        made_mask(one, place=0, finding="f1"),
        made_mask(other, place=last, finding="f1"),
        made_mask(more, place=last, finding="f2", category="mass"),
    )
    _, seg = written(tmp_path_factory.mktemp("seg"), frames, *marks, findings=(nodule, mass))
    assert [segment.SegmentLabel for segment in seg.SegmentSequence] == ["nodule 1", "mass 2"]
    expected = np.zeros((len(frames), ROWS, COLUMNS), dtype=bool)
    expected[0] |= one
    expected[last] |= other
    assert np.array_equal(planes_of(seg, frames, 1, multi_frame=multi_frame), expected)
    expected[:] = False
    expected[last] = more
    assert np.array_equal(planes_of(seg, frames, 2, multi_frame=multi_frame), expected)
    # Each frame lies where its source does.
    for group in seg.PerFrameFunctionalGroupsSequence:
        position = [float(v) for v in group.PlanePositionSequence[0].ImagePositionPatient]
        assert any(np.allclose(position, geometry.position, atol=1e-4) for geometry in geometries)


AXIAL_SLICES = [
    FrameGeometry((-10.5, 3.25, 2.5 * at), (1, 0, 0, 0, 1, 0), (0.7, 0.6), "PixelSpacing", 2.5) for at in range(3)
]
BLOB = np.array([[0, 1, 1], [1, 0, 1]], dtype=bool)


@pytest.mark.parametrize("options", [{}, {"segments": "category"}, {"type": "fractional"}], ids=str)
@pytest.mark.parametrize("source", ["slices", "frames", "ultrasound"])
def test_dciodvfy_finds_no_error(tmp_path, options, source):
    geometries = [FrameGeometry()] * 3 if source == "ultrasound" else AXIAL_SLICES
    sop_class = {"ultrasound": US, "frames": ENHANCED_CT}.get(source, CT)
    frames = made_frames(geometries, rows=ROWS, columns=COLUMNS, multi_frame=source == "frames", sop_class=sop_class)
    marks = (
        made_mask(BLOB, column=2, row=1, place=1, category="mine / 🎗", model="Blobs 2"),
        made_mark("box", [(1, 1), (4, 4)], place=2, reader="reader-2"),
    )
    space = "" if source == "ultrasound" else "1.2.826.0.1.99"
    path, _ = written(tmp_path, frames, *marks, space=space, options=options, modality="US" if not space else "CT")
    assert errors_of(path) == []


@pytest.mark.parametrize("thickness", [None, 3.0])
def test_pictures_with_a_spacing_that_lie_nowhere_are_read_too(tmp_path, thickness):
    frames = made_frames([FrameGeometry(spacing=(0.7, 0.6), slice_thickness=thickness)] * 2, rows=ROWS, columns=COLUMNS)
    path, seg = written(tmp_path, frames, made_mask(BLOB, column=2, row=1, place=1), space="")
    assert planes_of(seg, frames, 1)[1, 1:3, 2:5].astype(bool).tolist() == BLOB.tolist()
    assert errors_of(path) == []


def test_fractional_says_what_part_of_the_readers_marked_a_pixel(tmp_path):
    frames = made_frames(AXIAL_SLICES, rows=ROWS, columns=COLUMNS)
    all_in = np.ones((ROWS, COLUMNS), dtype=bool)
    marks = [made_mask(all_in, place=1, reader="reader-1"), made_mask(BLOB, place=1, reader="reader-2")]
    _, seg = written(tmp_path, frames, *marks, options={"type": "fractional"})
    plane = planes_of(seg, frames, 1)[1]
    assert plane[0, 1] == pytest.approx(1.0)
    assert plane[0, 0] == pytest.approx(0.5, abs=0.01)
    assert seg.SegmentationFractionalType == "PROBABILITY"
