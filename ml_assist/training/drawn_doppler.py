"""Colour Doppler as a scanner paints it over tissue: flow, its box, its bar, the gate. No caliper. Pure and seeded.

Where flow branches, and where the lines of two boxes cross, a picture looks like a plus.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml_assist.training.drawn_clutter import Ink, Place, blended, text_mask

Colours = NDArray[np.uint8]
_INKS = (Ink((255, 255, 255)), Ink((200, 200, 200)), Ink((255, 255, 0)), Ink((0, 255, 0)), Ink((90, 200, 255)))
_WORDS = ("PWR", "cm/s", "+9.6", "-9.6", "PRF", "WF", "CD", "CPA", "0.05", "61 Hz")
# Round a caliper that is there already nothing is painted.
_FREE = 12


def draw_doppler(picture: Colours, calipers: Sequence[Place], random: np.random.Generator) -> None:
    """Paint a colour Doppler picture's flow and lines, (rows, columns, 3), in place, never over a caliper.

    Parameters
    ----------
    calipers : column and row (SCOORD).
    """
    before = picture.copy()
    rows, columns = picture.shape[:2]
    ramp, ink = _ramp(random), _INKS[int(random.integers(len(_INKS)))]
    wide, high = (int(side * random.uniform(0.25, 0.9)) for side in (columns, rows))
    left, top = int(random.uniform(-0.3, 0.9) * columns), int(random.uniform(-0.3, 0.8) * rows)
    boxes = [(left, top, wide, high)]
    if random.random() < 0.35:
        # A picture of two halves: the second box shares a line with the first, or lies a few rows beside it.
        boxes.append((left + wide, top + int(random.choice([0, 0, 1, 2, 6])), wide, high))
    slant = int(random.choice([0, 0, random.uniform(-0.4, 0.4) * high]))
    for box in boxes:
        inside = _box_mask((rows, columns), box, slant)
        if random.random() < 0.85:
            _paint(picture, _flow((rows, columns), random), inside, ramp, random)
        if random.random() < 0.8:
            _outline(picture, box, slant, ink, random)
    if random.random() < 0.3:
        _gate(picture, ink, random)
    if random.random() < 0.35:
        _bar(picture, ramp, random)
    for x, y in calipers:
        here = (slice(max(0, int(y) - _FREE), int(y) + _FREE), slice(max(0, int(x) - _FREE), int(x) + _FREE))
        picture[here] = before[here]


def _ramp(random: np.random.Generator) -> Colours:
    """(256, 3): the colours of weak to strong flow."""
    stops = (
        ((60, 0, 0), (200, 20, 0), (255, 140, 0), (255, 255, 60)),
        ((90, 0, 0), (255, 0, 0), (255, 200, 0)),
        ((0, 0, 90), (0, 60, 255), (0, 230, 255)),
        ((40, 0, 60), (200, 0, 120), (255, 200, 160)),
        ((0, 60, 0), (60, 220, 60), (255, 255, 255)),
        ((0, 0, 160), (0, 200, 120), (255, 60, 0)),  # elastography
    )
    # Power and red or blue flow are most of what there is.
    chosen = stops[int(random.choice(len(stops), p=[0.4, 0.2, 0.2, 0.08, 0.04, 0.08]))]
    at = np.linspace(0, 255, len(chosen))
    return np.stack(
        [np.interp(np.arange(256), at, [stop[part] for stop in chosen]) for part in range(3)], axis=-1
    ).astype(np.uint8)


def _box_mask(shape: tuple[int, int], box: tuple[int, int, int, int], slant: int) -> NDArray[np.bool_]:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [_corners(box, slant)], 1)
    return mask.astype(np.bool_)


def _corners(box: tuple[int, int, int, int], slant: int) -> NDArray[np.int32]:
    left, top, wide, high = box
    return np.array(
        [[left, top], [left + wide, top], [left + wide + slant, top + high], [left + slant, top + high]], np.int32
    )


def _flow(shape: tuple[int, int], random: np.random.Generator) -> NDArray[np.float32]:
    """(rows, columns), 0 to 1: patches, or vessels that branch."""
    rows, columns = shape
    field = random.standard_normal(shape).astype(np.float32)
    if random.random() < 0.4:
        smooth = cv2.GaussianBlur(field, (0, 0), float(random.uniform(2, 9)))
        least = float(np.quantile(smooth, random.uniform(0.75, 0.97)))
        return np.asarray(np.clip((smooth - least) / max(1e-6, float(smooth.max()) - least), 0, 1), np.float32)
    layer = np.zeros(shape, np.float32)
    thick = int(random.integers(2, 8))
    for _ in range(int(random.integers(1, 5))):
        _vessel(layer, random.uniform(0, 1, 2) * (columns, rows), random.uniform(0, 2 * np.pi), thick, random)
    soft = cv2.GaussianBlur(layer, (0, 0), float(random.uniform(0.6, 2)))
    ragged = soft * (1 + 0.4 * cv2.GaussianBlur(field, (0, 0), 1.5) * 3)
    return np.asarray(np.clip(ragged, 0, 1), np.float32)


def _vessel(
    layer: NDArray[np.float32], begin: NDArray[np.float64], angle: float, thick: int, random: np.random.Generator
) -> None:
    """A path that wanders, with branches, often at right angles, until it is thin."""
    x, y = begin
    for _ in range(int(random.integers(4, 16))):
        length = float(random.uniform(4, 14))
        ends = (x + np.cos(angle) * length, y + np.sin(angle) * length)
        cv2.line(layer, (int(x), int(y)), (int(ends[0]), int(ends[1])), float(random.uniform(0.5, 1)), thick)
        x, y = ends
        angle += float(random.normal(0, 0.35))
        if thick > 1 and random.random() < 0.4:
            side = float(random.choice([-1, 1]) * random.uniform(0.7, 1.7))
            _vessel(layer, np.array([x, y]), angle + side, thick // 2, random)


def _paint(
    picture: Colours, flow: NDArray[np.float32], inside: NDArray[np.bool_], ramp: Colours, random: np.random.Generator
) -> None:
    least = float(random.uniform(0.12, 0.3))
    step = int(random.choice([1, 1, 2, 3]))
    if step > 1:
        # Scanners paint flow coarser than tissue.
        rows, columns = flow.shape
        small = cv2.resize(flow, (columns // step + 1, rows // step + 1), interpolation=cv2.INTER_AREA)
        flow = np.asarray(
            cv2.resize(small, None, fx=step, fy=step, interpolation=cv2.INTER_NEAREST)[:rows, :columns], np.float32
        )
    painted = inside & (flow > least)
    picture[painted] = ramp[(flow[painted] * 255).astype(np.uint8)]


def _outline(
    picture: Colours, box: tuple[int, int, int, int], slant: int, ink: Ink, random: np.random.Generator
) -> None:
    mask = np.zeros(picture.shape[:2], np.uint8)
    corners = _corners(box, slant)
    cv2.polylines(mask, [corners], isClosed=True, color=255, thickness=int(random.choice([1, 1, 1, 2])))
    if random.random() < 0.2:
        dashes = (np.indices(mask.shape).sum(axis=0) // int(random.integers(2, 5))) % 2
        mask *= dashes.astype(np.uint8)
    if random.random() < 0.3:
        # Marks in the middle of its sides: crossings of a short line and a long one.
        left, top, wide, high = box
        for x, y, across in ((left + wide // 2, top, False), (left, top + high // 2, True)):
            reach = int(random.integers(2, 7))
            ends = ((x - reach, y), (x + reach, y)) if across else ((x, y - reach), (x, y + reach))
            cv2.line(mask, *ends, 255, 1)
    blended(picture, mask, 0, 0, ink)


def _gate(picture: Colours, ink: Ink, random: np.random.Generator) -> None:
    """A beam across the picture, whole or dashed, with the sample volume's two bars and perhaps the angle's line."""
    rows, columns = picture.shape[:2]
    mask = np.zeros((rows, columns), np.uint8)
    x, y, angle = random.uniform(0, columns), random.uniform(0, rows), random.normal(np.pi / 2, 0.35)
    way, over = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    gap, reach = float(random.uniform(3, 9)), float(random.uniform(4, 12))
    dash = int(random.choice([0, 3, 6]))
    for along in np.arange(-rows, rows, 1.0):
        at = np.array([x, y]) + way * along
        # The bars stand free of the beam.
        if abs(along) > gap and (not dash or int(along // dash) % 2 == 0):
            column, row = int(at[0]), int(at[1])
            if 0 <= column < columns and 0 <= row < rows:
                mask[row, column] = 255
    for side in (-gap, gap):
        middle = np.array([x, y]) + way * side
        _line(mask, middle - over * reach, middle + over * reach)
    if random.random() < 0.5:
        turn = angle + random.uniform(0.5, 1.2)
        long = np.array([np.cos(turn), np.sin(turn)]) * random.uniform(15, 35)
        _line(mask, np.array([x, y]) - long, np.array([x, y]) + long)
    blended(picture, mask, 0, 0, ink)


def _line(mask: NDArray[np.uint8], begin: NDArray[np.float64], end: NDArray[np.float64]) -> None:
    cv2.line(mask, (int(begin[0]), int(begin[1])), (int(end[0]), int(end[1])), 255, 1)


def _bar(picture: Colours, ramp: Colours, random: np.random.Generator) -> None:
    """The colours and what they mean, at a side."""
    rows, columns = picture.shape[:2]
    wide, high = int(random.integers(6, 20)), int(random.integers(30, 90))
    left = int(random.choice([random.integers(0, 12), columns - wide - random.integers(0, 12)]))
    top = int(random.integers(0, max(1, rows - high)))
    colours = ramp[np.linspace(255, 0, high).astype(np.uint8)]
    part = picture[top : top + high, left : left + wide]
    part[:] = colours[: part.shape[0], None]
    word = text_mask(
        _WORDS[int(random.integers(len(_WORDS)))], height=int(random.integers(6, 12)), thick=1, random=random
    )
    blended(picture, word, left, top - word.shape[0] - 2, Ink((255, 255, 255)))
