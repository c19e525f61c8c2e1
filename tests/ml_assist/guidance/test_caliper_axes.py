"""Calipers are paired as a sonographer meant them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion
from ml_assist.guidance.caliper_axes import Axis, GuidanceError, MeasuredLesion, measured_lesions


def crossing(middle: tuple[float, float], half: tuple[float, float], degrees: float) -> list[list[float]]:
    """Ends of two axes that halve each other at right angles: long, long, short, short."""
    along = np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    across = np.array([-along[1], along[0]])
    ends = [middle + sign * size * axis for size, axis in zip(half, (along, across), strict=True) for sign in (-1, 1)]
    return [list(map(float, end)) for end in ends]


lesions = st.tuples(
    st.tuples(st.floats(100, 400), st.floats(100, 400)),
    st.tuples(st.floats(20, 80), st.floats(0.3, 0.95)).map(lambda one: (one[0], one[0] * one[1])),
    st.floats(0, 180),
)


@given(lesions, st.permutations(range(4)))
@settings(max_examples=60)
def test_four_calipers_are_two_axes_that_cross_whatever_their_order(lesion, order):
    ends = crossing(*lesion)
    [found] = measured_lesions([ends[one] for one in order])
    assert [sorted((axis.start, axis.end)) for axis in found.axes] == [
        sorted(map(tuple, ends[:2])),
        sorted(map(tuple, ends[2:])),
    ]
    assert found.axes[0].length == pytest.approx(2 * lesion[1][0])


@given(st.floats(0, 180), st.floats(0, 180), st.permutations(range(8)))
@settings(max_examples=30)
def test_two_lesions_side_by_side_stay_apart(first, second, order):
    ends = crossing((100, 100), (40, 25), first) + crossing((260, 120), (35, 30), second)
    found = measured_lesions([ends[one] for one in order])
    assert [sorted(lesion.points) for lesion in found] == [sorted(map(tuple, ends[:4])), sorted(map(tuple, ends[4:]))]


def test_odd_ones_are_left_over_and_too_few_are_refused():
    assert measured_lesions([[10, 10], [40, 10], [400, 300]]) == [MeasuredLesion((Axis((10, 10), (40, 10)),))]
    six = [*crossing((100, 100), (40, 25), 30), [300, 300], [330, 310]]
    assert [len(lesion.axes) for lesion in measured_lesions(six)] == [2, 1]
    for wrong in ([], [[1, 1]], [[1, 1, 1], [2, 2, 2]], [[np.nan, 1], [2, 2]], np.ones((13, 2))):
        with pytest.raises(GuidanceError):
            measured_lesions(wrong)


def test_an_axis_is_measured_where_the_region_is_calibrated_and_nowhere_else():
    region = UltrasoundRegion(0, 0, 199, 199, 0.1, 0.2, spatial=True)
    geometry = FrameGeometry(regions=(region,))
    lesion = MeasuredLesion((Axis((10, 10), (110, 10)), Axis((60, 5), (60, 55))))
    assert lesion.lengths_mm(geometry) == pytest.approx((10.0, 10.0))
    assert MeasuredLesion((Axis((10, 10), (250, 10)),)).lengths_mm(geometry) is None
