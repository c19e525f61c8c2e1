"""Lengths that a scanner printed into a picture, read off its pixels; none rather than a wrong one."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_assist.guidance.printed_lengths import PrintedLength, length_of
from ml_assist.inference.text_reader import Letter, Line, TextReader

# Scanners print lengths with a digit behind the point, centimetres with two: "3.6 cm" is how deep the scan goes. Where
# no digit follows, the point may have been overlooked.
_READ = re.compile(r"(\d{1,3})[.,](?:(\d{1,2}) ?(mm)|(\d{2}) ?(cm))(?![a-z0-9²])", re.IGNORECASE)
# What nobody measures with calipers in a picture.
SHORTEST_MM, LONGEST_MM = 0.5, 300.0
# How far a scan goes down is printed too, and is no caliper's.
_OF_THE_SCAN = re.compile(r"dep|prof|tief|tiefe|focus|foco|fok|zoom|hz|db|scale|escala", re.IGNORECASE)
# Every sign of a length counts by its worst one.
SURE_ENOUGH = 0.8
# Of the brightness of letters: above it lies what belongs to one.
_BRIGHT = 0.75
# What the second look has more of, above and below, and at the sides: parts of the line's height.
_MORE = (0.08, 0.3)
# Two signs nearer than this many widths stand side by side; a wider gap is a space, read or not.
_SIDE_BY_SIDE = 1.6


@dataclass(frozen=True)
class ReadLength:
    """A printed length, how sure its worst sign is, 0 to 1, and its box in the picture, columns and rows."""

    length: PrintedLength
    text: str
    score: float
    left: float
    top: float
    right: float
    bottom: float


def read_lengths(reader: TextReader, picture: NDArray[np.uint8]) -> list[ReadLength]:
    """All that can be trusted, from the top: whole, sure in every sign, the same when looked at twice.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3).
    """
    found = []
    for line in reader.lines(picture):
        lengths = _lengths_in(reader.read(picture, line), picture)
        if lengths:
            again = {one.text for one in _lengths_in(reader.read(picture, _wider(line, picture)), picture)}
            found += [one for one in lengths if one.text in again]
    return found


def _lengths_in(line: Line, picture: NDArray[np.uint8]) -> list[ReadLength]:
    letters = [letter for letter in line.letters if len(letter.text) == 1]
    text = "".join(letter.text for letter in letters)
    if _OF_THE_SCAN.search(text):
        return []
    found = []
    for match in _READ.finditer(text):
        signs = [letter for letter in letters[match.start() : match.end()] if letter.text != " "]
        # The last letter of "mm" and "cm" says nothing.
        score = min(letter.score for letter in signs[:-1])
        length = length_of(match[1], match[2] or match[4], match[3] or match[5])
        if score < SURE_ENOUGH or not SHORTEST_MM <= length.mm <= LONGEST_MM:
            continue
        width = float(np.median(np.diff([letter.column for letter in signs])))
        left, right = signs[0].column - width / 2, signs[-1].column + width / 2
        before = letters[match.start() - 1] if match.start() else None
        if _may_have_more_before(signs[0], before, width) or _is_cut_level(picture, line, left, right):
            continue
        found.append(ReadLength(length, match[0].replace(" ", ""), score, left, line.top, right, line.bottom))
    return found


def _may_have_more_before(first: Letter, before: Letter | None, width: float) -> bool:
    """A number that begins at the picture's edge, or with a sign that is none of a number, may have lost digits."""
    if before is None or before.text == " ":
        return first.column < _SIDE_BY_SIDE * width
    if before.text in ".,":
        return True
    return before.text.isalnum() and first.column - before.column < _SIDE_BY_SIDE * width


def _is_cut_level(picture: NDArray[np.uint8], line: Line, left: float, right: float) -> bool:
    """Whether signs go on above or below the picture."""
    columns = slice(max(0, int(left)), int(np.ceil(right)))
    box = picture[int(line.top) : int(np.ceil(line.bottom)), columns]
    bright = _BRIGHT * np.percentile(box, 95)
    rows = picture.shape[0]
    for edge, touches in ((picture[:1, columns], line.top < 1), (picture[-1:, columns], line.bottom > rows - 1)):
        if touches and edge.max() > bright:
            return True
    return False


def _wider(line: Line, picture: NDArray[np.uint8]) -> Line:
    """With more of the picture around, so that its letters are shown to the network in another size and place."""
    above, before = ((line.bottom - line.top) * share for share in _MORE)
    rows, columns = picture.shape[:2]
    return Line(
        max(line.left - before, 0.0),
        max(line.top - above, 0.0),
        min(line.right + before, columns),
        min(line.bottom + above, rows),
    )
