"""What a mark encloses and spans: outline, area, lengths, angle. Pure; the viewer's marks/ has the same.

Both sides read frontend/viewer/src/marks/outline_cases.json in their tests: what is exported is what was seen.
"""

import math
from collections.abc import Sequence

from annotator.annotations.geometry_checks import polygon_area

Points = Sequence[Sequence[float]]
Scale = tuple[float, float]

# Points of the polygon that stands for an ellipse, and for each part of a curve between two of its points.
ELLIPSE_STEPS = 72
SPLINE_STEPS = 16
# Two points of a curve that lie nearer in pixels are one: between them its parameter has no room to count.
SAME_POINT = 1e-6
SQUARE: Scale = (1.0, 1.0)
CLOSED_KINDS = ("box", "ellipse", "contour", "spline", "mask")


def outline_of(kind: str, points: Points) -> list[list[float]]:
    """The closed polygon that a mark encloses; of a mask its box, of an open kind nothing.

    Parameters
    ----------
    kind, points : as in geometry_checks.check_points.
    """
    if kind in {"box", "mask"}:
        (column_a, row_a), (column_b, row_b) = points
        return [[column_a, row_a], [column_b, row_a], [column_b, row_b], [column_a, row_b]]
    if kind == "ellipse":
        return ellipse_outline(points)
    if kind == "spline":
        return spline_outline(points)
    return [[column, row] for column, row in points] if kind == "contour" else []


def ellipse_outline(points: Points, steps: int = ELLIPSE_STEPS) -> list[list[float]]:
    """Points on an ellipse, from the second end of its first axis towards the second end of its other one.

    Source: DICOM PS3.3 C.18.6.1.2 (Graphic Type ELLIPSE).
    """
    centre = _middle(points[0], points[1])
    first = (points[1][0] - centre[0], points[1][1] - centre[1])
    middle = _middle(points[2], points[3])
    second = (points[3][0] - middle[0], points[3][1] - middle[1])
    turns = [2 * math.pi * step / steps for step in range(steps)]
    return [
        [centre[axis] + first[axis] * math.cos(turn) + second[axis] * math.sin(turn) for axis in (0, 1)]
        for turn in turns
    ]


def spline_outline(points: Points, steps: int = SPLINE_STEPS) -> list[list[float]]:
    """The closed centripetal Catmull-Rom curve through the points, as a polygon.

    Source: Barry and Goldman, SIGGRAPH 1988; Yuksel, Schaefer and Keyser, Computer-Aided Design 43 (2011) 747-755.
    """
    ends = [*points[1:], points[0]]
    distinct = [list(p) for p, following in zip(points, ends, strict=True) if math.dist(p, following) > SAME_POINT]
    count = len(distinct)
    if count < 3:
        return distinct
    return [
        _between([distinct[(at + beside) % count] for beside in (-1, 0, 1, 2)], step / steps)
        for at in range(count)
        for step in range(steps)
    ]


def area_of(
    kind: str, points: Points, mask: dict[str, list[int]] | None = None, *, scale: Scale = SQUARE
) -> float | None:
    """The area that a mark encloses; None for an open kind.

    Parameters
    ----------
    scale : millimetres a column and a row; the area is in square millimetres then, else in square pixels.
    """
    if kind not in CLOSED_KINDS:
        return None
    unit = scale[0] * scale[1]
    if mask is not None:
        return sum(mask["runs"][1::2]) * unit
    if kind == "ellipse":
        long, short = lengths_of(kind, points, scale=scale)
        return math.pi / 4 * long * short
    return polygon_area(outline_of(kind, points)) * unit


def lengths_of(kind: str, points: Points, *, scale: Scale = SQUARE) -> tuple[float, ...]:
    """A length's length; the axes of a bidirectional and of an ellipse, the longer first; nothing for other kinds.

    Parameters
    ----------
    scale : as for `area_of`. What is perpendicular in the stored matrix is not so in pixels that aren't square: the
        axes of an ellipse are those of the ellipse in millimetres.
    """
    if kind == "length":
        return (_distance(points[0], points[1], scale),)
    if kind == "bidirectional":
        axes = (_distance(points[0], points[1], scale), _distance(points[2], points[3], scale))
        return max(axes), min(axes)
    if kind == "ellipse":
        (p, q), (r, s) = (_step(points[at], points[at + 1], scale) for at in (0, 2))
        # The singular values of the matrix that makes the ellipse of a circle.
        total, product = p * p + q * q + r * r + s * s, 2 * abs(p * s - q * r)
        plus, minus = math.sqrt(total + product), math.sqrt(max(0.0, total - product))
        return (plus + minus) / 2, (plus - minus) / 2
    return ()


def angle_of(points: Points, *, scale: Scale = SQUARE) -> float:
    """The angle at the second of three points, in degrees, 0 to 180."""
    (p, q), (r, s) = (_step(points[1], points[at], scale) for at in (0, 2))
    return math.degrees(math.atan2(abs(p * s - q * r), p * r + q * s))


def _middle(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _step(start: Sequence[float], end: Sequence[float], scale: Scale) -> tuple[float, float]:
    return (end[0] - start[0]) * scale[0], (end[1] - start[1]) * scale[1]


def _distance(start: Sequence[float], end: Sequence[float], scale: Scale) -> float:
    return math.hypot(*_step(start, end, scale))


def _between(four: list[list[float]], part: float) -> list[float]:
    """The point at a part of the way from the second to the third of four points."""
    p0, p1, p2, p3 = four
    if part == 0:
        return p1
    t1 = math.sqrt(math.dist(p0, p1))
    t2 = t1 + math.sqrt(math.dist(p1, p2))
    t3 = t2 + math.sqrt(math.dist(p2, p3))
    t = t1 + part * (t2 - t1)
    a1, a2, a3 = _mix(p0, p1, 0.0, t1, t), _mix(p1, p2, t1, t2, t), _mix(p2, p3, t2, t3, t)
    return _mix(_mix(a1, a2, 0.0, t2, t), _mix(a2, a3, t1, t3, t), t1, t2, t)


def _mix(a: list[float], b: list[float], start: float, end: float, t: float) -> list[float]:
    u, v = (end - t) / (end - start), (t - start) / (end - start)
    return [a[0] * u + b[0] * v, a[1] * u + b[1] * v]
