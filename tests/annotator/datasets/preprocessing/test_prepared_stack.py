"""Pixels and marks go the same way: what was marked is still what lies under the mark."""

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotator.accounts.errors import InvalidError
from annotator.annotations.mark_pixels import pixels_of_mark
from annotator.datasets.exporters.nifti import NiftiExporter
from annotator.datasets.exporters.registry import all_exporters
from annotator.datasets.preprocessing.options import Preprocessing
from annotator.datasets.preprocessing.prepared_stack import prepare, why_not_prepared
from annotator.datasets.preprocessing.stack_maps import NotPreparedError
from annotator.imaging.frame_description import FrameGeometry, FrameGrey, UltrasoundRegion, Window
from annotator.imaging.geometry import patient_from_scoord
from tests.annotator.datasets.exporters.made_stacks import (
    AXIAL,
    MadePixels,
    export,
    made_frames,
    made_mark,
    made_mask,
    made_release,
    made_stack,
    placed_volumes,
)

ROWS, COLUMNS = 60, 80
RADNET = {"pixel_mm": 1.0, "field_of_view_mm": 250.0}
RAW = FrameGrey(windows=(Window(500, 1000),))


def made(geometries, values, *marks, grey=None, **members):
    stack = made_stack(made_frames(geometries, rows=values.shape[1], columns=values.shape[2]), *marks, **members)
    return MadePixels(stack, values, grey=grey)


def blob(column: float, row: float, reach: float = 4.0) -> np.ndarray:
    down, across = np.mgrid[:ROWS, :COLUMNS]
    return 1000 * np.exp(-((across + 0.5 - column) ** 2 + (down + 0.5 - row) ** 2) / (2 * reach**2))


def middle_of(picture) -> tuple[float, float]:
    weights = picture.astype(float)
    lines, across = np.mgrid[: picture.shape[0], : picture.shape[1]] + 0.5
    return float((across * weights).sum() / weights.sum()), float((lines * weights).sum() / weights.sum())


@settings(max_examples=40, deadline=None)
@given(
    placed_volumes(),
    st.floats(25, 55),
    st.floats(25, 35),
    st.sampled_from(
        [
            {"pixel_mm": 0.7},
            {"pixel_mm": 2.5},
            {"halve": True},
            {"field_of_view_mm": 260.0, "pixel_mm": 1.0},
            {"crop": "marks", "margin": 18},
        ]
    ),
)
def test_a_marked_point_stays_on_its_anatomy(geometries, column, row, options):
    values = np.stack([blob(column, row)] * len(geometries)).astype(np.uint16)
    point = made_mark("point", [(column, row)])
    pixels = made(geometries, values, point, grey=RAW, modality="MR")
    stack, prepared = prepare(pixels.stack, pixels, Preprocessing.from_json(options))
    [moved] = stack.marks
    frame = stack.frames[0]
    said = patient_from_scoord(point.points, geometries[0])
    assert np.allclose(patient_from_scoord(moved.points, frame.geometry), said, atol=1e-6), "the same millimetre"
    picture = prepared.stored(0)
    assert picture.shape == (frame.rows, frame.columns)
    found = np.array(middle_of(picture))
    assert np.abs(found - moved.points[0]).max() < 0.35, "in the middle of what is bright there"


def leaning(count=5):
    return [FrameGeometry((0.0, 3.0 * at, 4.0 * at), AXIAL, (1.0, 1.0), "PixelSpacing") for at in range(count)]


def test_straightened_slices_make_a_grid_and_marks_stay_on_their_anatomy(tmp_path):
    """A gantry that leans: a rod along the body moves through the slices; straightened it stands still."""
    geometries = leaning()
    rows_of_rod = [30.0 - 3 * at for at in range(5)]
    values = np.stack([blob(40.0, row) for row in rows_of_rod]).astype(np.uint16)
    marks = [made_mark("box", [(36, row - 4), (44, row + 4)], place=at) for at, row in enumerate(rows_of_rod)]
    pixels = made(geometries, values, *marks, grey=RAW, modality="MR")
    stack, prepared = prepare(pixels.stack, pixels, Preprocessing(straighten=True))
    assert len({mark.points for mark in stack.marks}) == 1
    for place, mark in enumerate(stack.marks):
        assert np.allclose(middle_of(prepared.stored(place)), np.mean(mark.points, axis=0), atol=0.2)
        assert stack.frames[place].geometry.position[:2] == pytest.approx(stack.frames[0].geometry.position[:2])
    output = export(NiftiExporter, made_release(stack), tmp_path, prepared)
    assert output.path_of("left_out.jsonl").read_bytes() == b""


def test_a_span_over_slices_that_move_apart_follows_each(tmp_path):
    pixels = made(
        leaning(3), np.zeros((3, ROWS, COLUMNS), np.uint16), made_mark("box", [(1, 10), (9, 20)], last_place=2)
    )
    stack, _ = prepare(pixels.stack, pixels, Preprocessing(straighten=True))
    assert [mark.place for mark in stack.marks] == [0, 1, 2]
    assert len({mark.points for mark in stack.marks}) == 3


def test_radnet_has_a_millimetre_a_pixel_and_250_of_them_with_air_around():
    geometry = FrameGeometry((0.0, 0.0, 0.0), AXIAL, (0.5, 0.45), "PixelSpacing")
    values = np.full((1, ROWS, COLUMNS), 1024 + 40, np.uint16)
    pixels = made([geometry], values, made_mark("box", [(10, 10), (30, 40)]))
    stack, prepared = prepare(pixels.stack, pixels, Preprocessing.from_json(RADNET | {"window": [40, 80]}))
    frame = stack.frames[0]
    assert (frame.columns, frame.rows, frame.geometry.spacing) == (250, 250, (1.0, 1.0))
    assert prepared.stored(0)[0, 0] == 24, "air is -1000 Hounsfield units"
    assert prepared.modality_values(0).min() == 0.0, "held to the window"
    assert prepared.stored(0)[125, 125] == 1064
    (left, top), (right, bottom) = stack.marks[0].points
    assert (right - left, bottom - top) == pytest.approx((9.0, 15.0))


def test_means_of_two_by_two():
    values = np.arange(16, dtype=np.uint16).reshape(1, 4, 4) * 4
    pixels = made([FrameGeometry()], values, grey=RAW, modality="MG")
    stack, prepared = prepare(pixels.stack, pixels, Preprocessing(halve=True))
    assert prepared.stored(0).tolist() == [[10, 18], [42, 50]]
    assert (stack.frames[0].columns, stack.frames[0].rows) == (2, 2)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.3, 3), st.integers(0, 60), st.integers(0, 40))
@example(1.9999999999999996, 0, 0)
def test_a_mask_goes_along_and_never_vanishes(pixel_mm, column, row):
    geometry = FrameGeometry((0.0, 0.0, 0.0), AXIAL, (0.5, 0.5), "PixelSpacing")
    disc = np.hypot(*np.mgrid[-9:10, -9:10]) < 9
    pixels = made([geometry], np.zeros((1, ROWS, COLUMNS), np.uint16), made_mask(disc, column=column, row=row))
    speck = made(
        [geometry], np.zeros((1, ROWS, COLUMNS), np.uint16), made_mask(disc[9:10, 9:10], column=column, row=row)
    )
    options = Preprocessing(pixel_mm=pixel_mm)
    stack, _ = prepare(pixels.stack, pixels, options)
    frame, mark = stack.frames[0], stack.marks[0]
    found = pixels_of_mark("mask", mark.points, mark.mask, rows=frame.rows, columns=frame.columns)
    painted = np.zeros((ROWS + 20, COLUMNS + 20), dtype=bool)
    painted[row : row + 19, column : column + 19] = disc
    sources = np.stack(np.mgrid[: frame.rows, : frame.columns][::-1], axis=-1).reshape(-1, 2) + 0.5
    places = sources * pixel_mm / 0.5
    nearest = np.floor(places + 1e-9).astype(int)
    expected = painted[nearest[:, 1], nearest[:, 0]].reshape(frame.rows, frame.columns)
    # Who falls on the edge of two pixels belongs to either.
    told = (np.abs(places - np.round(places)) > 1e-6).all(axis=1).reshape(expected.shape)
    assert np.array_equal(found.on_frame(rows=frame.rows, columns=frame.columns)[told], expected[told])
    assert len(prepare(speck.stack, speck, options)[0].marks) == 1


def test_ellipses_follow_uneven_scaling_as_the_outline_that_was_seen():
    geometry = FrameGeometry((0.0, 0.0, 0.0), AXIAL, (1.0, 0.5), "PixelSpacing")
    ellipse = made_mark("ellipse", [(20, 30), (40, 30), (30, 25), (30, 35)])
    pixels = made([geometry], np.zeros((1, ROWS, COLUMNS), np.uint16), ellipse)
    [moved] = prepare(pixels.stack, pixels, Preprocessing(pixel_mm=1.0))[0].marks
    assert moved.kind == "contour"
    assert np.ptp(moved.points, axis=0) == pytest.approx([10, 10], abs=0.1)
    [even] = prepare(pixels.stack, pixels, Preprocessing(halve=True))[0].marks
    assert (even.kind, even.points[0]) == ("ellipse", (10.0, 15.0))


REGION = UltrasoundRegion(10, 20, 59, 49, 0.1, 0.1, spatial=True)


def test_cropping_to_the_tissue_cuts_what_crosses_its_edge():
    geometry = FrameGeometry(regions=(REGION,))
    marks = [
        made_mark("box", [(5, 15), (20, 30)]),
        made_mark("contour", [(30, 10), (40, 40), (20, 40)], category="mass"),
        made_mark("point", [(5, 5)], category="caliper"),
        made_mark("length", [(20, 25), (30, 25)]),
    ]
    values = np.random.default_rng(0).integers(0, 255, (1, ROWS, COLUMNS), dtype=np.uint8)
    pixels = made([geometry], values, *marks, grey=RAW, modality="US", kind="still")
    stack, prepared = prepare(pixels.stack, pixels, Preprocessing(crop="region"))
    assert np.array_equal(prepared.stored(0), values[0, 20:50, 10:60])
    assert [(mark.kind, mark.points) for mark in stack.marks if mark.kind in ("box", "length")] == [
        ("box", ((0.0, 0.0), (10.0, 10.0))),
        ("length", ((10.0, 5.0), (20.0, 5.0))),
    ]
    [cut] = [mark for mark in stack.marks if mark.category == "mass"]
    original = pixels_of_mark("contour", marks[1].points, rows=ROWS, columns=COLUMNS).on_frame(
        rows=ROWS, columns=COLUMNS
    )
    found = pixels_of_mark(cut.kind, cut.points, cut.mask, rows=30, columns=50).on_frame(rows=30, columns=50)
    assert np.array_equal(found, original[20:50, 10:60])
    assert not [mark for mark in stack.marks if mark.kind == "point"]
    [region] = stack.frames[0].geometry.regions
    assert (region.min_column, region.min_row, region.max_column, region.max_row) == (0, 0, 49, 29)


def test_calipers_are_painted_out_from_their_surroundings():
    values = np.full((1, ROWS, COLUMNS), 80, np.uint8)
    values[0, 28:33, 38:43] = 255
    caliper = made_mark("point", [(40.5, 30.5)], label="caliper", category="caliper")
    pixels = made([FrameGeometry()], values, caliper, grey=RAW, modality="US")
    stack, prepared = prepare(pixels.stack, pixels, Preprocessing(calipers="paint_out"))
    assert np.abs(prepared.stored(0).astype(int) - 80).max() <= 2
    assert stack.marks == (caliper,)
    colour = MadePixels(pixels.stack, np.repeat(values[..., None], 3, axis=3), grey=RAW)
    assert prepare(colour.stack, colour, Preprocessing(calipers="paint_out"))[1].stored(0).max() <= 82


def test_skin_goes_and_the_largest_piece_stays():
    down, across = np.mgrid[:ROWS, :COLUMNS]
    breast = np.hypot(down - ROWS / 2, across) < 25
    values = (breast * 800).astype(np.uint16)[None]
    values[0, 2:16, 60:74] = 800
    pixels = made([FrameGeometry()], values, grey=RAW, modality="MG")
    kept = prepare(pixels.stack, pixels, Preprocessing(remove_skin=True, breast_mask=True))[1].stored(0) > 0
    assert not kept[:20, 55:].any()
    assert not (kept & (np.hypot(down - ROWS / 2, across) > 21)).any()
    assert kept[ROWS // 2, 0], "the edge of the picture is no skin"
    both = prepare(pixels.stack, pixels, Preprocessing(remove_skin=True))[1].stored(0) > 0
    assert both[9, 67]


def test_what_cannot_be_is_said():
    nowhere = made([FrameGeometry()], np.zeros((1, ROWS, COLUMNS), np.uint16))
    with pytest.raises(NotPreparedError, match="millimetres"):
        prepare(nowhere.stack, nowhere, Preprocessing(pixel_mm=1.0))
    assert "millimetres" in why_not_prepared(nowhere.stack, Preprocessing(pixel_mm=1.0))
    assert why_not_prepared(nowhere.stack, Preprocessing(halve=True)) == ""
    with pytest.raises(NotPreparedError, match="no mark"):
        prepare(nowhere.stack, nowhere, Preprocessing(crop="marks"))
    assert prepare(nowhere.stack, nowhere, Preprocessing()) == (nowhere.stack, nowhere)
    for wrong, path in [
        ({"pixel_mm": 0}, "pixel_mm"),
        ({"crop": "half"}, "crop"),
        ({"window": [1, 0]}, "window"),
        ({"skin_radius": True}, "skin_radius"),
        ({"size": 3}, "size"),
        ({"halve": "yes"}, "halve"),
        (RADNET | {"crop": "marks"}, "crop"),
        (RADNET | {"pixel_mm": 0.01}, "field_of_view_mm"),
    ]:
        with pytest.raises(InvalidError) as refused:
            Preprocessing.from_json(wrong)
        assert refused.value.path == f"preprocessing.{path}"
    options = Preprocessing.from_json(RADNET | {"window": [40, 80]})
    for exporter in all_exporters().values():
        refuses = pytest.raises(InvalidError) if exporter.points_into_originals else nullcontext()
        with refuses:
            options.check_fits(exporter.name, points_into_originals=exporter.points_into_originals)
        Preprocessing().check_fits(exporter.name, points_into_originals=exporter.points_into_originals)
    assert Preprocessing.from_json(options.to_json()) == options
