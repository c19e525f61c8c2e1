"""Calipers in the styles of many scanners, drawn onto a picture, and what only looks like them. Pure and seeded.

A network learns from these where calipers are, and that a legend's copy of one, a ruler, a letter or a bright echo is
none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ml_assist.training.drawn_clutter import Ink, blended, draw_clutter, text_mask
from ml_assist.training.drawn_doppler import draw_doppler

Shape = Literal[
    "plus", "cross", "open plus", "open cross", "crosslet", "hooked cross", "asterisk", "cross with post",
    "cross with bar", "four dots", "four wedges", "corner plus",
]  # fmt: skip
SHAPES: tuple[Shape, ...] = Shape.__args__  # type: ignore[attr-defined]
# Plain ones are what most scanners draw.
_COMMON = np.array([6, 3, 2, 1, 2, 2, 2, 1.5, 1.5, 1, 1.5, 0.7])
# As a screen has them: white, greys, yellow, cyan, green, orange.
_COLOURS = ((255, 255, 255), (255, 230, 80), (80, 240, 255), (120, 255, 120), (255, 170, 60))
# Positions are given to cv2 in sixteenths of a pixel.
_SHIFT = 4
_NUMERALS = "1122334ABCDab+x"
# No two calipers are drawn nearer than this, pixels; a legend keeps farther from them.
LEAST_APART = 14.0
# Along the lower edge stands the legend: a symbol there is a copy, even where its length is cut off.
_LEGEND_ROWS = 16
_TRIES = 30
# The part of pictures that colour Doppler is painted onto.
_DOPPLER = 0.14


@dataclass(frozen=True)
class CaliperStyle:
    """How one axis' calipers look.

    Attributes
    ----------
    arm : from the centre to the end, pixels.
    stroke : width, pixels.
    ink : colour and how it covers what is below.
    halo : pixels of black round it.
    soft : sigma of a blur, pixels; 0 for hard edges.
    """

    shape: Shape
    arm: float
    stroke: int
    ink: Ink
    halo: int
    soft: float
    anti_aliased: bool


@dataclass(frozen=True)
class DrawnPicture:
    """A picture with what was drawn onto it.

    Attributes
    ----------
    picture : (rows, columns, 3) uint8.
    calipers : (n, 2), column and row (SCOORD), those that were there before too.
    """

    picture: NDArray[np.uint8]
    calipers: NDArray[np.float64]


def some_style(random: np.random.Generator) -> CaliperStyle:
    """A style as some scanner has it."""
    shape = SHAPES[int(random.choice(len(SHAPES), p=_COMMON / _COMMON.sum()))]
    # Small ones of three to five pixels stand in small pictures, often darker than what is round them.
    small = shape in ("plus", "cross") and random.random() < 0.15
    arm = float(random.choice([1.5, 2, 2.5, 3] if small else [3.5, 4, 4.5, 5, 5, 5.5, 6, 6, 7, 8, 9, 11]))
    if shape not in ("plus", "cross"):
        arm = max(arm, 4.5)
    stroke = 1 if small else int(random.choice([1, 1, 2, 2, 3] if arm >= 6 else [1, 1, 2]))
    if shape not in ("plus", "cross"):
        # Thicker ones would fill up.
        stroke = min(stroke, 1 if arm < 6 else 2)
    if small and random.random() < 0.4:
        grey = int(random.integers(10, 110))
        colour = (grey, grey, grey)
    elif random.random() < 0.75:
        grey = int(random.choice([255, 255, 255, int(random.integers(130, 256)), int(random.integers(170, 256))]))
        colour = (grey, grey, grey)
    else:
        colour = _COLOURS[int(random.integers(len(_COLOURS)))]
    return CaliperStyle(
        shape=shape,
        arm=arm,
        stroke=stroke,
        ink=Ink(colour, float(random.choice([1.0, 1.0, random.uniform(0.6, 1.0)]))),
        halo=int(random.choice([0, 0, 0, 1, 2])),
        soft=float(random.choice([0.0, 0.0, random.uniform(0.3, 0.8)])),
        anti_aliased=bool(random.random() < 0.5),
    )


def draw_caliper(picture: NDArray[np.uint8], style: CaliperStyle, column: float, row: float) -> None:
    """Draw one symbol onto a picture, (rows, columns, 3), in place.

    Parameters
    ----------
    column, row : of its centre, SCOORD; half pixels are kept where the stroke's width allows.
    """
    reach = int(style.arm * 1.5) + style.stroke + style.halo + 4
    left, top = int(np.floor(column)) - reach, int(np.floor(row)) - reach
    mask = symbol_mask(style, column - left, row - top, size=2 * reach + 1)
    if style.halo:
        disc = np.ones((2 * style.halo + 1, 2 * style.halo + 1), np.uint8)
        around = np.asarray(cv2.dilate(mask, disc), np.uint8)
        blended(picture, around, left, top, Ink((0, 0, 0), 0.9))
    blended(picture, mask, left, top, style.ink)


def symbol_mask(style: CaliperStyle, column: float, row: float, *, size: int) -> NDArray[np.uint8]:
    """(size, size), 0 to 255: how much of each pixel the symbol covers."""
    mask = np.zeros((size, size), np.uint8)
    kind = cv2.LINE_AA if style.anti_aliased else cv2.LINE_8
    if not style.anti_aliased:
        # Hard strokes of an odd width are centred on pixels, of an even one on the edges between them.
        half = 0.5 if style.stroke % 2 else 0.0
        column, row = np.floor(column) + half, np.floor(row) + half

    def line(x0: float, y0: float, x1: float, y1: float) -> None:
        ends = [(round((column + x - 0.5) * 16), round((row + y - 0.5) * 16)) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(mask, ends[0], ends[1], 255, style.stroke, kind, _SHIFT)

    _STROKES[style.shape](line, style.arm)
    if style.soft:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), style.soft), np.uint8)
        mask = np.asarray(np.clip(mask.astype(np.float32) * (255 / max(1, int(mask.max()))), 0, 255), np.uint8)
    return mask


Line = Callable[[float, float, float, float], None]
_UPRIGHT = ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))
_OBLIQUE = ((0.8, 0.8), (-0.8, 0.8), (0.8, -0.8), (-0.8, -0.8))


def _rays(
    directions: tuple[tuple[float, float], ...], begin: float, *, ends: float = 0.0
) -> Callable[[Line, float], None]:
    """Strokes from `begin` to 1 times the arm; `ends` is the half length of a bar over each end."""

    def drawn(line: Line, arm: float) -> None:
        for x, y in directions:
            line(x * arm * begin, y * arm * begin, x * arm, y * arm)
            if ends:
                across, down = -y * arm * ends, x * arm * ends
                line(x * arm + across, y * arm + down, x * arm - across, y * arm - down)

    return drawn


def _both(first: Callable[[Line, float], None], second: Callable[[Line, float], None]) -> Callable[[Line, float], None]:
    def drawn(line: Line, arm: float) -> None:
        first(line, arm)
        second(line, arm)

    return drawn


_STROKES: dict[Shape, Callable[[Line, float], None]] = {
    "plus": _rays(_UPRIGHT, 0.0),
    "cross": _rays(_OBLIQUE, 0.0),
    "open plus": _rays(_UPRIGHT, 0.45),
    "open cross": _rays(_OBLIQUE, 0.45),
    "crosslet": _rays(_UPRIGHT, 0.0, ends=0.25),
    "hooked cross": _rays(_OBLIQUE, 0.0, ends=0.4),
    "asterisk": _both(_rays(_UPRIGHT, 0.0), _rays(_OBLIQUE, 0.0)),
    "cross with post": _both(_rays(_OBLIQUE, 0.0), _rays(_UPRIGHT[2:], 0.0)),
    "cross with bar": _both(_rays(_OBLIQUE, 0.0), _rays(_UPRIGHT[:2], 0.0)),
    "four dots": _rays(_UPRIGHT, 0.95),
    "four wedges": _rays(_UPRIGHT, 0.5, ends=0.2),
    "corner plus": _both(_rays(_UPRIGHT, 0.6, ends=0.3), _rays(_UPRIGHT, 0.0)),
}


def draw_calipers_and_clutter(
    picture: NDArray[np.uint8], there: NDArray[np.float64], random: np.random.Generator, *, most: int = 4
) -> DrawnPicture:
    """Draw some calipers, mostly in pairs, with numerals and dotted lines; and clutter that is none.

    Parameters
    ----------
    picture : (rows, columns, 3) uint8; stays as it is.
    there : (n, 2), calipers that it has already, column and row (SCOORD): nothing is drawn over them.
    most : how many calipers are drawn at most; 0 draws clutter alone.
    """
    made = picture.copy()
    places = [(float(column), float(row)) for column, row in there]
    # Before the calipers: a sonographer measures on flow too.
    if random.random() < _DOPPLER:
        draw_doppler(made, places, random)
    styles: list[CaliperStyle] = []
    wanted = int(random.choice([0, 1, 2, 2, 3, 4, 4])) if most else 0
    while wanted > 0:
        style = some_style(random)
        pair = min(2, wanted)
        wanted -= pair
        drawn = _pair(made.shape, places, pair, random)
        if not drawn:
            continue
        styles.append(style)
        if len(drawn) == 2 and random.random() < 0.25:
            _dotted_line(made, drawn[0], drawn[1], style, random)
        numbered = random.random() < 0.4
        numeral = _NUMERALS[int(random.integers(len(_NUMERALS)))]
        for at, (column, row) in enumerate(drawn):
            if numbered and (at == 0 or random.random() < 0.5):
                _numeral(made, numeral, style, column, row, random)
            column, row = _snapped(style, column, row)
            draw_caliper(made, style, column, row)
            places.append((column, row))
    draw_clutter(made, places, random, copies=[_copy_of(style) for style in (styles or [some_style(random)])])
    return DrawnPicture(made, np.array(places, np.float64).reshape(-1, 2))


def _snapped(style: CaliperStyle, column: float, row: float) -> tuple[float, float]:
    """Where a symbol's centre really comes to lie."""
    if style.anti_aliased:
        return column, row
    half = 0.5 if style.stroke % 2 else 0.0
    return float(np.floor(column) + half), float(np.floor(row) + half)


def _copy_of(style: CaliperStyle) -> Callable[[NDArray[np.uint8], float, float], float]:
    """Draws the legend's copy of a symbol; returns how far it reaches."""

    def drawn(picture: NDArray[np.uint8], column: float, row: float) -> float:
        draw_caliper(picture, style, column, row)
        return style.arm + style.stroke

    return drawn


def _pair(
    shape: tuple[int, ...], there: list[tuple[float, float]], count: int, random: np.random.Generator
) -> list[tuple[float, float]]:
    """One place or two, apart from all others and inside; fewer where there is no room."""
    rows, columns = shape[:2]
    found: list[tuple[float, float]] = []
    for _ in range(_TRIES):
        if not found:
            place = (float(random.uniform(4, columns - 4)), float(random.uniform(4, rows - _LEGEND_ROWS)))
        else:
            angle, apart = random.uniform(0, 2 * np.pi), random.uniform(LEAST_APART, 0.6 * min(rows, columns))
            place = (found[0][0] + float(np.cos(angle) * apart), found[0][1] + float(np.sin(angle) * apart))
        inside = 4 <= place[0] <= columns - 4 and 4 <= place[1] <= rows - _LEGEND_ROWS
        if inside and all(np.hypot(place[0] - x, place[1] - y) >= LEAST_APART for x, y in (*there, *found)):
            found.append(place)
        if len(found) == count:
            break
    return found


def _dotted_line(
    picture: NDArray[np.uint8],
    begin: tuple[float, float],
    end: tuple[float, float],
    style: CaliperStyle,
    random: np.random.Generator,
) -> None:
    length = float(np.hypot(end[0] - begin[0], end[1] - begin[1]))
    step = float(random.uniform(2.5, 8))
    dot = int(random.choice([1, 1, 2]))
    margin = style.arm + 2 if random.random() < 0.7 else 0.0
    ink = Ink(style.ink.colour, style.ink.cover * float(random.uniform(0.5, 1)))
    for along in np.arange(margin, length - margin, step):
        column = int(begin[0] + (end[0] - begin[0]) * along / length)
        row = int(begin[1] + (end[1] - begin[1]) * along / length)
        blended(picture, np.full((dot, dot), 255, np.uint8), column, row, ink)


def _numeral(
    picture: NDArray[np.uint8],
    numeral: str,
    style: CaliperStyle,
    column: float,
    row: float,
    random: np.random.Generator,
) -> None:
    """Beside the symbol, often so near that they touch."""
    mask = text_mask(numeral, height=int(random.integers(6, 13)), thick=int(random.choice([1, 1, 2])), random=random)
    high, wide = mask.shape
    gap = float(random.uniform(-0.7, 0.8)) * style.arm
    across = column + gap + 1 if random.random() < 0.5 else column - gap - wide
    down = row + gap + 1 if random.random() < 0.5 else row - gap - high
    blended(picture, mask, int(across), int(down), style.ink)
