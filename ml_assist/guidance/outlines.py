"""An outline through the few points that a person or a machine left at a lesion's edge. Pure.

Source: Buda et al., Ultrasound Med Biol 46 (2020) 415-421: four calipers are joined by cubic interpolation; two are
completed to a circle, or to an ellipse where the circle leaves the picture. Where it is known how wide lesions are
across such an axis, two are completed to the ellipse of that aspect instead.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from ml_assist.guidance.caliper_axes import GuidanceError, points_of

Outline = NDArray[np.float64]
# How far a lesion reaches across an axis, as a part of the axis: across a level one, and across an upright one.
AxisAspects = tuple[float, float]
CIRCLE: AxisAspects = (1.0, 1.0)
_STEPS = 96
# An ellipse that would be thinner than this part of its axis is let out of the picture instead, and cut off there.
_THINNEST = 0.25


def outline_of(points: ArrayLike, *, rows: int, columns: int, aspects: AxisAspects = CIRCLE) -> Outline:
    """The outline of one lesion, (n, 2) of column and row, from two, three, four or more points on its edge.

    Parameters
    ----------
    rows, columns : of the picture that it should lie in.
    aspects : for two points alone.

    Raises
    ------
    GuidanceError : fewer than two points, or all in one place.
    """
    edge = points_of(points)
    if len(edge) < 2 or np.ptp(edge, axis=0).max() == 0:
        raise GuidanceError("An outline needs two points that lie apart.")
    if len(edge) == 2:
        return _round_two(edge[0], edge[1], rows=rows, columns=columns, aspects=aspects)
    if len(edge) == 3:
        return _through_three(edge)
    return closed_cubic(edge)


def closed_cubic(points: ArrayLike) -> Outline:
    """A smooth closed curve through points in the order in which they lie round their middle.

    Raises
    ------
    GuidanceError : fewer than three that lie apart.
    """
    edge = np.unique(points_of(points), axis=0)
    if len(edge) < 3:
        raise GuidanceError("A closed curve needs three points that lie apart.")
    around = edge - edge.mean(axis=0)
    edge = edge[np.argsort(np.arctan2(around[:, 1], around[:, 0]), kind="stable")]
    # One step from point to point, as axes of unlike lengths need: by their distances a thin lesion would be bulged.
    curve = CubicSpline(np.arange(len(edge) + 1), np.vstack([edge, edge[:1]]), bc_type="periodic")
    return np.asarray(curve(np.linspace(0, len(edge), _STEPS, endpoint=False)), dtype=np.float64)


def ellipse_in(left: float, top: float, right: float, bottom: float) -> Outline:
    """The ellipse that touches the sides of a box.

    Raises
    ------
    GuidanceError : the box has no inside.
    """
    if not (right > left and bottom > top):
        raise GuidanceError("The box has no inside.")
    return _ellipse(
        np.array([(left + right) / 2, (top + bottom) / 2]),
        np.array([(right - left) / 2, 0.0]),
        np.array([0.0, (bottom - top) / 2]),
    )


def _round_two(start: Outline, end: Outline, *, rows: int, columns: int, aspects: AxisAspects) -> Outline:
    """An ellipse on the axis between two points, as wide as usual; where it leaves the picture, the widest inside."""
    middle, half = (start + end) / 2, (end - start) / 2
    across = np.array([-half[1], half[0]])
    room = np.array([min(middle[0], columns - middle[0]), min(middle[1], rows - middle[1])])
    # An ellipse reaches sqrt(half² + (part·across)²) from its middle, each way (its support function).
    free = np.maximum(room**2 - half**2, 0.0)
    # Upright and level axes reach no farther one way, however wide the ellipse is, but for the last digit of a float.
    matters = np.abs(across) > 1e-9 * np.linalg.norm(across)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(matters, np.sqrt(free) / np.abs(across), np.inf)
    level, upright = aspects
    steep = float(half[1] ** 2 / (half @ half))
    usual = level + (upright - level) * steep
    return _ellipse(middle, half, across * np.clip(float(parts.min()), min(_THINNEST, usual), usual))


def _through_three(edge: Outline) -> Outline:
    """The ellipse whose long axis joins the two that lie farthest apart, and which runs through the third."""
    pairs = [(0, 1, 2), (0, 2, 1), (1, 2, 0)]
    one, other, third = max(pairs, key=lambda pair: float(np.linalg.norm(edge[pair[0]] - edge[pair[1]])))
    middle, half = (edge[one] + edge[other]) / 2, (edge[other] - edge[one]) / 2
    long = float(np.linalg.norm(half))
    along, across = half / long, np.array([-half[1], half[0]]) / long
    offset = edge[third] - middle
    # Beside an end of the axis no ellipse on it reaches the third point: it is taken a little nearer to the middle.
    share = min(abs(float(offset @ along)) / long, 0.98)
    short = abs(float(offset @ across)) / np.sqrt(1 - share**2)
    return _ellipse(middle, half, across * np.clip(short, _THINNEST * long, long))


def _ellipse(middle: Outline, half: Outline, across: Outline) -> Outline:
    turn = np.linspace(0, 2 * np.pi, _STEPS, endpoint=False)[:, None]
    return np.asarray(middle + np.cos(turn) * half + np.sin(turn) * across, dtype=np.float64)
