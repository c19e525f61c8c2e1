"""Contours read back to a tenth of a pixel of where they were drawn, on slices that lie in every way."""

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from annotator.annotations.mark_pixels import filled_polygon
from annotator.datasets.exporters.rtstruct import StructureSetExporter
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.geometry import distance_from_plane, scoord_from_patient
from tests.annotator.datasets.exporters.made_stacks import (
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
from tests.annotator.datasets.exporters.validity import errors_of

ROWS, COLUMNS = 30, 40
across, down = st.floats(0, COLUMNS), st.floats(0, ROWS)


def written(folder, geometries, *marks, multi_frame=False, space="1.2.3"):
    more = {"multi_frame": True, "sop_class": ENHANCED_CT} if multi_frame else {}
    stack = made_stack(made_frames(geometries, rows=ROWS, columns=COLUMNS, **more), *marks)
    output = export(StructureSetExporter, made_release(stack), folder, MadePixels(stack, None, space=space))
    return stack, output


def read(output):
    [row] = [json.loads(line) for line in output.path_of("objects.jsonl").read_bytes().splitlines()]
    return output.path_of(row["file"]), dcmread(output.path_of(row["file"]))


@settings(max_examples=40, deadline=None)
@given(placed_volumes(), st.lists(st.tuples(across, down), min_size=3, max_size=8), st.booleans(), st.data())
def test_a_contour_comes_back_where_it_was_drawn(tmp_path_factory, geometries, points, multi_frame, data):
    place = data.draw(st.integers(0, len(geometries) - 1))
    mark = made_mark("contour", points, place=place)
    stack, output = written(tmp_path_factory.mktemp("rt"), geometries, mark, multi_frame=multi_frame)
    _, found = read(output)
    [contour] = found.ROIContourSequence[0].ContourSequence
    placed = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
    assert np.abs(scoord_from_patient(placed, geometries[place]) - points).max() < 0.1
    assert np.abs(distance_from_plane(placed, geometries[place])).max() < 0.01
    [referenced] = contour.ContourImageSequence
    assert referenced.ReferencedSOPInstanceUID == stack.frames[place].sop_instance_uid
    assert referenced.get("ReferencedFrameNumber") == (place + 1 if multi_frame and len(geometries) > 1 else None)


@settings(max_examples=25, deadline=None)
@given(placed_volumes(), drawn_masks(rows=4, columns=5))
def test_the_contours_of_a_mask_hold_its_pixels(tmp_path_factory, geometries, pixels):
    _, output = written(tmp_path_factory.mktemp("rt"), geometries, made_mask(pixels, column=9, row=8))
    _, found = read(output)
    filled = np.zeros((ROWS, COLUMNS), dtype=bool)
    for contour in found.ROIContourSequence[0].ContourSequence:
        placed = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
        points = np.round(scoord_from_patient(placed, geometries[0]), 3)
        assert np.array_equal(points, np.round(points)), "along the edges of pixels"
        filled |= filled_polygon(points.tolist(), rows=ROWS, columns=COLUMNS).on_frame(rows=ROWS, columns=COLUMNS)
    assert np.array_equal(filled[8:12, 9:14], pixels)


def test_dciodvfy_finds_no_error_in_contours_of_every_kind(tmp_path):
    slices = [FrameGeometry((0.0, 0.0, 2.0 * at), (1, 0, 0, 0, 1, 0), (0.5, 0.25), "PixelSpacing") for at in range(3)]
    marks = (
        made_mark("box", [(1, 2), (11, 22)], place=0, last_place=1, category="mine / \\ 🎗"),
        made_mark("ellipse", [(5, 10), (25, 10), (15, 5), (15, 15)], place=1, model="Lobes 2"),
        made_mark("spline", [(5, 10), (25, 10), (15, 25)], place=1),
        made_mark("point", [(3, 4)], place=2),
        made_mark("length", [(0, 0), (12, 8)], place=2),
        made_mark("bidirectional", [(0, 0), (0, 10), (4, 0), (30, 0)], place=2),
        made_mark("angle", [(0, 0), (4, 0), (4, 4)], place=2),
    )
    _, output = written(tmp_path, slices, *marks)
    path, found = read(output)
    assert errors_of(path) == []
    assert [one.ROIName for one in found.StructureSetROISequence] == ["mine / / 🎗", "nodule"]
    kinds = [one.ContourGeometricType for roi in found.ROIContourSequence for one in roi.ContourSequence]
    assert kinds.count("CLOSED_PLANAR") == 4
    assert kinds.count("OPEN_PLANAR") == 4
    assert kinds.count("POINT") == 1


def test_pictures_that_lie_in_no_space_are_left_out_with_the_reason(tmp_path):
    _, output = written(tmp_path, [FrameGeometry()], made_mark("box", [(1, 2), (11, 22)]))
    assert "no space" in json.loads(output.path_of("left_out.jsonl").read_bytes())["reason"]
