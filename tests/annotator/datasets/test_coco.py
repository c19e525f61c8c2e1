"""A COCO document that pycocotools loads and that says what was drawn."""

import contextlib
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as mask_api
from pycocotools.coco import COCO

from annotator.annotations.mark_pixels import pixels_of_mark
from annotator.annotations.masks import runs_of
from annotator.datasets.exporters.coco import category_names, coco_document
from annotator.datasets.records import ExportedImage, ExportedMark, SpanPlace
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


def rows_of(coco, kind):
    return [row for row in coco.dataset["annotations"] if row["attributes"]["kind"] == kind]


@given(st.data())
def test_a_mask_comes_out_of_pycocotools_as_it_was_painted(tmp_path_factory, data):
    height, width = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    bits = data.draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width).filter(any))
    painted = np.array(bits).reshape(height, width)
    left, top = data.draw(st.integers(0, COLUMNS - width)), data.draw(st.integers(0, ROWS - height))
    corners = [(float(left), float(top)), (float(left + width), float(top + height))]
    marked = replace(mark("mask", corners), mask={"runs": runs_of(painted)})
    coco = load(document(image(marked)), tmp_path_factory.mktemp("coco"))
    [row] = rows_of(coco, "mask")
    expected = np.zeros((ROWS, COLUMNS), dtype=bool)
    expected[top : top + height, left : left + width] = painted
    assert (coco.annToMask(row).astype(bool) == expected).all()
    encoded = coco.annToRLE(row)
    assert row["area"] == mask_api.area(encoded) == painted.sum()
    assert row["bbox"] == pytest.approx(mask_api.toBbox(encoded).tolist())


@pytest.mark.parametrize("corner", [(0, 0), (COLUMNS - 4, ROWS - 4)])
def test_a_mask_in_a_corner_and_one_over_the_whole_frame_are_read(corner, tmp_path):
    ends = [(float(corner[0]), float(corner[1])), (float(corner[0] + 4), float(corner[1] + 4))]
    small = replace(mark("mask", ends), mask={"runs": [0, 16]})
    whole = replace(mark("mask", [(0.0, 0.0), (COLUMNS, ROWS)], number=2), mask={"runs": [0, COLUMNS * ROWS]})
    coco = load(document(image(small, whole)), tmp_path)
    assert [int(coco.annToMask(row).sum()) for row in rows_of(coco, "mask")] == [16, COLUMNS * ROWS]


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("ellipse", [(40.0, 80.0), (120.0, 80.0), (80.0, 60.0), (80.0, 100.0)]),
        ("spline", [(40.0, 60.0), (120.0, 50.0), (150.0, 100.0), (60.0, 120.0)]),
    ],
)
def test_an_ellipse_and_a_spline_are_the_polygon_that_the_reader_saw(kind, points, tmp_path):
    coco = load(document(image(mark(kind, points))), tmp_path)
    [row] = rows_of(coco, kind)
    seen = pixels_of_mark(kind, points, rows=ROWS, columns=COLUMNS).on_frame(rows=ROWS, columns=COLUMNS)
    # pycocotools rounds a polygon's corners to a fifth of a pixel, which only the edge feels.
    assert (coco.annToMask(row).astype(bool) ^ seen).sum() < 0.04 * seen.sum()
    assert row["area"] == pytest.approx(seen.sum(), rel=0.01)
    [polygon] = row["segmentation"]
    left, top, width, height = row["bbox"]
    assert (min(polygon[::2]), min(polygon[1::2])) == (left, top)
    assert (max(polygon[::2]), max(polygon[1::2])) == pytest.approx((left + width, top + height))


def test_what_reaches_over_the_edge_is_held_to_the_frame(tmp_path):
    points = [(0.0, 0.0), (300.0, 3.0), (310.0, 199.0), (2.0, 197.0)]
    [row] = document(image(mark("spline", points)))["annotations"]
    [polygon] = row["segmentation"]
    assert min(polygon) == 0.0
    assert max(polygon[::2]) <= COLUMNS
    assert max(polygon[1::2]) == ROWS


def test_a_span_stands_on_each_of_its_slices_and_says_so():
    box = [(1.0, 2.0), (30.0, 40.0)]
    images = [
        image(replace(mark("box", box), span=SpanPlace(3, place, place == 2)), name=f"p/ct-{place}.png")
        for place in (1, 2, 3)
    ]
    rows = document(*images)["annotations"]
    assert [row["image_id"] for row in rows] == [1, 2, 3]
    assert {tuple(row["bbox"]) for row in rows} == {(1.0, 2.0, 29.0, 38.0)}
    assert [row["attributes"]["span"] for row in rows] == [
        {"frames": 3, "place": place, "drawn_here": place == 2} for place in (1, 2, 3)
    ]


def test_what_coco_has_no_place_for_is_neither_an_annotation_nor_a_category(tmp_path):
    lines = {
        "length": [(1.0, 1.0), (9.0, 9.0)],
        "bidirectional": [(1.0, 1.0), (9.0, 1.0), (5.0, 0.0), (5.0, 3.0)],
        "angle": [(1.0, 1.0), (9.0, 1.0), (9.0, 9.0)],
        "arrow": [(1.0, 1.0), (9.0, 1.0)],
    }
    marks = [mark(kind, points, category=kind, number=at) for at, (kind, points) in enumerate(lines.items())]
    label = replace(mark("slices", [], category="bleed", number=9), label="bleed")
    content = document(image(*marks, label, mark("box", [(1, 2), (9, 9)], number=10)))
    coco = load(content, tmp_path)
    assert [row["attributes"]["mark"] for row in coco.dataset["annotations"]] == ["m10"]
    assert [row["name"] for row in coco.dataset["categories"]] == ["nodule"]
    [picture] = coco.dataset["images"]
    assert picture["slice_labels"] == [{"label": "bleed", "mark": "m9", "reader": "reader-1", "submitted": True}]
