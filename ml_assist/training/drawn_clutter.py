"""What a scanner writes into a picture that looks like calipers and is none, and bright echoes. Pure and seeded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL)
_WORDS = (
    "MAMA DIR", "MAMA ESQ", "QSE", "QSI", "QIE", "UQEXT", "RT BREAST", "LT 2:00", "THYROID", "TRANS", "SAG", "AXILA",
    "GE", "TIx", "XTI", "+A+", "FR 13", "10.0 MHz", "TIS0.1", "MI 0.9", "NODULE", "x x", "Gn 54", "IHTFX",
)  # fmt: skip
_UNITS = ("mm", "cm", "MM", "cm", "mm")
Place = tuple[float, float]
Copy = Callable[[NDArray[np.uint8], float, float], float]


@dataclass(frozen=True)
class Ink:
    """A colour, RGB, and how much it covers of what is below, 0 to 1."""

    colour: tuple[int, int, int]
    cover: float = 1.0


def blended(picture: NDArray[np.uint8], mask: NDArray[np.uint8], left: int, top: int, ink: Ink) -> None:
    """Lay ink over a picture, (rows, columns, 3), in place, where a mask, 0 to 255, has it."""
    rows, columns = picture.shape[:2]
    high, wide = mask.shape
    first_row, first_column = max(0, -top), max(0, -left)
    last_row, last_column = min(high, rows - top), min(wide, columns - left)
    if first_row >= last_row or first_column >= last_column:
        return
    part = mask[first_row:last_row, first_column:last_column, None].astype(np.float32) * np.float32(ink.cover / 255)
    below = picture[top + first_row : top + last_row, left + first_column : left + last_column]
    below[:] = np.rint(below * (1 - part) + np.array(ink.colour, np.float32) * part).astype(np.uint8)


def text_mask(text: str, *, height: int, thick: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """(rows, columns), 0 to 255: a line of text, its capitals `height` pixels high."""
    font = _FONTS[int(random.integers(len(_FONTS)))]
    (_, tall), _ = cv2.getTextSize("H", font, 1.0, 1)
    scale = height / tall
    (wide, high), below = cv2.getTextSize(text, font, scale, thick)
    mask = np.zeros((high + below + 2, wide + 2), np.uint8)
    kind = cv2.LINE_AA if random.random() < 0.5 else cv2.LINE_8
    cv2.putText(mask, text, (1, high), font, scale, 255, thick, kind)
    return mask


def draw_clutter(
    picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator, *, copies: Sequence[Copy]
) -> None:
    """Draw some of it onto a picture, (rows, columns, 3), in place, never over a caliper.

    Parameters
    ----------
    calipers : column and row (SCOORD).
    copies : draw a symbol as it is used here, for the legend.
    """
    for draw, chance in (
        (_echoes, 0.35),
        (_ruler, 0.25),
        (_words, 0.45),
        (_dots, 0.25),
        (_arrow, 0.15),
        (_body_mark, 0.12),
        (_trace, 0.1),
    ):
        if random.random() < chance:
            draw(picture, calipers, random)
    if random.random() < 0.4:
        for copy in copies[: int(random.integers(1, 3))]:
            _legend(picture, calipers, random, copy)


def _some_ink(random: np.random.Generator) -> Ink:
    grey = int(random.choice([255, 255, int(random.integers(90, 256))]))
    if random.random() < 0.85:
        return Ink((grey, grey, grey))
    return Ink(((255, 230, 80), (80, 240, 255), (255, 170, 60))[int(random.integers(3))])


def _room(
    shape: tuple[int, ...], wide: float, high: float, calipers: Sequence[Place], random: np.random.Generator
) -> Place | None:
    """Left and top of a free rectangle; parts of it may lie outside of the picture."""
    rows, columns = shape[:2]
    for _ in range(12):
        left = float(random.uniform(-0.3 * wide, columns - 0.6 * wide))
        # Words stand mostly at the top and at the bottom.
        top = float(
            random.choice([random.uniform(0, rows), random.uniform(0, 0.2 * rows), random.uniform(0.7, 1) * rows])
        )
        margin = 10
        if all(
            x < left - margin or x > left + wide + margin or y < top - margin or y > top + high + margin
            for x, y in calipers
        ):
            return left, top
    return None


def _words(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator) -> None:
    for _ in range(int(random.integers(1, 4))):
        if random.random() < 0.6:
            text = _WORDS[int(random.integers(len(_WORDS)))]
        else:
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+x-|.:TXIEFHK"
            text = "".join(letters[int(at)] for at in random.integers(len(letters), size=int(random.integers(1, 9))))
        mask = text_mask(text, height=int(random.integers(6, 18)), thick=int(random.choice([1, 1, 2])), random=random)
        place = _room(picture.shape, mask.shape[1], mask.shape[0], calipers, random)
        # A plus or x alone would be a caliper to anybody.
        if place is not None and text.strip("+x|. ") and len(text) > 1:
            _boxed(picture, mask, place, random)


def _boxed(picture: NDArray[np.uint8], mask: NDArray[np.uint8], place: Place, random: np.random.Generator) -> None:
    left, top = int(place[0]), int(place[1])
    if random.random() < 0.25:
        blended(
            picture, np.full((mask.shape[0] + 4, mask.shape[1] + 6), 255, np.uint8), left - 3, top - 2, Ink((0, 0, 0))
        )
    elif random.random() < 0.3:
        blended(picture, np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)), np.uint8), left, top, Ink((0, 0, 0)))
    blended(picture, mask, left, top, _some_ink(random))


def _legend(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator, copy: Copy) -> None:
    """The symbol's copy beside a printed length: "+ 12.3mm", "+ D1 1.23 cm", "1 x 12.3 mm"."""
    length = (
        f"{random.uniform(0.2, 60):.{int(random.integers(1, 3))}f}{random.choice(['', ' '])}{random.choice(_UNITS)}"
    )
    text = f"{random.choice(['', '', 'D1 ', 'L ', 'Dist ', 'A ', '= '])}{length}"
    mask = text_mask(text, height=int(random.integers(7, 15)), thick=int(random.choice([1, 1, 2])), random=random)
    gap = float(random.uniform(3, 11))
    if random.random() < 0.3:
        _cut_legend(picture, calipers, random, copy, mask)
        return
    place = _room(picture.shape, mask.shape[1] + 46, mask.shape[0] + 16, calipers, random)
    if place is None or place[0] < 0:
        return
    left, top = place[0] + 16, place[1] + 8
    if random.random() < 0.5:
        black = np.full((mask.shape[0] + 14, mask.shape[1] + 44), 255, np.uint8)
        blended(picture, black, int(left) - 14, int(top) - 7, Ink((0, 0, 0)))
    reach = copy(picture, left, top + mask.shape[0] / 2)
    blended(picture, mask, int(left + reach + gap), int(top), _some_ink(random))


def _cut_legend(
    picture: NDArray[np.uint8],
    calipers: Sequence[Place],
    random: np.random.Generator,
    copy: Copy,
    mask: NDArray[np.uint8],
) -> None:
    """A line along the upper or lower edge that ends at the side: the length of its last symbol is cut off."""
    rows, columns = picture.shape[:2]
    row = rows - float(random.uniform(4, 11)) if random.random() < 0.8 else float(random.uniform(5, 12))
    if any(abs(y - row) < 26 for _, y in calipers):
        return
    if random.random() < 0.6:
        picture[max(0, int(row) - 9) : int(row) + 9] = 0
    end = columns - float(random.uniform(2, 14))
    copy(picture, end, row)
    ink, left = _some_ink(random), int(end - random.uniform(20, 40) - mask.shape[1])
    blended(picture, mask, left, int(row - mask.shape[0] / 2), ink)
    copy(picture, left - float(random.uniform(8, 18)), row)


def _ruler(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator) -> None:
    """Depth marks along a side: ticks, dots, small diamonds or rings, some with numbers."""
    rows, columns = picture.shape[:2]
    ink, step = _some_ink(random), float(random.uniform(8, 50))
    column = float(random.choice([random.uniform(3, 16), columns - random.uniform(3, 16)]))
    kind = str(random.choice(["tick", "dot", "diamond", "ring", "cross"]))
    upright = random.random() < 0.8
    length = int(random.integers(3, 9))
    for number, along in enumerate(np.arange(random.uniform(0, step), (rows if upright else columns), step)):
        x, y = (column, float(along)) if upright else (float(along), rows - min(column, columns - column))
        if any(np.hypot(x - cx, y - cy) < 16 for cx, cy in calipers):
            continue
        size = length + (3 if number % 5 == 0 else 0)
        mask = np.zeros((2 * size + 3, 2 * size + 3), np.uint8)
        middle = size + 1
        if kind == "tick":
            cv2.line(mask, (middle - size // 2, middle), (middle + size // 2, middle), 255, 1)
        elif kind == "dot":
            cv2.circle(mask, (middle, middle), 1, 255, -1)
        elif kind == "diamond":
            reach = max(2, size // 2)
            corners = [
                [middle - reach, middle],
                [middle, middle - reach],
                [middle + reach, middle],
                [middle, middle + reach],
            ]
            cv2.polylines(mask, [np.array(corners, np.int32)], isClosed=True, color=255)
        elif kind == "ring":
            cv2.circle(mask, (middle, middle), max(2, size // 2), 255, 1)
        else:  # a line with ticks through it
            cv2.line(mask, (middle, 0), (middle, 2 * size + 2), 255, 1)
            cv2.line(mask, (middle - size // 2, middle), (middle + size // 2, middle), 255, 1)
            if step > 2.2 * size:
                continue
        blended(picture, mask, int(x) - middle, int(y) - middle, ink)
        if random.random() < 0.25:
            numbers = text_mask(str(number), height=int(random.integers(6, 10)), thick=1, random=random)
            side = int(x) + 8 if x < columns / 2 else int(x) - 8 - numbers.shape[1]
            if not any(np.hypot(side - cx, y - cy) < 20 for cx, cy in calipers):
                blended(picture, numbers, side, int(y) - numbers.shape[0] // 2, ink)


def _echoes(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator) -> None:
    """Short bright lines, mostly level, some of two that cross; specular reflections and calcifications."""
    rows, columns = picture.shape[:2]
    layer = np.zeros((rows, columns), np.uint8)
    for _ in range(int(random.integers(1, 9))):
        column, row = float(random.uniform(0, columns)), float(random.uniform(0, rows))
        if any(np.hypot(column - x, row - y) < 20 for x, y in calipers):
            continue
        axes = (int(random.integers(1, 16)), int(random.integers(1, 4)))
        angle = float(random.normal(0, 15))
        cv2.ellipse(layer, (int(column), int(row)), axes, angle, 0, 360, int(random.integers(120, 256)), -1)
        if random.random() < 0.3:
            # A T or an L of two echoes; never a whole plus.
            end = (int(column + axes[0] * random.choice([-1, 1])), int(row + random.integers(3, 12)))
            cv2.line(layer, (end[0], int(row)), end, int(random.integers(100, 230)), int(random.integers(1, 3)))
    soft = cv2.GaussianBlur(layer, (0, 0), sigmaX=float(random.uniform(0.6, 2)), sigmaY=float(random.uniform(0.5, 1.2)))
    speckle = random.uniform(0.6, 1.0, (rows, columns)).astype(np.float32)
    lifted = picture.astype(np.float32) + (soft * speckle)[..., None]
    picture[:] = np.clip(lifted, 0, 255).astype(np.uint8)


def _dots(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator) -> None:
    """Single dots: a lesion's middle as some scanners mark it, dead pixels, ends of lines."""
    rows, columns = picture.shape[:2]
    for _ in range(int(random.integers(1, 6))):
        column, row = int(random.integers(columns)), int(random.integers(rows))
        size = int(random.integers(1, 4))
        if all(np.hypot(column - x, row - y) > 16 for x, y in calipers):
            blended(picture, np.full((size, size), 255, np.uint8), column, row, _some_ink(random))


def _arrow(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator) -> None:
    """A focus mark at a side: a filled or open triangle, or a bar with one."""
    size = int(random.integers(3, 9))
    place = _room(picture.shape, 2 * size, 2 * size, calipers, random)
    if place is None:
        return
    mask = np.zeros((2 * size + 1, 2 * size + 1), np.uint8)
    corners = np.array([[0, size], [2 * size, 0], [2 * size, 2 * size]], np.int32)
    if random.random() < 0.5:
        corners[:, 0] = 2 * size - corners[:, 0]
    if random.random() < 0.7:
        cv2.fillPoly(mask, [corners], 255)
    else:
        cv2.polylines(mask, [corners], isClosed=True, color=255)
    blended(picture, mask, int(place[0]), int(place[1]), _some_ink(random))


def _body_mark(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator) -> None:
    """A small breast, neck or trunk with a bar for the probe."""
    size = int(random.integers(18, 44))
    place = _room(picture.shape, size, size, calipers, random)
    if place is None:
        return
    mask = np.zeros((size + 4, size + 4), np.uint8)
    middle = (size // 2 + 2, size // 2 + 2)
    cv2.ellipse(mask, middle, (size // 2, int(size * random.uniform(0.3, 0.5))), 0, 0, 360, 255, 1)
    cv2.circle(mask, middle, 2, 255, 1)
    angle = random.uniform(0, np.pi)
    offset = (int(np.cos(angle) * size * 0.25), int(np.sin(angle) * size * 0.25))
    cv2.line(
        mask,
        (middle[0] + offset[0] - 4, middle[1] + offset[1]),
        (middle[0] + offset[0] + 4, middle[1] + offset[1]),
        255,
        2,
    )
    blended(picture, mask, int(place[0]), int(place[1]), _some_ink(random))


def _trace(picture: NDArray[np.uint8], calipers: Sequence[Place], random: np.random.Generator) -> None:
    """A dotted ellipse, or a dotted line across: no caliper at its points."""
    rows, columns = picture.shape[:2]
    ink = _some_ink(random)
    centre = random.uniform(0.25, 0.75, 2) * (columns, rows)
    axes = random.uniform(0.1, 0.4, 2) * (columns, rows)
    turn, count = random.uniform(0, np.pi), int(random.integers(20, 70))
    for angle in np.linspace(0, 2 * np.pi, count, endpoint=False):
        across, down = axes[0] * np.cos(angle), axes[1] * np.sin(angle)
        column = int(centre[0] + across * np.cos(turn) - down * np.sin(turn))
        row = int(centre[1] + across * np.sin(turn) + down * np.cos(turn))
        if all(np.hypot(column - x, row - y) > 9 for x, y in calipers):
            blended(picture, np.full((1, 1), 255, np.uint8), column, row, ink)
