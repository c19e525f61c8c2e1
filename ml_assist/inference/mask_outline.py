"""From what a network drew to one polygon that a hand can change: few points, none beside the edge. Pure."""

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.annotations.geometry_checks import MIN_AREA, polygon_area

_LEVEL = 0.5
# Points may leave the edge by this part of the lesion's diameter, and at least by this many pixels.
_TOLERANCE_PART, _TOLERANCE_LEAST = 0.008, 0.5
_MOST_POINTS = 60
_ENLARGED_SIDE = 1024


def outline_of_probability(
    probability: NDArray[np.float32], *, near: NDArray[np.uint8] | None = None
) -> list[list[float]] | None:
    """The outer edge of one piece as a closed polygon, [[column, row], ...]; None where nothing is drawn.

    Holes are filled. The edge runs between pixels where the probability crosses a half, as it is seen.

    Parameters
    ----------
    probability : (rows, columns), 0 to 1.
    near : (rows, columns), above 0 where the reader pointed: the piece that covers most of it is taken, the largest
        one where none does.
    """
    piece = _piece(probability >= _LEVEL, near)
    if piece is None:
        return None
    edge = _edge(np.where(piece, np.maximum(probability, _LEVEL + 0.01), np.minimum(probability, _LEVEL - 0.01)), piece)
    rows, columns = probability.shape
    edge = np.clip(edge, 0, (columns, rows))
    tolerance = max(_TOLERANCE_LEAST, _TOLERANCE_PART * 2 * float(np.sqrt(piece.sum() / np.pi)))
    simple = _simplified(edge, tolerance)
    while len(simple) > _MOST_POINTS:
        tolerance *= 1.25
        simple = _simplified(edge, tolerance)
    points = [[round(float(column), 2), round(float(row), 2)] for column, row in simple]
    return points if len(points) >= 3 and polygon_area(points) > MIN_AREA else None


def _piece(mask: NDArray[np.bool_], near: NDArray[np.uint8] | None) -> NDArray[np.bool_] | None:
    count, named, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return None
    chosen = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if near is not None:
        covered = np.bincount(named[near > 0], minlength=count)
        covered[0] = 0
        if covered.max() > 0:
            chosen = int(np.argmax(covered))
    return np.asarray(named == chosen)


def _edge(values: NDArray[np.float32], piece: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The outer line at the level, in SCOORD; the picture's border closes it."""
    lines, across = np.flatnonzero(piece.any(axis=1)), np.flatnonzero(piece.any(axis=0))
    top, bottom = max(0, int(lines[0]) - 1), min(len(values), int(lines[-1]) + 2)
    left, right = max(0, int(across[0]) - 1), min(values.shape[1], int(across[-1]) + 2)
    part = np.ascontiguousarray(values[top:bottom, left:right])
    # OpenCV's lines run through pixels: enlarged, these are so small that the half of one doesn't matter.
    times = int(np.clip(_ENLARGED_SIDE // max(part.shape), 1, 4))
    height, width = part.shape[0] * times, part.shape[1] * times
    inside = (cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR) >= _LEVEL).astype(np.uint8)
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(contours, key=len)[:, 0]
    return np.asarray((longest + 0.5) / times + (left, top), np.float64)


def _simplified(edge: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Douglas-Peucker on a closed line."""
    simple = cv2.approxPolyDP(edge.astype(np.float32)[:, None], tolerance, closed=True)[:, 0]
    return np.asarray(simple, np.float64)
