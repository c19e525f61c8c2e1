"""The pixels of a mask as runs: what they must be, and an array again. Pure.

A mask's points are two corners on whole pixels; its runs go row by row through the box between them, beginning with
how many pixels are out, then how many are in, and so on.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError

# A mask drawn pixel by pixel over a whole tomosynthesis frame stays far below this.
MAX_RUNS = 200_000


def check_mask(kind: str, mask: object, points: Sequence[Sequence[float]]) -> dict[str, list[int]] | None:
    """Return a mask's pixels when their runs fill the box and something is in; None for every other kind of mark.

    Raises
    ------
    InvalidError : with the path of the first fault, e.g. "mask.runs[3]".
    """
    if kind != "mask":
        if mask is not None:
            raise InvalidError(f"A {kind} has no mask.", path="mask")
        return None
    runs = mask.get("runs") if isinstance(mask, dict) else None
    if not isinstance(runs, list) or not 1 <= len(runs) <= MAX_RUNS:
        raise InvalidError(f'A mask is {{"runs": [...]}} with 1 to {MAX_RUNS:,} runs.', path="mask")
    for at, run in enumerate(runs):
        if isinstance(run, bool) or not isinstance(run, int) or run < 0 or (run == 0 and at > 0):
            raise InvalidError("A run is a whole number above 0; the first may be 0.", path=f"mask.runs[{at}]")
    if any(value != int(value) for corner in points for value in corner):
        raise InvalidError("The box of a mask lies on whole pixels.", path="points")
    columns, rows = _size(points)
    if sum(runs) != columns * rows:
        raise InvalidError(f"The runs hold {sum(runs):,} pixels, the box {columns * rows:,}.", path="mask.runs")
    if sum(runs[1::2]) == 0:
        raise InvalidError("The mask is empty. Delete it instead.", path="mask.runs")
    return {"runs": runs}


def runs_of(pixels: NDArray[np.bool_]) -> list[int]:
    """The runs of a box of pixels, row by row.

    Parameters
    ----------
    pixels : (rows, columns), not empty.
    """
    flat = pixels.ravel()
    ends = [0, *(np.flatnonzero(np.diff(flat.view(np.int8))) + 1).tolist(), flat.size]
    runs = [after - before for before, after in pairwise(ends)]
    return [0, *runs] if flat[0] else runs


def pixels_of(mask: dict[str, list[int]], points: Sequence[Sequence[float]]) -> NDArray[np.bool_]:
    """The pixels of a checked mask within its box, (rows, columns)."""
    columns, rows = _size(points)
    values = np.arange(len(mask["runs"])) % 2 == 1
    return np.repeat(values, mask["runs"]).reshape(rows, columns)


def _size(points: Sequence[Sequence[float]]) -> tuple[int, int]:
    (column_a, row_a), (column_b, row_b) = points
    return int(abs(column_a - column_b)), int(abs(row_a - row_b))
