"""Outline, area, lengths, angle and pixels of a mark: the same here and in the viewer."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.annotations.mark_pixels import filled_polygon, pixels_of_mark
from annotator.annotations.masks import check_mask, pixels_of, runs_of
from annotator.annotations.shapes import (
    SAME_POINT,
    angle_of,
    area_of,
    ellipse_outline,
    lengths_of,
    outline_of,
    spline_outline,
)

# The viewer's own test reads the same file.
CASES = json.loads(
    (Path(__file__).parents[3] / "frontend/viewer/src/marks/outline_cases.json").read_text(encoding="utf-8")
)
ROWS, COLUMNS = 60, 80
SCALES = {"square": (1.0, 1.0), "odd": (0.5, 2.0)}
POINT = st.tuples(st.floats(0, COLUMNS), st.floats(0, ROWS))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_shape_is_what_the_viewer_has_it_to_be(case: dict[str, Any]) -> None:
    kind, points, mask = case["kind"], case["points"], case["mask"]
    outline = np.array(outline_of(kind, points)).reshape(-1, 2)
    assert outline == pytest.approx(np.array(case["outline"]).reshape(-1, 2), abs=2e-6)
    for name, scale in SCALES.items():
        assert area_of(kind, points, mask, scale=scale) == pytest.approx(case[name]["area"], abs=2e-6)
        assert list(lengths_of(kind, points, scale=scale)) == pytest.approx(case[name]["lengths"], abs=2e-6)
        if kind == "angle":
            assert angle_of(points, scale=scale) == pytest.approx(case[name]["angle"], abs=2e-6)
    within = pixels_of_mark(kind, points, mask, rows=ROWS, columns=COLUMNS)
    corners, runs = within.as_mask() if within else (None, None)
    assert (corners, runs) == ((case["pixels"]["points"], {"runs": case["pixels"]["runs"]}) if within else (None, None))


def test_the_cases_hold_every_closed_kind_and_every_kind_that_measures() -> None:
    assert {case["kind"] for case in CASES} >= {"box", "ellipse", "contour", "spline", "mask", "length", "angle"}


@given(st.floats(1, 30), st.floats(1, 30), st.floats(0, 2 * math.pi), st.floats(0.1, 5), st.floats(0.1, 5))
def test_an_ellipse_is_on_its_equation_and_its_axes_in_millimetres_are_its_own(
    a: float, b: float, turn: float, per_column: float, per_row: float
) -> None:
    along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    points = [
        [40 + sign * half * axis[0], 30 + sign * half * axis[1]]
        for half, axis in ((a, along), (b, across))
        for sign in (-1, 1)
    ]
    reach = []
    for column, row in ellipse_outline(points, 720):
        u = (column - 40) * along[0] + (row - 30) * along[1]
        v = (column - 40) * across[0] + (row - 30) * across[1]
        assert (u / a) ** 2 + (v / b) ** 2 == pytest.approx(1)
        reach.append(math.hypot((column - 40) * per_column, (row - 30) * per_row))
    long, short = lengths_of("ellipse", points, scale=(per_column, per_row))
    # The nearest of the 720 points lies at most a quarter of a degree from the end of an axis.
    assert ((2 * max(reach)) ** 2, (2 * min(reach)) ** 2) == pytest.approx((long**2, short**2), abs=2e-5 * long**2)
    assert area_of("ellipse", points) == pytest.approx(math.pi * a * b)


@given(st.lists(POINT, min_size=3, max_size=12, unique=True))
@example([(0.0, 0.0), (0.0, 5e-324), (1.0, 0.0), (1.0, 1.0)])
@example([(0.0, 0.0), (0.0, 1e-200), (1.0, 0.0), (1.0, 1.0)])
def test_a_spline_goes_through_its_points_in_their_order(points: list[tuple[float, float]]) -> None:
    outline = spline_outline(points)
    apart = [list(p) for p, q in zip(points, [*points[1:], points[0]], strict=True) if math.dist(p, q) > SAME_POINT]
    assert outline[::16] == apart or len(apart) < 3
    assert all(math.isfinite(value) for point in outline for value in point)


@given(st.lists(POINT, min_size=3, max_size=10))
def test_a_polygon_holds_the_pixels_whose_centres_lie_within(points: list[tuple[float, float]]) -> None:
    """Against the crossing rule asked of every pixel by itself."""
    made = filled_polygon(points, rows=ROWS, columns=COLUMNS)
    expected = np.zeros((ROWS, COLUMNS), dtype=bool)
    for (c0, r0), (c1, r1) in zip(points, [*points[1:], points[0]], strict=True):
        for row in range(ROWS):
            y = row + 0.5
            if (r0 > y) != (r1 > y):
                expected[row, np.arange(COLUMNS) + 0.5 < c0 + (y - r0) / (r1 - r0) * (c1 - c0)] ^= True
    found = np.zeros_like(expected) if made is None else made.on_frame(rows=ROWS, columns=COLUMNS)
    assert (found == expected).all()


@given(st.data())
def test_pixels_to_runs_and_back_are_the_same_pixels(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 12))
    bits = data.draw(st.lists(st.booleans(), min_size=rows * columns, max_size=rows * columns).filter(any))
    pixels = np.array(bits).reshape(rows, columns)
    column, row = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20))
    corners = [[column, row], [column + columns, row + rows]]
    if data.draw(st.booleans()):
        corners = [[corners[1][0], corners[0][1]], [corners[0][0], corners[1][1]]]
    mask = check_mask("mask", {"runs": runs_of(pixels)}, corners)
    assert mask is not None
    assert (pixels_of(mask, corners) == pixels).all()
    within = pixels_of_mark("mask", corners, mask, rows=40, columns=40)
    assert within is not None
    frame = within.on_frame(rows=40, columns=40)
    assert (frame[row : row + rows, column : column + columns] == pixels).all()
    assert frame.sum() == area_of("mask", corners, mask) == pixels.sum()


@pytest.mark.parametrize("kind", ["length", "bidirectional", "angle", "arrow", "point", "slices"])
def test_what_is_open_encloses_nothing(kind: str) -> None:
    points = [[1.0, 1.0], [5.0, 5.0], [1.0, 5.0], [5.0, 1.0]]
    assert outline_of(kind, points) == []
    assert area_of(kind, points) is None
    assert pixels_of_mark(kind, points, rows=ROWS, columns=COLUMNS) is None


def test_what_lies_between_the_centres_or_outside_the_frame_encloses_no_pixel() -> None:
    assert pixels_of_mark("box", [[3.6, 3.6], [4.4, 4.4]], rows=ROWS, columns=COLUMNS) is None
    assert filled_polygon([[90, 5], [99, 5], [99, 9]], rows=ROWS, columns=COLUMNS) is None
    assert filled_polygon([[1, 1], [5, 5]], rows=ROWS, columns=COLUMNS) is None
