"""What a reader changed on a suggestion before handing the reading in. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.annotations.mark_pixels import pixels_of_mark
from annotator.annotations.shapes import CLOSED_KINDS
from annotator.statistics.overlap import dice_of_masks

Points = Sequence[Sequence[float]]
Mask = dict[str, list[int]] | None
# Nearer than this a point stayed where it was: rounding, no hand.
_STAYED = 0.25


@dataclass(frozen=True)
class Shape:
    """A mark's or a suggestion's kind, points and mask."""

    kind: str
    points: Points
    mask: Mask = None


@dataclass(frozen=True)
class Change:
    """What became of a suggestion.

    Attributes
    ----------
    is_edited : whether anything moved, came or went.
    dice : of the pixels within both; None of kinds that enclose none, and where nothing is enclosed.
    moved_points : points of the final mark at which the suggestion had none.
    """

    is_edited: bool
    dice: float | None
    moved_points: int


def change_of(proposed: Shape, final: Shape, *, rows: int, columns: int) -> Change:
    """Compare a suggestion with the mark that was handed in, on a frame of this size.

    Source of the Dice coefficient: annotator/statistics/overlap.py.
    """
    moved = sum(not any(_is_near(one, other) for other in proposed.points) for one in final.points)
    same_count = len(proposed.points) == len(final.points)
    is_edited = moved > 0 or not same_count or proposed.kind != final.kind or proposed.mask != final.mask
    return Change(is_edited, _dice(proposed, final, rows, columns) if is_edited else _dice_of_same(proposed), moved)


def _dice(one: Shape, other: Shape, rows: int, columns: int) -> float | None:
    drawn = [pixels_of_mark(shape.kind, shape.points, shape.mask, rows=rows, columns=columns) for shape in (one, other)]
    first, second = drawn
    if first is None or second is None:
        return None
    return float(dice_of_masks(first.on_frame(rows=rows, columns=columns), second.on_frame(rows=rows, columns=columns)))


def _dice_of_same(shape: Shape) -> float | None:
    return 1.0 if shape.kind in CLOSED_KINDS else None


def _is_near(one: Sequence[float], other: Sequence[float]) -> bool:
    return abs(one[0] - other[0]) <= _STAYED and abs(one[1] - other[1]) <= _STAYED
