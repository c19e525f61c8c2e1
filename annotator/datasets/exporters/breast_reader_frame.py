"""Boxes in the frame of the reader of the BCS-DBT data set, and back. Pure.

That reader compares the sums of the first and the last column of the slice that is asked for: the brighter edge is the
chest wall, and a picture with it at the left is of a left breast. Where that is not the side that the table's View
names, it turns the slice by 180 degrees. Its boxes are in the turned picture, in whole pixels that are counted from 0,
and so are its slices, in the order of the file. Asked for a whole volume it goes by the first slice; boxes are drawn by
their own (draw_box.ipynb asks for `index=slice_index`).

Sources: https://github.com/mazurowski-lab/duke-dbt-data, duke_dbt_data.py, dcmread_image; Buda et al., JAMA Network
Open 4 (2021) e2119100.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.shapes import Points, outline_of
from annotator.imaging.geometry import coco_box


@dataclass(frozen=True)
class ReaderBox:
    """A box in whole pixels of the picture as the data set's reader shows it; x and y of its first pixel, from 0."""

    x: int
    y: int
    width: int
    height: int


def is_turned(one_slice: NDArray[np.generic], *, laterality: str) -> bool:
    """Whether the reader turns a slice.

    Parameters
    ----------
    one_slice : (rows, columns), the stored values of the frame that a box lies on.
    laterality : "L" or "R", as the table's View begins.
    """
    left, right = (int(one_slice[:, column].sum(dtype=np.int64)) for column in (0, -1))
    return ("R" if left < right else "L") != laterality.upper()[:1]


def reader_box(kind: str, points: Points, *, columns: int, rows: int, turned: bool) -> ReaderBox:
    """The box round a mark with an inside, for the reader; its edges go to the nearest edge of a pixel.

    A box that is thinner than a pixel gets the pixel that holds it.
    """
    left, top, width, height = coco_box(outline_of(kind, points))
    x, wide = _whole(left, left + width, columns)
    y, high = _whole(top, top + height, rows)
    box = ReaderBox(x, y, wide, high)
    return turned_box(box, columns=columns, rows=rows) if turned else box


def turned_box(box: ReaderBox, *, columns: int, rows: int) -> ReaderBox:
    """The same box in the picture turned by 180 degrees; its own inverse."""
    return ReaderBox(columns - box.x - box.width, rows - box.y - box.height, box.width, box.height)


def points_of_reader_box(box: ReaderBox, *, columns: int, rows: int, turned: bool) -> list[list[float]]:
    """Two corners in the stored matrix (SCOORD) of a box of the reader's."""
    stored = turned_box(box, columns=columns, rows=rows) if turned else box
    return [
        [float(stored.x), float(stored.y)],
        [float(stored.x + stored.width), float(stored.y + stored.height)],
    ]


def _whole(low: float, high: float, size: int) -> tuple[int, int]:
    start, end = max(0, round(low)), min(size, round(high))
    if end <= start:
        start = min(int(low), size - 1)
        end = start + 1
    return start, end - start
