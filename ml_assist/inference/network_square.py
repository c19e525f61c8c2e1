"""From a picture of any size to the square that a network sees, and back with what it drew there. Pure.

Source: Buda et al., Ultrasound Med Biol 46 (2020) 415-421, Pre-processing: values stretched between their 1st and 99th
percentile, the largest piece above 2 % of the maximum cut out, filled up to a square with black, resized to 320.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.datasets.preprocessing.painting import calipers_painted_out

_LOW, _HIGH = 1.0, 99.0
_BLACK = 0.02
_CALIPER_RADIUS = 7


@dataclass(frozen=True)
class NetworkSquare:
    """Which part of a picture lies where in the square.

    Attributes
    ----------
    rows, columns : of the whole picture.
    top, left, height, width : of the part that was cut out.
    size : of the square's sides; the part lies in its middle, its shape kept.
    """

    rows: int
    columns: int
    top: int
    left: int
    height: int
    width: int
    size: int

    @property
    def side(self) -> int:
        """Of the square before it was resized, in pixels of the picture."""
        return max(self.height, self.width)

    @property
    def above(self) -> int:
        return (self.side - self.height) // 2

    @property
    def before(self) -> int:
        return (self.side - self.width) // 2

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data)

    def into(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(rows, columns) or (rows, columns, channels) to (size, size[, channels]); black where there is no picture."""
        square = np.zeros((self.side, self.side, *picture.shape[2:]), np.uint8)
        square[self.above : self.above + self.height, self.before : self.before + self.width] = picture[
            self.top : self.top + self.height, self.left : self.left + self.width
        ]
        return _resized(square, self.size)

    def mask_into(self, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A mask, (rows, columns), as (size, size) of 0 and 1: pixels of which half is in."""
        return (self.into((mask > 0).astype(np.uint8) * np.uint8(255)) >= 128).astype(np.uint8)

    def out_of(self, drawn: NDArray[np.float32]) -> NDArray[np.float32]:
        """What a network drew, (size, size), on the whole picture, (rows, columns); 0 outside of the part."""
        square = cv2.resize(drawn, (self.side, self.side), interpolation=_way(self.size, self.side))
        whole = np.zeros((self.rows, self.columns), np.float32)
        whole[self.top : self.top + self.height, self.left : self.left + self.width] = square[
            self.above : self.above + self.height, self.before : self.before + self.width
        ]
        return whole

    def points_into(self, points: ArrayLike) -> NDArray[np.float64]:
        """(n, 2) of column and row in the picture, as they lie in the square."""
        corner = (self.left - self.before, self.top - self.above)
        return (np.asarray(points, np.float64).reshape(-1, 2) - corner) * (self.size / self.side)

    def points_out_of(self, points: ArrayLike) -> NDArray[np.float64]:
        """The way back."""
        corner = (self.left - self.before, self.top - self.above)
        return np.asarray(points, np.float64).reshape(-1, 2) * (self.side / self.size) + corner


def square_of(picture: NDArray[np.uint8], *, size: int, crop: bool) -> NetworkSquare:
    """Where a picture goes.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, channels).
    crop : whether the largest piece that isn't black is cut out; else the whole picture goes in.
    """
    rows, columns = picture.shape[:2]
    top, left, height, width = _region(picture) if crop else (0, 0, rows, columns)
    return NetworkSquare(rows, columns, top, left, height, width, size)


def made_visible(
    picture: NDArray[np.uint8], calipers: NDArray[np.float64], *, stretch: bool, paint_out: bool
) -> NDArray[np.uint8]:
    """A picture, (rows, columns, channels), as a network is shown it, still in its own size.

    Parameters
    ----------
    calipers : (n, 2), column and row; filled in from their surroundings where `paint_out` says so.
    stretch : to the 1st and 99th percentile.
    """
    if paint_out and len(calipers):
        places = [(float(column), float(row)) for column, row in calipers]
        planes = [
            calipers_painted_out(picture[..., channel], places, radius=_CALIPER_RADIUS)
            for channel in range(picture.shape[2])
        ]
        picture = np.stack(planes, axis=-1).astype(np.uint8)
    return stretched(picture) if stretch else picture


def stretched(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The 1st percentile becomes black and the 99th white, in each channel; a picture of one grey becomes black."""
    planes = picture.reshape(*picture.shape[:2], -1)
    made = [cv2.LUT(plane, _stretching(plane)) for plane in np.ascontiguousarray(np.moveaxis(planes, -1, 0))]
    return np.stack(made, axis=-1).astype(np.uint8, copy=False).reshape(picture.shape)


def _stretching(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What each of the 256 grey levels becomes. Counting them takes a tenth of the time of np.percentile."""
    counts = cv2.calcHist([plane], [0], None, [256], [0, 256])
    below = np.cumsum(counts.ravel().astype(np.int64))
    low, high = (_percentile(below, percent) for percent in (_LOW, _HIGH))
    if high <= low:
        return np.zeros(256, np.uint8)
    grey = (np.arange(256, dtype=np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    return np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)


def _percentile(below: NDArray[np.int64], percent: float) -> float:
    """As np.percentile's, of values of which `below[level]` are at most `level`."""
    place = (int(below[-1]) - 1) * percent / 100
    first = int(place)
    levels = np.searchsorted(below, (first, min(first + 1, int(below[-1]) - 1)), side="right")
    return float(levels[0] + (levels[1] - levels[0]) * (place - first))


def _region(picture: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Top, left, height and width of the largest piece above black in any channel; everything where all is black."""
    brightest = picture if picture.ndim == 2 else picture.max(axis=2)
    above = (brightest > _BLACK * float(brightest.max())).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(above, connectivity=8)
    if count < 2:
        return 0, 0, picture.shape[0], picture.shape[1]
    left, top, width, height, _ = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))].tolist()
    return top, left, height, width


def _resized(square: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    made = cv2.resize(square, (size, size), interpolation=_way(square.shape[0], size))
    return np.asarray(made, np.uint8).reshape(size, size, *square.shape[2:])


def _way(before: int, after: int) -> int:
    """Means of whole areas on the way down; both ways keep a pixel's corners where they are."""
    return cv2.INTER_AREA if after < before else cv2.INTER_LINEAR
