"""Regions of a picture that look like letters: thin strokes of one colour with sharp edges, standing in a line.

No letters are read. Whatever looks like writing is boxed, and a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Pictures larger than this are searched in a reduced copy: memory and time stay bounded, letters stay readable.
LONGEST_SIDE = 2048
# Of a letter, in pixels of the searched picture.
LEAST_HEIGHT, GREATEST_HEIGHT = 5, 90
# Wider than the strokes of such letters: what an opening of this size takes away is thin.
STROKE_KERNEL = 15
# Grey levels between a stroke and what is around it.
LEAST_CONTRAST = 38
# Below this, speckle and fibres of tissue outnumber writing (measured on the real ultrasound pictures of the tests).
LEAST_SCORE = 0.6
# A picture of nothing but specks would compare each with each.
MOST_LETTERS = 6000
MOST_REGIONS = 200


@dataclass(frozen=True)
class TextRegion:
    """A box in pixels of the picture that was searched, and how much its content looks like letters (0 to 1)."""

    column: int
    row: int
    columns: int
    rows: int
    score: float


@dataclass(frozen=True)
class _Letter:
    left: int
    top: int
    right: int
    bottom: int
    sharpness: float

    @property
    def height(self) -> int:
        return self.bottom - self.top


def text_regions(picture: NDArray[np.uint8]) -> list[TextRegion]:
    """Find what looks like lines of letters, bright on dark or dark on bright, the likeliest first.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3), at most LONGEST_SIDE in each direction.
    """
    found: list[TextRegion] = []
    for plane in (picture, 255 - picture):
        letters = _letters(plane)
        found += _lines(letters)
    merged = _merged(found)
    return sorted(merged, key=lambda region: -region.score)[:MOST_REGIONS]


def _letters(picture: NDArray[np.uint8]) -> list[_Letter]:
    """Connected strokes that are brighter than what is around them, of a letter's size and shape."""
    # The brightest channel: blue on black is dark to the eye and to a luminance, and still writing.
    grey = np.ascontiguousarray(picture.max(axis=2) if picture.ndim == 3 else picture)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (STROKE_KERNEL, STROKE_KERNEL))
    # A margin that goes on as the picture ends: letters may touch the border.
    margin = STROKE_KERNEL
    framed = cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    strokes = cv2.morphologyEx(framed, cv2.MORPH_TOPHAT, kernel)[margin:-margin, margin:-margin]
    local = cv2.dilate(strokes, kernel)
    # Half of the highest contrast near by: the edge of a stroke, whatever its brightness.
    bright = (strokes >= LEAST_CONTRAST) & (strokes.astype(np.uint16) * 2 >= local)
    mask = np.asarray(bright, dtype=np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count <= 1:
        return []
    edges = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    flat = labels.ravel()
    inside = np.bincount(flat, weights=strokes.ravel().astype(np.float64), minlength=count) / areas
    squares = np.bincount(flat, weights=np.square(strokes.ravel().astype(np.float64)), minlength=count) / areas
    outline = cv2.bitwise_and(cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), mask)
    outlined = np.where(outline.ravel() > 0, flat, 0)
    lengths = np.maximum(np.bincount(outlined, minlength=count), 1)
    steep = np.bincount(outlined, weights=edges.ravel().astype(np.float64), minlength=count) / lengths
    unrest = (
        np.bincount(flat, weights=_unrest(np.asarray(strokes), mask).ravel().astype(np.float64), minlength=count)
        / areas
    )
    letters = []
    for index in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[index])
        if not LEAST_HEIGHT <= height <= GREATEST_HEIGHT or area < 6 or width > 40 * height:
            continue
        fill = area / (width * height)
        # Bars and rules fill their box; long thin curves leave it empty.
        if fill > 0.92 and (width > height or height > 6 * width):
            continue
        if fill < 0.08 or (width > 4 * height and fill < 0.3):
            continue
        evenness = 1 - min(1.0, float(np.sqrt(max(0.0, squares[index] - inside[index] ** 2))) / inside[index] / 0.6)
        steepness = min(1.0, steep[index] / (1.1 * inside[index]))
        # Writing stands on something quiet; specks of tissue stand among others.
        quiet = 1 - min(1.0, 2.0 * unrest[index] / inside[index])
        sharpness = float(np.cbrt(max(0.0, evenness) * steepness * quiet))
        letters.append(_Letter(left, top, left + width, top + height, sharpness))
    letters.sort(key=lambda letter: -letter.sharpness)
    return sorted(letters[:MOST_LETTERS], key=lambda letter: letter.left)


def _unrest(strokes: NDArray[Any], mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much fine structure lies around each pixel that belongs to no stroke, in grey levels."""
    free = (cv2.dilate(mask, np.ones((5, 5), np.uint8)) == 0).astype(np.float32)
    size = (2 * STROKE_KERNEL + 1, 2 * STROKE_KERNEL + 1)
    noise = cv2.boxFilter(strokes.astype(np.float32) * free, -1, size)
    return noise / np.maximum(cv2.boxFilter(free, -1, size), 1e-3)


def _lines(letters: Sequence[_Letter]) -> list[TextRegion]:
    """Letters of about one height that stand side by side, joined."""
    parent = list(range(len(letters)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for first, one in enumerate(letters):
        for second in range(first + 1, len(letters)):
            other = letters[second]
            reach = 1.3 * max(one.height, other.height, 8)
            # In order of their left edges: nothing further on can be nearer.
            if other.left - one.right > 1.3 * GREATEST_HEIGHT:
                break
            if other.left - one.right <= reach and _in_line(one, other):
                parent[root(second)] = root(first)
    groups: dict[int, list[_Letter]] = {}
    for index, letter in enumerate(letters):
        groups.setdefault(root(index), []).append(letter)
    return [region for group in groups.values() if (region := _region(group)) is not None]


def _in_line(one: _Letter, other: _Letter) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    lower, higher = sorted((one.height, other.height))
    return overlap >= 0.5 * lower and higher <= 2.2 * lower


def _region(group: list[_Letter]) -> TextRegion | None:
    left, top = min(one.left for one in group), min(one.top for one in group)
    right, bottom = max(one.right for one in group), max(one.bottom for one in group)
    width, height = right - left, bottom - top
    sharpness = float(np.mean([one.sharpness for one in group]))
    # Letters may have run together, so a wide piece counts for several.
    count = sum(max(1.0, (one.right - one.left) / max(1, one.height)) for one in group)
    if count < 2 or width < height:
        return None
    # Chance puts specks side by side: the more letters stand in a straight line, the less it was chance.
    tallest = max(one.height for one in group)
    straightness = min(1.0, 1.3 * tallest / height)
    score = sharpness * straightness * (1 - 0.45 / count)
    if score < LEAST_SCORE:
        return None
    return TextRegion(left, top, width, height, round(min(1.0, score), 3))


def _merged(regions: Sequence[TextRegion]) -> list[TextRegion]:
    """Boxes of which one lies mostly in another become one."""
    kept: list[TextRegion] = []
    for region in sorted(regions, key=lambda one: -(one.columns * one.rows)):
        holder = next((index for index, other in enumerate(kept) if _share_inside(region, other) > 0.6), None)
        if holder is None:
            kept.append(region)
        elif region.score > kept[holder].score:
            other = kept[holder]
            kept[holder] = TextRegion(other.column, other.row, other.columns, other.rows, region.score)
    return kept


def _share_inside(one: TextRegion, other: TextRegion) -> float:
    columns = min(one.column + one.columns, other.column + other.columns) - max(one.column, other.column)
    rows = min(one.row + one.rows, other.row + other.rows) - max(one.row, other.row)
    return max(0, columns) * max(0, rows) / (one.columns * one.rows)
