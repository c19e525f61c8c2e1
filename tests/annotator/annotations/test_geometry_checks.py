"""What a mark's points must be."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.accounts.errors import InvalidError
from annotator.annotations.geometry_checks import (
    AXES_TOLERANCE,
    MAX_CONTOUR_POINTS,
    MAX_SPLINE_POINTS,
    check_points,
    polygon_area,
)
from annotator.annotations.masks import check_mask
from annotator.annotations.models import MarkKind

ROWS, COLUMNS = 64, 80
INSIDE = st.tuples(st.floats(0, COLUMNS), st.floats(0, ROWS)).map(list)
GOOD = {
    "box": [[1.0, 2.0], [30.5, 40.25]],
    "ellipse": [[10, 20], [50, 20], [30, 10], [30, 30]],
    "contour": [[0, 0], [10, 0], [10, 10]],
    "spline": [[0, 0], [10, 0], [10, 10], [2, 9]],
    "point": [[80, 64]],
    "length": [[1, 1], [1, 9.5]],
    "bidirectional": [[20, 20], [20, 50], [12, 30], [31, 30]],
    "angle": [[1, 1], [9, 9], [17, 17]],
    "arrow": [[3, 3], [9, 9]],
    "mask": [[2, 3], [6, 5]],
    "slices": [],
}


def check(kind: str, points: object) -> list[list[float]]:
    return check_points(kind, points, rows=ROWS, columns=COLUMNS)


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_mark_comes_back_as_floats(kind: str) -> None:
    checked = check(kind, GOOD[kind])
    assert checked == GOOD[kind]
    assert all(type(value) is float for point in checked for value in point)


def test_every_kind_of_mark_is_checked() -> None:
    assert set(GOOD) == set(MarkKind.values)


@given(st.lists(INSIDE, min_size=3, max_size=40))
def test_a_contour_is_taken_exactly_when_it_encloses_something(points: list[list[float]]) -> None:
    distinct = len({tuple(point) for point in points}) >= 3
    if distinct and polygon_area(points) > 1e-3:
        assert check("contour", points) == points
    elif not distinct or polygon_area(points) < 1e-9:
        with pytest.raises(InvalidError):
            check("contour", points)


@given(INSIDE, INSIDE)
def test_a_box_is_taken_from_any_corner_to_the_opposite_one(first: list[float], second: list[float]) -> None:
    area = abs(first[0] - second[0]) * abs(first[1] - second[1])
    if area > 1e-3:
        assert check("box", [first, second]) == [first, second]
        assert check("box", [second, first]) == [second, first]
    elif area < 1e-9:
        with pytest.raises(InvalidError, match="no area"):
            check("box", [first, second])


@given(
    st.one_of(
        st.floats(max_value=-1e-9, allow_nan=False),
        st.floats(min_value=COLUMNS + 1e-9),
        st.just(math.nan),
        st.integers(max_value=-1),
        st.integers(min_value=COLUMNS + 1),
    ),
    st.integers(0, 5),
)
def test_a_column_outside_the_image_is_refused_with_its_path(bad: float, at: int) -> None:
    points: list[list[float]] = [[5, 5], [50, 5], [50, 50], [40, 50], [30, 50], [5, 50]]
    points[at] = [bad, 5]
    with pytest.raises(InvalidError) as refused:
        check("contour", points)
    assert refused.value.path == f"points[{at}][0]"


def test_the_far_edge_belongs_to_the_image_and_what_is_beyond_does_not() -> None:
    assert check("box", [[0, 0], [COLUMNS, ROWS]]) == [[0.0, 0.0], [80.0, 64.0]]
    with pytest.raises(InvalidError) as refused:
        check("box", [[0, 0], [COLUMNS, math.nextafter(ROWS, 100)]])
    assert refused.value.path == "points[1][1]"


@pytest.mark.parametrize("value", ["5", True, None, [5], {"x": 5}, math.inf, -math.inf, math.nan, 10**400, 5 + 0j])
def test_what_is_no_finite_number_is_refused_with_its_path(value: object) -> None:
    with pytest.raises(InvalidError) as refused:
        check("point", [[3, value]])
    assert refused.value.path == "points[0][1]"


@pytest.mark.parametrize("points", [None, "[[1,2]]", {"0": [1, 2]}, 7, [[1, 2, 3]], [[1]], ["12"], [3, 4], [None]])
def test_what_is_no_list_of_pairs_is_refused(points: Any) -> None:
    with pytest.raises(InvalidError) as refused:
        check("point", points)
    assert refused.value.path.startswith("points")


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("box", [[1, 1]]),
        ("box", [[1, 1], [2, 2], [3, 3]]),
        ("box", [[1, 1], [1, 9]]),
        ("box", [[4, 4], [4, 4]]),
        ("contour", [[1, 1], [2, 2]]),
        ("contour", [[1, 1], [2, 2], [1, 1], [2, 2]]),
        ("contour", [[1, 1], [2, 2], [3, 3]]),
        ("contour", [[1 + (at % 50), at % 60] for at in range(MAX_CONTOUR_POINTS + 1)]),
        ("contour", [[1, 1], [1, 1], [2, 2]]),
        ("spline", [[1, 1], [2, 2]]),
        ("spline", [[1, 1], [2, 2], [3, 3]]),
        ("spline", [[1 + (at % 50), at % 60] for at in range(MAX_SPLINE_POINTS + 1)]),
        ("ellipse", [[10, 20], [50, 20], [30, 10]]),
        ("ellipse", [[10, 20], [50, 20], [30, 20], [30, 20]]),
        ("ellipse", [[30, 20], [30, 20], [30, 20], [30, 20]]),
        ("length", [[5, 5]]),
        ("length", [[5, 5], [5, 5]]),
        ("bidirectional", [[20, 20], [20, 50]]),
        ("bidirectional", [[20, 20], [20, 20], [12, 30], [31, 30]]),
        ("bidirectional", [[20, 20], [20, 50], [12, 30], [12, 30]]),
        ("angle", [[1, 1], [9, 9]]),
        ("angle", [[1, 1], [9, 9], [9, 9]]),
        ("angle", [[9, 9], [9, 9], [1, 1]]),
        ("arrow", [[3, 3], [3, 3]]),
        ("mask", [[3, 3], [3, 9]]),
        ("mask", [[3, 3]]),
        ("slices", [[3, 3]]),
        ("point", []),
        ("point", [[1, 1], [2, 2]]),
    ],
)
def test_too_few_too_many_or_flat_points_are_refused(kind: str, points: list[list[float]]) -> None:
    with pytest.raises(InvalidError) as refused:
        check(kind, points)
    assert refused.value.path == "points"


AXES = st.tuples(st.floats(0.5, 25), st.floats(0.5, 25), st.floats(0, 2 * math.pi))


def ellipse(long: float, short: float, turn: float, *, askew: float = 0, apart: float = 0) -> list[list[float]]:
    """Round (40, 32): the second axis turned by `askew` radians too far, and moved along the first by `apart`."""
    one = (math.cos(turn), math.sin(turn))
    other = (-math.sin(turn + askew), math.cos(turn + askew))
    middle = (40 + apart * one[0], 32 + apart * one[1])
    return [
        [40 - long * one[0], 32 - long * one[1]],
        [40 + long * one[0], 32 + long * one[1]],
        [middle[0] - short * other[0], middle[1] - short * other[1]],
        [middle[0] + short * other[0], middle[1] + short * other[1]],
    ]


@given(AXES, st.integers(1, 3))
def test_an_ellipse_is_taken_however_it_lies_and_however_its_ends_are_rounded(
    axes: tuple[float, float, float], decimals: int
) -> None:
    rounded = [[round(value, decimals) for value in point] for point in ellipse(*axes)]
    assert check("ellipse", rounded) == rounded
    assert check("ellipse", rounded[2:] + rounded[:2]) == rounded[2:] + rounded[:2]


@given(AXES, st.floats(0.02, 1), st.sampled_from([-1, 1]))
def test_axes_that_do_not_cross_at_a_right_angle_are_refused(
    axes: tuple[float, float, float], askew: float, way: int
) -> None:
    long, short, turn = max(axes[:2]), min(axes[:2]), axes[2]
    beside = short * math.sin(askew)
    points = ellipse(long, short, turn, askew=way * askew)
    if beside > AXES_TOLERANCE + 0.01:
        with pytest.raises(InvalidError, match="right angle") as refused:
            check("ellipse", points)
        assert refused.value.path == "points[2]"
    elif beside < AXES_TOLERANCE - 0.01:
        check("ellipse", points)


@given(AXES, st.floats(-5, 5))
def test_axes_that_do_not_cross_in_their_middle_are_refused(axes: tuple[float, float, float], apart: float) -> None:
    points = ellipse(*axes, apart=apart)
    if abs(apart) > AXES_TOLERANCE + 0.01:
        with pytest.raises(InvalidError, match="middle") as refused:
            check("ellipse", points)
        assert refused.value.path == "points[2]"
    elif abs(apart) < AXES_TOLERANCE - 0.01:
        check("ellipse", points)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 90) | st.floats(-3, 90) | st.sampled_from([math.nan, 10**400, "1"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.just("runs"), inner, max_size=1),
    max_leaves=12,
)


@given(kind=st.sampled_from(sorted(GOOD)), points=JSON, mask=JSON)
def test_whatever_is_sent_is_taken_or_refused_with_a_path(kind: str, points: Any, mask: Any) -> None:
    path = ""
    try:
        check_mask(kind, mask, check(kind, points))
    except InvalidError as refused:
        path = refused.path
    assert path.split("[")[0].split(".")[0] in {"", "points", "mask"}


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidError) as refused:
        check("spiral", [[1, 1]])
    assert refused.value.path == "kind"


def test_the_area_of_a_polygon_is_that_of_the_shoelace_formula() -> None:
    assert polygon_area([[0, 0], [4, 0], [4, 3]]) == 6
    assert polygon_area([[1e6, 1e6], [1e6 + 1, 1e6], [1e6 + 1, 1e6 + 1], [1e6, 1e6 + 1]]) == 1
