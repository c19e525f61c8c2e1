"""What a network drew becomes one polygon with few points that holds the same pixels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.annotations.geometry_checks import check_points
from annotator.annotations.mark_pixels import filled_polygon
from ml_assist.inference.mask_outline import outline_of_probability

ROWS, COLUMNS = 120, 160


def blob(column: float, row: float, across: float, down: float, turn: float = 0.0) -> NDArray[np.float32]:
    """A lesion with a soft edge: 0.5 on an ellipse."""
    rows, columns = np.mgrid[:ROWS, :COLUMNS] + 0.5
    x, y = columns - column, rows - row
    along, beside = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    distance = np.hypot(along / across, beside / down)
    return (1 / (1 + np.exp(8 * (distance - 1)))).astype(np.float32)


def dice(points: list[list[float]], mask: NDArray[np.bool_]) -> float:
    filled = filled_polygon(points, rows=ROWS, columns=COLUMNS)
    assert filled is not None
    whole = np.zeros_like(mask)
    height, width = filled.pixels.shape
    whole[filled.row : filled.row + height, filled.column : filled.column + width] = filled.pixels
    return float(2 * (whole & mask).sum() / (whole.sum() + mask.sum()))


@settings(max_examples=25)
@given(st.floats(-5, 165), st.floats(-5, 125), st.floats(8, 60), st.floats(8, 60), st.floats(0, 3.1))
def test_the_polygon_holds_what_was_drawn_with_few_points_within_the_picture(column, row, across, down, turn) -> None:
    probability = blob(column, row, across, down, turn)
    mask = probability >= 0.5
    points = outline_of_probability(probability)
    if mask.sum() < 30:
        return
    assert points is not None
    assert 3 <= len(points) <= 60
    check_points("contour", points, rows=ROWS, columns=COLUMNS)
    assert dice(points, mask) > 0.95


def test_the_piece_that_the_reader_pointed_at_is_taken_holes_are_filled_and_nothing_is_said_of_nothing() -> None:
    large, small = blob(110, 60, 40, 40), blob(30, 60, 12, 12)
    both = np.maximum(large, small)
    large_points, small_points = outline_of_probability(both), outline_of_probability(both, near=small > 0.5)
    assert dice(large_points or [], large >= 0.5) > 0.97
    assert dice(small_points or [], small >= 0.5) > 0.95
    assert outline_of_probability(both, near=np.zeros((ROWS, COLUMNS), np.uint8)) == large_points
    ring = np.where(blob(110, 60, 15, 15) > 0.5, np.float32(0), large)
    assert dice(outline_of_probability(ring) or [], large >= 0.5) > 0.97
    assert outline_of_probability(np.full((ROWS, COLUMNS), 0.4, np.float32)) is None
    whole = outline_of_probability(np.ones((ROWS, COLUMNS), np.float32))
    assert dice(whole or [], np.ones((ROWS, COLUMNS), bool)) > 0.98
