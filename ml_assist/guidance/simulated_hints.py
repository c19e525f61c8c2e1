"""The hints that a person would give for a lesion whose mask is known: a guided network is trained with them. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from ml_assist.guidance.caliper_axes import Point
from ml_assist.guidance.guide import Hint, HintKind, guide_of
from ml_assist.guidance.outlines import CIRCLE, AxisAspects

# How far a click lies beside the edge, as a part of the lesion's diameter: one standard deviation.
_UNSTEADY = 0.04
# How often a hint comes with corrections.
_CORRECTED = 0.3


@dataclass(frozen=True)
class LesionEnds:
    """Where a person would click; worked out once a picture.

    Attributes
    ----------
    ends : of the longest diameter, then of the widest extent at right angles to it.
    box : two opposite corners.
    diameter : of the disc of the same area.
    """

    ends: tuple[Point, Point, Point, Point]
    box: tuple[Point, Point]
    diameter: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        ends, box = (tuple((point[0], point[1]) for point in data[name]) for name in ("ends", "box"))
        return cls(ends, box, data["diameter"])  # type: ignore[arg-type]


def lesion_ends(mask: NDArray[np.uint8]) -> LesionEnds | None:
    """Of the largest piece of a mask, (rows, columns), above 0 inside; None where it is empty."""
    outline = _largest_outline(mask)
    if outline is None:
        return None
    hull = cv2.convexHull(outline.astype(np.float32))[:, 0].astype(np.float64)
    apart = np.linalg.norm(hull[:, None] - hull[None], axis=2)
    one, other = np.unravel_index(int(apart.argmax()), apart.shape)
    along = hull[other] - hull[one]
    across = outline @ np.array([-along[1], along[0]])
    ends = [hull[one], hull[other], outline[int(across.argmin())], outline[int(across.argmax())]]
    first, second, third, fourth = _as_points(ends)
    low, high = _as_points([outline.min(axis=0), outline.max(axis=0)])
    area = cv2.contourArea(outline.astype(np.float32))
    return LesionEnds((first, second, third, fourth), (low, high), max(2.0, 2 * float(np.sqrt(area / np.pi))))


def steady_hint(lesion: LesionEnds, kind: HintKind) -> Hint:
    """What a hand that doesn't shake would give: four ends, or the box. What a report judges by."""
    return Hint(kind, lesion.box if kind == "box" else lesion.ends)


def simulated_hint(
    lesion: LesionEnds,
    kind: HintKind,
    mask: NDArray[np.uint8],
    *,
    random: np.random.Generator,
    aspects: AxisAspects = CIRCLE,
) -> Hint:
    """A hint as unsteady as a hand: two, three or four ends, or a box. Of three in ten the faults are clicked away.

    Parameters
    ----------
    mask : (rows, columns), that the lesion was read off.
    aspects : as `guide_of` will have them: what is clicked away are its faults.
    """
    if kind == "box":
        points = np.array(lesion.box)
    else:
        points = np.array(lesion.ends)[: int(random.choice((2, 4) if kind == "calipers" else (2, 3, 4)))]
    rows, columns = mask.shape
    shaken = np.clip(points + random.normal(0, _UNSTEADY * lesion.diameter, points.shape), 0, (columns, rows))
    low, high = shaken.min(axis=0), shaken.max(axis=0)
    if kind == "box":
        # A box keeps an inside however the hand shook.
        shaken = np.array([low - 0.5, high + 0.5])
    elif (high - low).max() < 1:
        shaken = points
    hint = Hint(kind, _as_points(shaken))
    return _corrected(hint, mask, random, aspects) if random.random() < _CORRECTED else hint


def _largest_outline(mask: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """Points on the outer edge of the largest piece, (n, 2)."""
    count, named, stats, _ = cv2.connectedComponentsWithStats((mask > 0).astype(np.uint8), connectivity=8)
    if count < 2:
        return None
    piece = (named == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    contours, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    inner = max(contours, key=len)[:, 0].astype(np.float64)
    # OpenCV's contour runs through pixels, by their whole numbers: of each the corner farthest from the middle counts.
    corners = inner[:, None] + np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float64)
    far = np.linalg.norm(corners - (inner.mean(axis=0) + 0.5), axis=2).argmax(axis=1)
    return np.asarray(corners[np.arange(len(inner)), far], np.float64)


def _corrected(hint: Hint, mask: NDArray[np.uint8], random: np.random.Generator, aspects: AxisAspects) -> Hint:
    rows, columns = mask.shape
    approximate = guide_of(hint, rows=rows, columns=columns, aspects=aspects) > 0
    truth = mask > 0
    added, removed = (_a_place(wrong, random) for wrong in (truth & ~approximate, approximate & ~truth))
    return Hint(hint.kind, hint.points, added=added, removed=removed)


def _a_place(wrong: NDArray[np.bool_], random: np.random.Generator) -> tuple[Point, ...]:
    places = np.flatnonzero(wrong)
    if len(places) == 0:
        return ()
    row, column = divmod(int(places[int(random.integers(len(places)))]), wrong.shape[1])
    return ((column + 0.5, row + 0.5),)


def _as_points(points: Sequence[NDArray[np.float64]] | NDArray[np.float64]) -> tuple[Point, ...]:
    return tuple((float(column), float(row)) for column, row in points)
