"""What a mark's points must be: finite numbers inside the frame that enclose something. Pure."""

import math
from collections.abc import Sequence
from itertools import pairwise

from annotator.accounts.errors import InvalidError

# A freehand contour at a point a pixel round a whole 4,000-pixel breast stays below this.
MAX_CONTOUR_POINTS = 5_000
MAX_SPLINE_POINTS = 500
# Square pixels; what is smaller than this has no area but for rounding.
MIN_AREA = 1e-6
# How far in pixels an ellipse's axes may be from crossing in their middle at a right angle: less than the eye sees,
# more than programs lose that round to tenths.
AXES_TOLERANCE = 0.25

_COUNTS = {
    "box": (2, 2),
    "ellipse": (4, 4),
    "contour": (3, MAX_CONTOUR_POINTS),
    "spline": (3, MAX_SPLINE_POINTS),
    "point": (1, 1),
    "length": (2, 2),
    "bidirectional": (4, 4),
    "angle": (3, 3),
    "arrow": (2, 2),
    "mask": (2, 2),
    "slices": (0, 0),
}


def check_points(kind: str, points: object, *, rows: int, columns: int) -> list[list[float]]:
    """Return the points as floats, when they can be a mark of this kind on a frame of this size.

    Parameters
    ----------
    kind : "box" two opposite corners; "ellipse" the ends of its major, then of its minor axis (DICOM SCOORD);
        "contour" a closed polygon; "spline" the points that a closed curve goes through; "point" one; "length" two
        ends; "bidirectional" the ends of the long, then of the short axis; "angle" three, the vertex between; "arrow"
        tip and tail; "mask" the corners of what encloses it; "slices" none.
    points : [[column, row], ...], continuous, (0, 0) the outer top-left corner of the top-left pixel, so that
        columns run from 0 to `columns` and rows from 0 to `rows`, ends included (DICOM SCOORD, PS3.3 C.18.6).

    Raises
    ------
    InvalidError : with the path of the first fault, e.g. "points[3][0]".
    """
    if kind not in _COUNTS:
        raise InvalidError(f"A mark is one of {', '.join(_COUNTS)}, not {kind!r}.", path="kind")
    if not isinstance(points, Sequence) or isinstance(points, (str, bytes)):
        raise InvalidError("The points of a mark are a list of [column, row].", path="points")
    least, most = _COUNTS[kind]
    if not least <= len(points) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most:,}"
        raise InvalidError(f"A {kind} has {wanted} points, not {len(points):,}.", path="points")
    checked = [_checked_point(point, f"points[{at}]", rows=rows, columns=columns) for at, point in enumerate(points)]
    if kind in {"box", "mask"}:
        _check_box(checked)
    elif kind in {"contour", "spline"}:
        _check_contour(kind, checked)
    elif kind == "ellipse":
        _check_ellipse(checked)
    elif kind in {"length", "arrow", "bidirectional", "angle"}:
        _check_lines(kind, checked)
    return checked


def polygon_area(points: Sequence[Sequence[float]]) -> float:
    """Area of a closed polygon in square pixels, by the shoelace formula; parts that cross over cancel."""
    # Taken from the first point, so that a small contour far from the origin loses no digits.
    first_column, first_row = points[0]
    shifted = [(column - first_column, row - first_row) for column, row in points]
    ends = [*shifted[1:], shifted[0]]
    return abs(math.fsum(a * d - c * b for (a, b), (c, d) in zip(shifted, ends, strict=True))) / 2


def _checked_point(point: object, path: str, *, rows: int, columns: int) -> list[float]:
    if not isinstance(point, Sequence) or isinstance(point, (str, bytes)) or len(point) != 2:
        raise InvalidError("A point is [column, row].", path=path)
    column = _checked_coordinate(point[0], f"{path}[0]", name="column", limit=columns)
    row = _checked_coordinate(point[1], f"{path}[1]", name="row", limit=rows)
    return [column, row]


def _checked_coordinate(value: object, path: str, *, name: str, limit: int) -> float:
    # True is an int to Python; in a coordinate it is a mistake of the sender.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidError(f"A {name} is a number, not {type(value).__name__}.", path=path)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidError(f"A {name} is a finite number, not {value}.", path=path)
    if not 0 <= value <= limit:
        shown = f"{value:g}" if isinstance(value, float) else f"{value}"[:20]
        raise InvalidError(f"The {name} {shown} lies outside the image, which has {limit} {name}s.", path=path)
    return float(value) + 0.0  # -0.0 becomes 0.0


def _check_box(corners: list[list[float]]) -> None:
    (column_a, row_a), (column_b, row_b) = corners
    if abs(column_a - column_b) * abs(row_a - row_b) < MIN_AREA:
        raise InvalidError("The box has no area. Draw it from one corner to the opposite one.", path="points")


def _check_lines(kind: str, points: list[list[float]]) -> None:
    ends = zip(points[::2], points[1::2], strict=True) if kind == "bidirectional" else pairwise(points)
    if any(a == b for a, b in ends):
        raise InvalidError(f"The {kind} has a line without length. Draw it from one end to the other.", path="points")


def _check_contour(kind: str, points: list[list[float]]) -> None:
    if len({(column, row) for column, row in points}) < 3:
        raise InvalidError(f"A {kind} needs three different points.", path="points")
    if polygon_area(points) < MIN_AREA:
        raise InvalidError(f"The {kind} encloses no area. Draw round what you mean.", path="points")


def _check_ellipse(points: list[list[float]]) -> None:
    a, b, c, d = points
    axes = [(b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])]
    lengths = [math.hypot(*axis) for axis in axes]
    if math.prod(lengths) < MIN_AREA:
        raise InvalidError("The ellipse has no area. Draw it from one corner of its box to the other.", path="points")
    apart = math.hypot(a[0] + b[0] - c[0] - d[0], a[1] + b[1] - c[1] - d[1]) / 2
    if apart > AXES_TOLERANCE:
        raise InvalidError(
            f"The axes of an ellipse cross in their middle; these middles are {apart:.2f} pixels apart.",
            path="points[2]",
        )
    # How far the ends of the shorter axis lie from where a right angle would have them.
    askew = abs(axes[0][0] * axes[1][0] + axes[0][1] * axes[1][1]) / max(lengths) / 2
    if askew > AXES_TOLERANCE:
        raise InvalidError(
            f"The axes of an ellipse cross at a right angle; the shorter of these ends {askew:.2f} pixels beside it.",
            path="points[2]",
        )
