"""A COCO document that pycocotools loads and that says what was drawn."""

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO

from annotator.datasets.exporters.coco import category_names, coco_document
from annotator.datasets.records import ExportedImage, ExportedMark
from annotator.imaging.frame_description import FrameGeometry

COLUMNS, ROWS = 320, 200
across = st.floats(0, COLUMNS, allow_nan=False)
down = st.floats(0, ROWS, allow_nan=False)


def mark(kind, points, *, category="nodule", number=1):
    return ExportedMark(
        id=f"m{number}", kind=kind, points=tuple(points), category=category, reader="reader-1", finding=None,
        provenance="drawn", submitted=True, answers={"shape": "taller"}, score={"points": 5},
    )  # fmt: skip


def image(*marks, name="patient-1/us-1.png"):
    return ExportedImage(
        file_name=name, frame_key="k", patient="patient-1", columns=COLUMNS, rows=ROWS, modality="US",
        study_instance_uid="1.2", series_instance_uid="1.2.3", sop_instance_uid="1.2.3.4", sop_class_uid="1.2.840",
        frame_number=1, laterality="", view="", geometry=FrameGeometry(), marks=marks,
    )  # fmt: skip


def document(*images, point_categories=frozenset()):
    return coco_document(
        list(images),
        categories=category_names(images),
        title="t",
        split="train",
        point_categories=set(point_categories),
    )


def load(content, tmp_path):
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(content))
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


@given(across, down, across, down)
def test_a_box_is_the_same_whichever_corner_was_drawn_first(column, row, other_column, other_row):
    drawn = [(column, row), (other_column, other_row)]
    [one] = document(image(mark("box", drawn)))["annotations"]
    [other] = document(image(mark("box", drawn[::-1])))["annotations"]
    assert one["bbox"] == other["bbox"]
    left, top, width, height = one["bbox"]
    assert (left, top) == (min(column, other_column), min(row, other_row))
    assert left + width == pytest.approx(max(column, other_column))
    assert top + height == pytest.approx(max(row, other_row))
    assert one["area"] == pytest.approx(width * height)


def test_a_contour_keeps_its_points_and_its_area():
    triangle = [(10.0, 10.0), (50.25, 10.0), (10.0, 40.5)]
    [row] = document(image(mark("contour", triangle)))["annotations"]
    assert row["segmentation"] == [[10.0, 10.0, 50.25, 10.0, 10.0, 40.5]]
    assert row["area"] == pytest.approx(40.25 * 30.5 / 2)
    assert row["bbox"] == [10.0, 10.0, 40.25, 30.5]


def test_pycocotools_loads_pictures_marks_and_categories_and_draws_the_mask(tmp_path):
    square = [(20.0, 30.0), (60.0, 30.0), (60.0, 80.0), (20.0, 80.0)]
    content = document(
        image(mark("box", [(1, 2), (11, 22)], category="mass"), mark("contour", square, number=2)),
        image(name="patient-1/us-2.png"),
        image(mark("point", [(3.0, 4.0)], category="caliper", number=3), name="patient-1/us-3.png"),
        point_categories={"caliper"},
    )
    coco = load(content, tmp_path)
    assert [category["name"] for category in coco.loadCats(coco.getCatIds())] == ["caliper", "mass", "nodule"]
    assert len(coco.getImgIds()) == 3
    assert all((row["width"], row["height"]) == (COLUMNS, ROWS) for row in coco.dataset["images"])
    [contour] = coco.loadAnns(coco.getAnnIds(catIds=coco.getCatIds(catNms=["nodule"])))
    mask = coco.annToMask(contour)
    assert mask.shape == (ROWS, COLUMNS)
    assert mask[30:80, 20:60].all()
    assert mask.sum() == 40 * 50
    [caliper] = coco.loadAnns(coco.getAnnIds(catIds=coco.getCatIds(catNms=["caliper"])))
    assert caliper["keypoints"] == [3.0, 4.0, 2]
    assert caliper["bbox"] == [0.0, 0.0, 9.5, 10.5], "the 13-pixel box ends at the picture's edge"
