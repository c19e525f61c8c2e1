"""The second channel of the guided network: calipers, clicks or a box as an approximate mask. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from ml_assist.guidance.caliper_axes import GuidanceError, Point, measured_lesions, points_of
from ml_assist.guidance.outlines import CIRCLE, AxisAspects, Outline, ellipse_in, outline_of

HintKind = Literal["calipers", "extremes", "box"]
HINT_KINDS: tuple[HintKind, ...] = get_args(HintKind)
_MOST_CLICKS = 4
# A correction covers this part of the approximate mask's diameter, and at least so many pixels.
_CLICK_PART, _CLICK_LEAST = 0.12, 3.0


@dataclass(frozen=True)
class Hint:
    """What is known of a lesion before it is outlined.

    Attributes
    ----------
    kind : "calipers" are found in the picture and may be of several lesions; "extremes" are 2 to 4 clicks on one
        lesion's edge; "box" is two opposite corners.
    points : column and row.
    added, removed : clicks that correct: inside the lesion, and outside of it.
    """

    kind: HintKind
    points: tuple[Point, ...]
    added: tuple[Point, ...] = field(default=())
    removed: tuple[Point, ...] = field(default=())


def guide_of(hint: Hint, *, rows: int, columns: int, aspects: AxisAspects = CIRCLE) -> NDArray[np.uint8]:
    """The approximate mask of a hint, (rows, columns), 0 and 1.

    Parameters
    ----------
    aspects : of lesions that only two points are known of.

    Raises
    ------
    GuidanceError : the hint's points make no outline.
    """
    mask = approximate_mask(outlines_of(hint, rows=rows, columns=columns, aspects=aspects), rows=rows, columns=columns)
    if not hint.added and not hint.removed:
        return mask
    radius = round(max(_CLICK_LEAST, _CLICK_PART * 2 * np.sqrt(mask.sum() / np.pi)))
    for clicks, value in ((hint.added, 1), (hint.removed, 0)):
        for column, row in points_of(clicks):
            cv2.circle(mask, (int(column), int(row)), radius, value, thickness=-1)
    return mask


def outlines_of(hint: Hint, *, rows: int, columns: int, aspects: AxisAspects = CIRCLE) -> list[Outline]:
    """An outline a lesion, (n, 2) each, cut off by nothing.

    Raises
    ------
    GuidanceError : the hint's points make none.
    """
    if hint.kind == "calipers":
        return [
            outline_of(one.points, rows=rows, columns=columns, aspects=aspects) for one in measured_lesions(hint.points)
        ]
    if hint.kind == "box":
        if len(hint.points) != 2:
            raise GuidanceError(f"A box is two corners, not {len(hint.points)}.")
        low, high = points_of(hint.points).min(axis=0), points_of(hint.points).max(axis=0)
        return [ellipse_in(low[0], low[1], high[0], high[1])]
    if not 2 <= len(hint.points) <= _MOST_CLICKS:
        raise GuidanceError(f"Click two to {_MOST_CLICKS} ends of the lesion, not {len(hint.points)}.")
    return [outline_of(hint.points, rows=rows, columns=columns, aspects=aspects)]


def approximate_mask(outlines: Iterable[Outline], *, rows: int, columns: int) -> NDArray[np.uint8]:
    """What lies within some outlines, (rows, columns), 0 and 1; pixels count by their centres, as those of marks do."""
    mask = np.zeros((rows, columns), np.uint8)
    for outline in outlines:
        mask |= _filled(outline, rows, columns)
    return mask


def _filled(outline: Outline, rows: int, columns: int) -> NDArray[np.uint8]:
    """The even-odd rule for all rows at once: mark_pixels.filled_polygon goes row by row, too slow for every step."""
    top, bottom = np.clip((int(np.floor(outline[:, 1].min())), int(np.ceil(outline[:, 1].max()))), 0, rows)
    starts, ends = outline, np.roll(outline, -1, axis=0)
    centres = np.arange(top, bottom) + 0.5
    line, edge = np.nonzero((starts[:, 1] > centres[:, None]) != (ends[:, 1] > centres[:, None]))
    begin, end = starts[edge], ends[edge]
    crossing = begin[:, 0] + (centres[line] - begin[:, 1]) / (end[:, 1] - begin[:, 1]) * (end[:, 0] - begin[:, 0])
    turns = np.zeros((bottom - top, columns + 1), np.uint8)
    np.add.at(turns, (line, np.clip(np.ceil(crossing - 0.5), 0, columns).astype(np.intp)), 1)
    mask = np.zeros((rows, columns), np.uint8)
    mask[top:bottom] = np.bitwise_xor.accumulate(turns[:, :-1] & 1, axis=1)
    return mask
