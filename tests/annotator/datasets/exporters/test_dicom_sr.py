"""A report says where each mark lies, how long it is, what was answered, by highdicom; dciodvfy finds no error."""

import highdicom.sr as sr
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.sr.codedict import codes

from annotator.annotations.mark_pixels import filled_polygon
from annotator.annotations.shapes import outline_of
from annotator.datasets.exporters.dicom_sr import ReportExporter
from annotator.datasets.measurement_groups import KIND
from annotator.datasets.released import ReleasedAnswer, ReleasedFinding, ReleasedTarget
from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.exporters.made_stacks import (
    CT,
    TOMOSYNTHESIS,
    MadePixels,
    drawn_masks,
    export,
    made_frames,
    made_mark,
    made_mask,
    made_release,
    made_stack,
)
from tests.annotator.datasets.exporters.validity import errors_of

ROWS, COLUMNS = 40, 50
SLICES = [FrameGeometry((0.0, 0.0, 2.0 * at), (1, 0, 0, 0, 1, 0), (0.5, 0.25), "PixelSpacing") for at in range(4)]
DEFINITION = {
    "form": {
        "questions": [
            {"name": "shape", "title": "Shape", "kind": "choice", "options": [{"value": "oval", "title": "Oval 🎗"}]},
            {"name": "a_question_with_a_long_name", "title": "Words\\more", "kind": "text"},
        ]
    }
}


def report(folder, *marks, answers=(), findings=(), multi_frame=False):
    frames = made_frames(
        SLICES, rows=ROWS, columns=COLUMNS, multi_frame=multi_frame, sop_class=TOMOSYNTHESIS if multi_frame else CT
    )
    stack = made_stack(frames, *marks, answers=answers, findings=findings)
    output = export(
        ReportExporter, made_release(stack, schemas={"lesion@1": DEFINITION}), folder, MadePixels(stack, None)
    )
    [path] = [output.path_of(file.name) for file in output.files() if file.name.endswith(".dcm")]
    read = sr.srread(path)
    return path, read


def groups(read):
    content = read.content
    return [
        *content.get_planar_roi_measurement_groups(),
        *content.get_image_measurement_groups(),
    ]


def kind_of(group) -> str:
    [found] = group.get_qualitative_evaluations(name=KIND)
    return found.value.meaning


across, down = st.floats(0, COLUMNS, width=32), st.floats(0, ROWS, width=32)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(across, down), min_size=3, max_size=6, unique=True), st.booleans())
def test_a_contour_comes_back_at_its_points_on_its_frame(tmp_path_factory, points, multi_frame):
    _, read = report(tmp_path_factory.mktemp("sr"), made_mark("contour", points, place=2), multi_frame=multi_frame)
    [group] = read.content.get_planar_roi_measurement_groups()
    assert np.allclose(group.roi.value[:-1], points, atol=1e-4)
    assert np.array_equal(group.roi.value[0], group.roi.value[-1])
    [source] = group.roi.ContentSequence
    referenced = source.ReferencedSOPSequence[0]
    assert referenced.ReferencedSOPInstanceUID == ("1.2.826.0.1.7" if multi_frame else "1.2.826.0.1.102")
    assert referenced.get("ReferencedFrameNumber") == (3 if multi_frame else None)


@settings(max_examples=15, deadline=None)
@given(drawn_masks(rows=4, columns=5))
def test_the_outlines_of_a_mask_hold_its_pixels(tmp_path_factory, pixels):
    _, read = report(tmp_path_factory.mktemp("sr"), made_mask(pixels, column=3, row=2, place=1))
    found = np.zeros((ROWS, COLUMNS), dtype=bool)
    for group in read.content.get_planar_roi_measurement_groups():
        found |= filled_polygon(group.roi.value[:-1], rows=ROWS, columns=COLUMNS).on_frame(rows=ROWS, columns=COLUMNS)
    assert np.array_equal(found[2:6, 3:8], pixels)
    assert found.sum() == pixels.sum()


def whole_report(folder, *, multi_frame):
    nodule = ReleasedFinding("f1", "nodule", 1, "", "reader-1")
    given_answers = {"shape": "oval", "a_question_with_a_long_name": "x" * 80}
    answers = (
        ReleasedAnswer("a1", "lesion@1", ReleasedTarget("finding", finding="f1"), "reader-1", given_answers, {}),
        ReleasedAnswer("a2", "lesion@1", ReleasedTarget("case"), "reader-1", {"shape": "oval"}, {}),
    )
    marks = (
        made_mark(
            "box", [(1, 2), (11, 22)], place=0, last_place=1, finding="f1", area_mm2=25.0, longest_mm=5.590169943
        ),
        made_mark("ellipse", [(5, 10), (25, 10), (15, 5), (15, 15)], place=1, model="Lobes 2.1"),
        made_mark("spline", [(5, 10), (25, 10), (15, 25)], place=1, category="my \\ own 🎗"),
        made_mark("point", [(3, 4)], place=2, label="caliper", category="caliper"),
        made_mark("length", [(0, 0), (12, 8)], place=2),
        made_mark("bidirectional", [(0, 0), (0, 10), (4, 0), (44, 0)], place=2, finding="f1"),
        made_mark("angle", [(0, 0), (4, 0), (4, 4)], place=3),
        made_mark("arrow", [(1, 1), (9, 9)], place=3, label="here"),
        made_mark("slices", [], place=1, first_place=1, last_place=3, label="bleed"),
    )
    return report(folder, *marks, answers=answers, findings=(nodule,), multi_frame=multi_frame)


@pytest.mark.parametrize("multi_frame", [False, True])
def test_dciodvfy_finds_no_error_in_a_report_of_every_kind(tmp_path, multi_frame):
    path, read = whole_report(tmp_path, multi_frame=multi_frame)
    assert errors_of(path) == []
    kinds = sorted(kind_of(group) for group in groups(read) if group.get_qualitative_evaluations(name=KIND))
    expected = ["angle", "arrow", "bidirectional", "box", "box", "ellipse", "length", "point", "slices", "spline"]
    assert kinds == expected


def test_measurements_are_in_millimetres_and_answers_have_their_titles(tmp_path):
    _, read = whole_report(tmp_path, multi_frame=False)
    by_kind = {kind_of(group): group for group in groups(read) if group.get_qualitative_evaluations(name=KIND)}
    [length] = by_kind["length"].get_measurements(name=codes.SCT.Length)
    assert (length.value, length.unit.value) == (pytest.approx(5.0), "mm")
    [long] = by_kind["bidirectional"].get_measurements(name=codes.SCT.LongAxis)
    [short] = by_kind["bidirectional"].get_measurements(name=codes.SCT.ShortAxis)
    assert (long.value, short.value) == (pytest.approx(10.0), pytest.approx(5.0))
    [area] = next(g for g in groups(read) if kind_of(g) == "box").get_measurements(name=codes.SCT.Area)
    assert area.value == 25.0
    said = {(one.name.meaning, one.value.meaning) for one in by_kind["box"].get_qualitative_evaluations()}
    assert ("Shape", "Oval 🎗") in said
    assert ("Words/more", "x" * 64) in said
    spline = by_kind["spline"].roi.value
    assert np.allclose(spline[:-1], outline_of("spline", [(5, 10), (25, 10), (15, 25)]), atol=1e-4)


def test_no_patient_and_no_time_is_in_a_report(tmp_path):
    path, _ = whole_report(tmp_path, multi_frame=False)
    read = dcmread(path)
    assert read.PatientID == "patient-0123456789ab"
    assert read.ContentDate == read.InstanceCreationDate == "19000101"
