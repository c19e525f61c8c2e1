"""How a picture looks, in 64 bits and in 256 bytes: near-duplicates are found by the first, confirmed by the second.

Source of the 64 bits: the difference hash (dHash) of N. Krawetz, 2013: whether each of 8 x 8 cells is brighter than its
neighbour. It holds through windowing, scaling and lossy compression. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 16
# Neighbours that differ by less of the picture's range than this count as equal: noise of a dark ground says nothing.
_ALIKE = 0.01
# Pictures compared at once: 16 MB of differences.
_BLOCK = 1 << 21


@dataclass(frozen=True)
class Look:
    """Of one picture.

    Attributes
    ----------
    bits : as an unsigned number; None where the picture is all of one grey, which says nothing of where it is from.
    thumbnail : SIDE x SIDE bytes, from the picture's least value to its greatest.
    """

    bits: int | None
    thumbnail: bytes


def look_of(values: NDArray[Any]) -> Look:
    """How a picture looks.

    Parameters
    ----------
    values : (rows, columns) integers, or (rows, columns, 3) uint8 RGB.
    """
    grey: NDArray[Any] = values.astype(np.float32)
    if grey.ndim == 3:
        grey = cv2.cvtColor(grey, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    low, high = float(small.min()), float(small.max())
    span = float(grey.max()) - float(grey.min())
    if high - low <= max(_ALIKE * span, 1e-6):
        return Look(None, bytes(SIDE * SIDE))
    thumbnail = np.rint((small - low) * (255.0 / (high - low))).astype(np.uint8)
    cells = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    brighter = cells[:, 1:] - cells[:, :-1] > _ALIKE * (high - low)
    bits = int.from_bytes(np.packbits(brighter.ravel()).tobytes(), "big")
    return Look(bits, thumbnail.tobytes())


def near_pairs(
    looks: NDArray[np.uint64], sides: NDArray[np.int32], *, bits: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of pictures on different sides whose looks differ in at most so many bits, in blocks.

    Looks are cut into bits + 1 bands: two that differ in no more bits than that agree in one band at least. Only
    pictures that agree in a band are compared, and a pair is given in the first band that it agrees in.

    Parameters
    ----------
    looks : (n,); sides : (n,), numbers.

    Returns
    -------
    (first, second) places of the pairs, first < second, each pair once.
    """
    bands = np.linspace(0, 64, bits + 2).astype(int)
    masks = [((1 << int(end)) - 1) ^ ((1 << int(start)) - 1) for start, end in pairwise(bands)]
    for number, mask in enumerate(masks):
        earlier = [np.uint64(one) for one in masks[:number]]
        keys = looks & np.uint64(mask)
        order = np.argsort(keys, kind="stable")
        ends = np.flatnonzero(np.diff(keys[order])) + 1
        for group in np.split(order, ends):
            if len(group) > 1 and (sides[group] != sides[group[0]]).any():
                yield from _within(np.sort(group), looks, sides, bits, earlier)


def _within(
    group: NDArray[np.int64],
    looks: NDArray[np.uint64],
    sides: NDArray[np.int32],
    bits: int,
    earlier: list[np.uint64],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs within one bucket of a band, a few rows of the table of differences at a time."""
    rows = max(1, _BLOCK // len(group))
    mine, where = looks[group], sides[group]
    for start in range(0, len(group), rows):
        different = mine[start : start + rows, None] ^ mine[None, :]
        near = np.bitwise_count(different) <= bits
        near &= where[start : start + rows, None] != where[None, :]
        for mask in earlier:
            near &= (different & mask) != 0
        one, other = np.nonzero(near)
        one += start
        ahead = one < other
        if ahead.any():
            yield group[one[ahead]], group[other[ahead]]


def likeness(one: bytes, other: bytes) -> float:
    """Pearson's correlation of two thumbnails, -1 to 1."""
    first, second = (np.frombuffer(part, dtype=np.uint8).astype(np.float64) for part in (one, other))
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / size if size else 0.0


def signed(bits: int) -> int:
    """64 bits as databases hold them."""
    return bits - (1 << 64) if bits >= 1 << 63 else bits
