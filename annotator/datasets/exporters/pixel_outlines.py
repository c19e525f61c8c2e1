"""The edges of a mask as polygons that run between pixels, so that filling them gives the same pixels back. Pure.

Formats of outlines (YOLO, RTSTRUCT, SR) know neither holes nor several pieces in one polygon. There a hole is joined to
its rim, and a piece to the one before, by a way that is gone twice: it encloses nothing. The ways run along columns and
rows of pixel corners, where no pixel's centre lies, so that no program's rounding fills one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Corner = tuple[int, int]
# The corner that an edge leaves and where it goes to, as _STEPS counts directions.
Edge = tuple[int, int, int]
# A step to the right, down, to the left, up; in that order a turn to the right is the next one.
_STEPS: tuple[Corner, ...] = ((1, 0), (0, 1), (-1, 0), (0, -1))
# By direction of an edge: how to roll the picture so that a pixel meets what is beyond, and where the edge begins.
_SIDES: tuple[tuple[int, Corner, Corner], ...] = (
    (0, (1, 0), (0, 0)),
    (1, (0, -1), (1, 0)),
    (2, (-1, 0), (1, 1)),
    (3, (0, 1), (0, 1)),
)


@dataclass(frozen=True)
class Piece:
    """Pixels that touch at their edges.

    Attributes
    ----------
    rim : corners round it, clockwise as the picture is seen, (column, row) of pixel corners.
    holes : corners round each hole, counter-clockwise.
    """

    rim: tuple[Corner, ...]
    holes: tuple[tuple[Corner, ...], ...]

    def outline(self) -> list[Corner]:
        """One closed polygon that encloses the piece without its holes."""
        return joined([self.rim, *self.holes])


def pieces_of(pixels: NDArray[np.bool_], *, column: int = 0, row: int = 0) -> list[Piece]:
    """The pieces of a mask, from top to bottom.

    Parameters
    ----------
    pixels : (rows, columns); what lies outside is out.
    column, row : of the first pixel in the frame.
    """
    padded = np.pad(pixels.astype(bool), 1)
    beside, named = cv2.connectedComponents(padded.astype(np.uint8), connectivity=4)
    count = beside - 1
    rims: list[list[tuple[Corner, ...]]] = [[] for _ in range(count)]
    holes: list[list[tuple[Corner, ...]]] = [[] for _ in range(count)]
    for loop, owner in _loops(padded, np.asarray(named, dtype=np.int32)):
        shifted = tuple((c + column - 1, r + row - 1) for c, r in loop)
        (rims if _turns_clockwise(shifted) else holes)[owner - 1].append(shifted)
    pieces = [Piece(rim, tuple(inner)) for (rim,), inner in zip(rims, holes, strict=True)]
    return sorted(pieces, key=lambda piece: piece.rim[0][::-1])


def joined(loops: Sequence[Sequence[Corner]]) -> list[Corner]:
    """One closed polygon of several loops, joined by ways that enclose nothing."""
    first = list(loops[0])
    path = [*first, first[0]]
    for loop in loops[1:]:
        start, end = path[0], loop[0]
        corner = (end[0], start[1])
        path += [corner, *loop, end, corner, start]
    return [point for at, point in enumerate(path[:-1]) if at == 0 or point != path[at - 1]]


def mask_outline(pixels: NDArray[np.bool_], *, column: int = 0, row: int = 0) -> list[Corner]:
    """One polygon for all of a mask, whatever its pieces and holes."""
    pieces = pieces_of(pixels, column=column, row=row)
    return joined([loop for piece in pieces for loop in (piece.rim, *piece.holes)])


def _loops(padded: NDArray[np.bool_], named: NDArray[np.int32]) -> list[tuple[list[Corner], int]]:
    """Closed ways along the edges of pixels that are in, which lie at the right hand; with the name of their piece."""
    owner: dict[Edge, int] = {}
    for direction, beyond, (right, down) in _SIDES:
        for row, column in zip(*np.nonzero(padded & ~np.roll(padded, beyond, axis=(0, 1))), strict=True):
            owner[int(column) + right, int(row) + down, direction] = int(named[row, column])
    loops = []
    left = dict.fromkeys(sorted(owner, key=lambda edge: (edge[1], edge[0], edge[2])))
    while left:
        first = next(iter(left))
        edge, way = first, [first]
        while (edge := _following(edge, owner)) != first:
            way.append(edge)
        for gone in way:
            del left[gone]
        turns = [(c, r) for (c, r, now), (_, _, before) in zip(way, [way[-1], *way], strict=False) if now != before]
        loops.append((turns, owner[first]))
    return loops


def _following(edge: Edge, edges: dict[Edge, int]) -> Edge:
    column, row, direction = edge
    right, down = _STEPS[direction]
    # Pixels that touch at a corner alone are two pieces: the first turn to the right stays with the one at hand.
    ways = ((column + right, row + down, (direction + turn) % 4) for turn in (1, 0, 3))
    return next(way for way in ways if way in edges)


def _turns_clockwise(loop: Sequence[Corner]) -> bool:
    twice = sum(a * d - c * b for (a, b), (c, d) in zip(loop, [*loop[1:], loop[0]], strict=True))
    return twice > 0
