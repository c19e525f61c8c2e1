"""Find measuring marks (calipers) that a scanner burned into an ultrasound picture, by matching drawn symbols.

Every symbol a scanner may draw is drawn here too, in several sizes, and slid over the picture. Where one
matches, its strokes are looked at again: each must stand out from the tissue on both of its sides.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ml_assist.networks.caliper_planes import planes_of

Grey = NDArray[np.uint8]

MINIMUM_SCORE = 0.62
# Half the reach of a symbol in pixels.
PLUS_ARMS = (4, 5, 6, 7, 9)
CROSS_ARMS = (4, 5, 6)
SEPARATION = 9.0  # two calipers nearer than this are one that matched twice
_DRAWING_DISCOUNT = 0.92  # drawings have more strokes, so speckle is like them more often
_INK = 60  # grey levels above its surroundings at which something is drawn
_COLOURED, _COLOURED_SHARE = 60, 0.02
_LINE_REACH, _LETTER_SPACING = 45, 20
# A symbol ends; the lines of Doppler's boxes run on behind its arm, in two directions at least, from here to there.
_RUNS_ON = (3, 10)
# Where flow is painted over the tissue, it is so around a vessel; round a symbol it is not, or it can't be told.
_FLOW_REACH, _FLOW_SHARE = 12, 0.15
_FULL_CONTRAST = 45.0  # grey levels by which a stroke stands out when nothing more is gained


@dataclass(frozen=True)
class Caliper:
    """A caliper's centre, (column, row) as SCOORD has it (the middle of a pixel is .5), and a score from 0 to 1."""

    column: float
    row: float
    score: float


@dataclass(frozen=True)
class _Symbol:
    """A drawn symbol: its picture, its centre in it (SCOORD), and unit directions of its strokes from the centre."""

    picture: NDArray[np.float32]
    centre: tuple[float, float]
    arm: int
    strokes: tuple[tuple[float, float], ...]
    gap: int
    is_drawing: bool = False


_UPRIGHT = ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))
_OBLIQUE = ((0.707, 0.707), (-0.707, 0.707), (0.707, -0.707), (-0.707, -0.707))


def _plus(arm: int, upright: int, level: int, gap: int = 0) -> _Symbol:
    """A plus with strokes `upright` columns and `level` rows wide; an open one leaves `gap` pixels free."""
    size = 2 * (arm + 2) + 1
    picture = np.zeros((size + (level == 2), size + (upright == 2)), np.float32)
    middle = arm + 2
    rows, columns = picture.shape
    across = slice(middle - (upright == 3), middle + 1 + (upright > 1))
    down = slice(middle - (level == 3), middle + 1 + (level > 1))
    picture[2 : rows - 2, across] = 255
    picture[down, 2 : columns - 2] = 255
    if gap:
        picture[middle - gap : middle + gap + 1 + (level == 2), middle - gap : middle + gap + 1 + (upright == 2)] = 0
    return _Symbol(picture, (columns / 2, rows / 2), arm, _UPRIGHT, gap)


def _cross(arm: int, stroke: int, bar: tuple[int, int] = (0, 0)) -> _Symbol:
    """An x; `bar` is the half length of an upright and of a level stroke drawn over it."""
    size = 2 * (arm + 2) + 1
    picture = np.zeros((size, size), np.float32)
    for offset in range(-arm, arm + 1):
        for extra in range(stroke):
            picture[arm + 2 + offset, np.clip(arm + 2 + offset + extra, 0, size - 1)] = 255
            picture[arm + 2 + offset, np.clip(arm + 2 - offset + extra, 0, size - 1)] = 255
    upright, level = bar
    if upright:
        picture[arm + 2 - upright : arm + 3 + upright, arm + 2] = 255
    if level:
        picture[arm + 2, arm + 2 - level : arm + 3 + level] = 255
    return _Symbol(picture, (size / 2 + (stroke - 1) / 2, size / 2), arm, _OBLIQUE, 0)


# What some scanners draw instead of plain strokes, as seen in pictures: # is bright, - is half as bright.
_DRAWINGS = {
    "hooked x": (
        _OBLIQUE,
        """
        ..-#...#-..
        .-##-.-##-.
        -##-...-##-
        #--#-.-#--#
        ...-###-...
        ....-#-....
        ...-###-...
        #--#-.-#--#
        -##-...-##-
        .-##-.-##-.
        ..-#...#-..
        """,
    ),
    "x with a block": (
        _OBLIQUE,
        """
        ..-.....-..
        .-#-...-#-.
        -##-...-##-
        -#-#-.-#-#-
        ...-###-...
        ....###....
        ...-###-...
        -#-#-.-#-#-
        -##-...-##-
        .-#-...-#-.
        ..-.....-..
        """,
    ),
    "x with a post": (
        _OBLIQUE,
        """
        -#-..#..-#-
        .-#-.#.-#-.
        ..-#-#-#-..
        ...-###-...
        ....###....
        ....###....
        ....###....
        ...-###-...
        ..-#-#-#-..
        .-#-.#.-#-.
        -#-..#..-#-
        """,
    ),
    "plus with ends": (
        _UPRIGHT,
        """
        ....-##-....
        .....##.....
        .....##.....
        .....##.....
        #-...##...-#
        ############
        ############
        #-...##...-#
        .....##.....
        .....##.....
        .....##.....
        ....-##-....
        """,
    ),
}


def _drawn(strokes: tuple[tuple[float, float], ...], drawing: str) -> _Symbol:
    grey = {".": 0, "-": 128, "#": 255}
    inner = np.array([[grey[sign] for sign in line.strip()] for line in drawing.split()], np.float32)
    picture = np.pad(inner, 2)
    rows, columns = picture.shape
    return _Symbol(picture, (columns / 2, rows / 2), (inner.shape[0] - 1) // 2, strokes, 0, is_drawing=True)


@cache
def _symbols() -> tuple[_Symbol, ...]:
    def drawn() -> Iterator[_Symbol]:
        for arm in PLUS_ARMS:
            yield _plus(arm, 1, 1)
            yield _plus(arm, 2, 1)
            yield _plus(arm, 2, 2)
        for arm in (7, 9):
            yield _plus(arm, 3, 3)
        for arm in (5, 7):
            yield _plus(arm, 1, 1, gap=2)
        for arm in CROSS_ARMS:
            yield _cross(arm, 1)
            yield _cross(arm, 2)
            yield _cross(arm, 1, (arm - 1, 0))
            yield _cross(arm, 1, (0, arm - 1))
            yield _cross(arm, 1, (arm, arm))
        for strokes, drawing in _DRAWINGS.values():
            yield _drawn(strokes, drawing)

    return tuple(replace(s, picture=cv2.GaussianBlur(s.picture, (0, 0), 0.5).astype(np.float32)) for s in drawn())


@dataclass(frozen=True)
class _Searched:
    """What of a picture is searched, and where flow is painted.

    Attributes
    ----------
    planes : the brightest channel, and the colourfulness where few pixels have any.
    flow : (rows, columns), the share of coloured pixels round each, where many have some; it looks like anything.
    """

    planes: tuple[Grey, ...]
    flow: NDArray[np.float32] | None = None


def _searched(image: NDArray[Any]) -> _Searched:
    if image.ndim == 2:
        return _Searched((image,))
    brightest, chroma = planes_of(image)
    coloured = (chroma > _COLOURED).astype(np.float32)
    share = float(np.mean(coloured))
    if share < _COLOURED_SHARE:
        return _Searched((brightest, chroma) if share else (brightest,))
    side = 2 * _FLOW_REACH + 1
    return _Searched((brightest,), np.asarray(cv2.blur(coloured, (side, side)), np.float32))


def _at(picture: NDArray[np.float32], columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float32]:
    """Grey at continuous pixel indices, bilinear, the edge repeated."""
    at = (columns.astype(np.float32), rows.astype(np.float32))
    return cv2.remap(picture, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32, copy=False)


def _stroke_contrasts(picture: NDArray[np.float32], symbol: _Symbol, column: float, row: float) -> list[float]:
    """For each stroke, how many grey levels its dim part stands out from the brighter one of its two sides."""
    reach = np.arange(max(2, symbol.gap + 1), symbol.arm + 0.01)
    contrasts = []
    for along, down in symbol.strokes:
        length = reach * (1.414 if symbol.strokes is _OBLIQUE else 1.0)
        on_columns, on_rows = column - 0.5 + along * length, row - 0.5 + down * length
        on = _at(picture, on_columns[None], on_rows[None])[0]
        sides = []
        for side in (-3.2, 3.2):
            off = _at(picture, (on_columns - down * side)[None], (on_rows + along * side)[None])[0]
            sides.append(float(np.mean(off)))
        contrasts.append(float(np.percentile(on, 25)) - max(sides))
    return contrasts


def _runs_on(picture: NDArray[np.float32], symbol: _Symbol, column: float, row: float, contrast: float) -> bool:
    """Whether at least two strokes go on behind their ends, as bright and unbroken: two lines that meet."""
    reach = np.arange(symbol.arm + _RUNS_ON[0], symbol.arm + _RUNS_ON[1] + 0.01)
    going_on = 0
    for along, down in symbol.strokes:
        length = reach * (1.414 if symbol.strokes is _OBLIQUE else 1.0)
        columns, rows = column - 0.5 + along * length, row - 0.5 + down * length
        # Lines are as wide as strokes, and a centre may lie between two pixels.
        on = np.max(
            [_at(picture, (columns - down * by)[None], (rows + along * by)[None])[0] for by in (-1, 0, 1)], axis=0
        )
        sides = [_at(picture, (columns - down * by)[None], (rows + along * by)[None])[0] for by in (-4, 4)]
        # Flow may lie on one side of a line.
        going_on += bool(np.min(on) - min(float(np.mean(side)) for side in sides) >= contrast / 2)
    return going_on >= 2


def _quarter_contrasts(picture: NDArray[np.float32], symbol: _Symbol, column: float, row: float) -> list[float]:
    """For each quarter of a drawing, how many grey levels its ink stands out from its paper."""
    rows, columns = symbol.picture.shape
    down, across = np.mgrid[:rows, :columns]
    seen = _at(picture, across + column - symbol.centre[0], down + row - symbol.centre[1])
    ink, paper = symbol.picture > 150, symbol.picture < 40
    contrasts = []
    for upper in (down < rows // 2, down >= rows - rows // 2):
        for left in (across < columns // 2, across >= columns - columns // 2):
            quarter = upper & left
            contrasts.append(float(np.percentile(seen[ink & quarter], 30) - np.percentile(seen[paper & quarter], 60)))
    return contrasts


def _candidates(picture: Grey, minimum_match: float) -> list[tuple[float, _Symbol, float, float]]:
    """Local maxima of the match of every symbol: match, symbol, column and row of the centre."""
    # Broad structures go, thin bright ones stay.
    thin = cv2.morphologyEx(picture, cv2.MORPH_TOPHAT, np.ones((7, 7), np.uint8)).astype(np.float32)
    found = []
    for symbol in _symbols():
        edge = symbol.picture.shape[0] // 2
        padded = cv2.copyMakeBorder(thin, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        match = cv2.matchTemplate(padded, symbol.picture, cv2.TM_CCOEFF_NORMED)
        peaks = (match >= minimum_match) & (match >= cv2.dilate(match, np.ones((7, 7), np.uint8)))
        for down, across in zip(*np.nonzero(peaks), strict=True):
            place = (float(across) - edge + symbol.centre[0], float(down) - edge + symbol.centre[1])
            found.append((float(match[down, across]), symbol, *place))
    return found


def _glyphs(picture: Grey) -> NDArray[np.float64]:
    """Middle column, middle row and height of everything drawn that is the size of a letter."""
    _, stroke = cv2.threshold(
        cv2.morphologyEx(picture, cv2.MORPH_TOPHAT, np.ones((7, 7), np.uint8)), _INK, 255, cv2.THRESH_BINARY
    )
    _, _, boxes, _ = cv2.connectedComponentsWithStats(stroke, connectivity=8)
    left, top, width, height, area = boxes[1:].T.astype(float)
    letter = (height >= 6) & (height <= 26) & (width >= 1) & (width <= 26) & (area >= 7)
    return np.stack([left + width / 2, top + height / 2, height], axis=1)[letter]


def _stands_in_text(glyphs: NDArray[np.float64], column: float, row: float) -> bool:
    """Whether at least two letters stand in line beside a place, on one side or round it.

    A caliper's own number is one letter; a line of text, or a legend's copy of a caliper, has more.
    """
    along, across = np.abs(glyphs[:, 0] - column), np.abs(glyphs[:, 1] - row)
    own = (along < 7) & (across < 7)
    beside = glyphs[(along < _LINE_REACH) & (across < 4.5) & ~own]
    if len(beside) < 2:
        return False
    # Letters of one line are equally high and stand close; speckle is neither.
    alike = beside[np.abs(beside[:, 2] - np.median(beside[:, 2])) <= 2]
    places = np.sort(np.append(alike[:, 0], column))
    return len(alike) >= 2 and float(np.median(np.diff(places))) < _LETTER_SPACING


def _scored(picture: Grey, minimum_score: float, flow: NDArray[np.float32] | None) -> list[Caliper]:
    rows, columns = picture.shape
    bright = picture.astype(np.float32)
    glyphs = _glyphs(picture)
    scored = []
    for match, symbol, column, row in _candidates(picture, minimum_score):  # a score is never higher than its match
        measure = _quarter_contrasts if symbol.is_drawing else _stroke_contrasts
        contrasts = sorted(measure(bright, symbol, column, row))
        # The weakest stroke may be hidden by the caliper's number or by bright tissue.
        standing_out = np.clip((contrasts[0] + contrasts[1]) / 2 / _FULL_CONTRAST, 0, 1)
        score = float(np.clip(match, 0, 1) * standing_out**0.35) * (_DRAWING_DISCOUNT if symbol.is_drawing else 1.0)
        if score < minimum_score or _stands_in_text(glyphs, column, row):
            continue
        if flow is not None and (
            flow[min(rows - 1, int(row)), min(columns - 1, int(column))] > _FLOW_SHARE
            or _runs_on(bright, symbol, column, row, contrasts[-1])
        ):
            continue
        scored.append(Caliper(column, row, score))
    return scored


def find_calipers(image: NDArray[Any], *, minimum_score: float = MINIMUM_SCORE) -> list[Caliper]:
    """Find the calipers of one ultrasound picture, best first.

    Parameters
    ----------
    image : uint8, (rows, columns) grey or (rows, columns, 3) RGB, as it is shown.
    minimum_score : how sure to be, 0 to 1.

    Raises
    ------
    ValueError : an image of another type or shape.
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3):
        raise ValueError(f"Calipers are looked for in 8-bit pictures; this one is {image.dtype} {image.shape}.")
    searched = _searched(image)
    found = sorted(
        (caliper for plane in searched.planes for caliper in _scored(plane, minimum_score, searched.flow)),
        key=lambda caliper: -caliper.score,
    )
    kept: list[Caliper] = []
    for caliper in found:
        if all(np.hypot(caliper.column - k.column, caliper.row - k.row) >= SEPARATION for k in kept):
            kept.append(caliper)
    return kept


def parameters_hash() -> str:
    """SHA-256 of everything that decides what is found: a change needs a new version of the model."""
    parameters = {
        "score": MINIMUM_SCORE,
        "separation": SEPARATION,
        "contrast": _FULL_CONTRAST,
        "plus": PLUS_ARMS,
        "cross": CROSS_ARMS,
        "drawings": sorted((name, drawing.split()) for name, (_, drawing) in _DRAWINGS.items()),
        "discount": _DRAWING_DISCOUNT,
        "colour": [_COLOURED, _COLOURED_SHARE, _FLOW_REACH, _FLOW_SHARE],
        "crossings": _RUNS_ON,
        "text": [_INK, _LINE_REACH, _LETTER_SPACING],
    }
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
