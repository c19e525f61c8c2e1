"""Outlines run through the points that they are made of, and guides hold what lies within."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotator.annotations.mark_pixels import filled_polygon
from annotator.imaging.geometry import polygon_area
from ml_assist.guidance.caliper_axes import GuidanceError
from ml_assist.guidance.guide import Hint, approximate_mask, guide_of
from ml_assist.guidance.outlines import closed_cubic, ellipse_in, outline_of
from ml_assist.guidance.simulated_hints import lesion_ends, simulated_hint, steady_hint
from tests.ml_assist.guidance.test_caliper_axes import crossing

ROWS, COLUMNS = 240, 320


def distance_to(outline: np.ndarray, point: tuple[float, float]) -> float:
    """Of a point to the closed line."""
    ends = np.roll(outline, -1, axis=0)
    along = ends - outline
    part = np.clip(((np.array(point) - outline) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12), 0, 1)
    return float(np.linalg.norm(outline + part[:, None] * along - point, axis=1).min())


@given(st.floats(20, 90), st.floats(0.3, 1.0), st.floats(0, 180))
@settings(max_examples=60)
def test_four_points_are_joined_by_a_smooth_curve_near_to_the_ellipse_on_their_axes(half, part, degrees):
    ends = crossing((160, 120), (half, half * part), degrees)
    outline = closed_cubic(ends)
    assert max(distance_to(outline, end) for end in ends) < 0.02 * half
    assert polygon_area(outline) == pytest.approx(np.pi * half * half * part, rel=0.05)


@given(st.floats(30, 290), st.floats(30, 210), st.floats(5, 110), st.floats(0, 360))
@settings(max_examples=80)
def test_two_points_make_a_circle_or_the_widest_ellipse_that_stays_in_the_picture(column, row, half, degrees):
    middle, turned = np.array([column, row]), np.deg2rad(degrees)
    step = half * np.array([np.cos(turned), np.sin(turned)])
    ends = np.array([middle - step, middle + step])
    assume((ends >= 0).all() and (ends <= (COLUMNS, ROWS)).all())
    outline = outline_of(ends, rows=ROWS, columns=COLUMNS)
    assert max(distance_to(outline, end) for end in ends) < 1e-6
    radii = np.linalg.norm(outline - (column, row), axis=1)
    if min(column, row, COLUMNS - column, ROWS - row) >= half:
        assert np.allclose(radii, half), "a circle"
    else:
        within = (outline >= -1e-6).all() and (outline <= np.array([COLUMNS, ROWS]) + 1e-6).all()
        assert within or radii.min() == pytest.approx(0.25 * half, rel=0.01), "no thinner than that"
        assert radii.max() == pytest.approx(half)


@given(st.floats(10, 40), st.floats(0.2, 2.0), st.floats(0.2, 2.0), st.floats(0, 360))
@settings(max_examples=60)
def test_two_points_make_an_ellipse_as_wide_as_lesions_are_across_such_an_axis(half, level, upright, degrees):
    middle, turned = np.array([160, 120]), np.deg2rad(degrees)
    step = half * np.array([np.cos(turned), np.sin(turned)])
    ends = np.array([middle - step, middle + step])
    outline = outline_of(ends, rows=ROWS, columns=COLUMNS, aspects=(level, upright))
    assert max(distance_to(outline, end) for end in ends) < 1e-6
    wide = np.abs((outline - middle) @ (np.array([-step[1], step[0]]) / half)).max()
    assert wide == pytest.approx(half * (level * np.cos(turned) ** 2 + upright * np.sin(turned) ** 2))


def test_a_usual_ellipse_is_let_out_of_the_picture_no_farther_than_a_circle_is():
    outline = outline_of([(100, 20), (140, 20)], rows=ROWS, columns=COLUMNS, aspects=(1.5, 1.5))
    assert outline[:, 1].min() == pytest.approx(0, abs=1e-6)


@given(st.floats(30, 90), st.floats(0.3, 0.9), st.floats(-0.8, 0.8), st.floats(0, 180))
@settings(max_examples=50)
def test_three_clicks_make_an_ellipse_through_all_of_them(half, part, beside, degrees):
    long, short = crossing((160, 120), (half, half * part), degrees)[:2], part * half
    along = (np.array(long[1]) - long[0]) / (2 * half)
    third = (
        np.array([160, 120]) + beside * half * along + np.sqrt(1 - beside**2) * short * np.array([-along[1], along[0]])
    )
    outline = outline_of([*long, third.tolist()], rows=ROWS, columns=COLUMNS)
    assert max(distance_to(outline, point) for point in [*long, third]) < 0.02 * half


@given(st.lists(st.tuples(st.floats(-20, 340), st.floats(-20, 260)), min_size=3, max_size=7, unique=True))
@settings(max_examples=60)
def test_pixels_are_filled_by_the_rule_of_marks(corners):
    outline = np.array(corners)
    made = filled_polygon(outline.tolist(), rows=ROWS, columns=COLUMNS)
    wanted = made.on_frame(rows=ROWS, columns=COLUMNS) if made else np.zeros((ROWS, COLUMNS), bool)
    assert np.array_equal(approximate_mask([outline], rows=ROWS, columns=COLUMNS) > 0, wanted)


def test_calipers_clicks_and_a_box_on_one_lesion_give_nearly_one_guide():
    truth = approximate_mask([ellipse_in(90, 70, 210, 150)], rows=ROWS, columns=COLUMNS)
    lesion = lesion_ends(truth)
    assert lesion is not None
    guides = [
        guide_of(steady_hint(lesion, kind), rows=ROWS, columns=COLUMNS) for kind in ("calipers", "extremes", "box")
    ]
    for guide in guides:
        assert 2 * (guide & truth).sum() / (guide.sum() + truth.sum()) > 0.95
    two = guide_of(Hint("extremes", lesion.ends[:2]), rows=ROWS, columns=COLUMNS)
    assert (two & truth).sum() > 0.95 * truth.sum(), "a circle on the long axis holds the lesion"
    assert lesion_ends(np.zeros((5, 5))) is None


def test_correction_clicks_add_and_take_away():
    hint = Hint("box", ((90, 70), (210, 150)))
    before = guide_of(hint, rows=ROWS, columns=COLUMNS)
    after = guide_of(
        Hint("box", hint.points, added=((220.5, 110.5),), removed=((100.5, 110.5),)), rows=ROWS, columns=COLUMNS
    )
    assert (before[110, 220], after[110, 220]) == (0, 1)
    assert (before[110, 100], after[110, 100]) == (1, 0)


@given(st.integers(0, 2**32), st.sampled_from(["calipers", "extremes", "box"]))
@settings(max_examples=40)
def test_simulated_hints_lie_at_the_lesion_and_always_make_a_guide(seed, kind):
    truth = approximate_mask([ellipse_in(90, 70, 210, 150)], rows=ROWS, columns=COLUMNS)
    lesion = lesion_ends(truth)
    assert lesion is not None
    hint = simulated_hint(lesion, kind, truth, random=np.random.default_rng(seed))
    guide = guide_of(hint, rows=ROWS, columns=COLUMNS)
    assert 2 * (guide & truth).sum() / (guide.sum() + truth.sum()) > 0.5
    assert hint == simulated_hint(lesion, kind, truth, random=np.random.default_rng(seed))


def test_hints_that_make_no_outline_are_refused_in_words():
    for hint in (
        Hint("box", ((1, 1), (1, 5))),
        Hint("box", ((1, 1),)),
        Hint("extremes", ((1, 1),)),
        Hint("extremes", tuple((float(at), 1.0) for at in range(5))),
        Hint("extremes", ((4, 4), (4, 4))),
        Hint("calipers", ((4, 4),)),
    ):
        with pytest.raises(GuidanceError):
            guide_of(hint, rows=ROWS, columns=COLUMNS)
