"""Words that are burned into a picture, found and read by PP-OCR's small networks.

They come with the package rapidocr; nothing is downloaded. OpenCV runs them: it is here anyway, and ONNX Runtime would
be 68 MB more.
"""

import hashlib
import importlib.util
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import UnavailableError

FINDER, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_SHA256 = {
    FINDER: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    READER: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}
# Letters of 10 pixels are small for the finder: pictures are enlarged, at most so much, up to this side.
_LONGEST_SIDE, _LARGEST_SCALE = 1024, 1.5
_LIKELY_TEXT, _SURE_OF_LINE = 0.3, 0.5
# The finder marks the middle of a line; its letters reach as far beyond as this share of what is marked.
_UNCLIP = 1.6
_LEAST_SIDE, _MOST_LINES = 4, 60
_READER_HEIGHT, _READER_WIDTH = 48, 320


@dataclass(frozen=True)
class Letter:
    """What was read, how sure of it the network is, 0 to 1, and the column of the picture where it stands."""

    text: str
    score: float
    column: float


@dataclass(frozen=True)
class Line:
    """A box of words in the picture, columns and rows, and its letters from left to right."""

    left: float
    top: float
    right: float
    bottom: float
    letters: tuple[Letter, ...] = ()

    @property
    def text(self) -> str:
        return "".join(letter.text for letter in self.letters)


class TextReader:
    """Both networks, loaded. Several threads may share one; they wait for each other.

    Raises
    ------
    UnavailableError : a network is missing or not the one that was measured.
    """

    def __init__(self) -> None:
        finder, reader = _content_of(FINDER), _content_of(READER)
        self._finder = cv2.dnn.readNetFromONNX(np.frombuffer(finder, np.uint8), cv2.dnn.ENGINE_NEW)
        self._reader = cv2.dnn.readNetFromONNX(np.frombuffer(reader, np.uint8), cv2.dnn.ENGINE_NEW)
        self._letters = _letters_in(reader)
        self._alone = threading.Lock()

    def lines(self, picture: NDArray[np.uint8]) -> list[Line]:
        """Level lines of words, the first at the top; their letters aren't read yet.

        Parameters
        ----------
        picture : (rows, columns) or (rows, columns, 3).
        """
        rows, columns = picture.shape[:2]
        scale = min(_LONGEST_SIDE / max(rows, columns), _LARGEST_SCALE)
        # What the finder takes: sides that 32 divides.
        width, height = (max(32, round(side * scale / 32) * 32) for side in (columns, rows))
        sized = _resized(_three_channels(picture), width, height)
        likely = self._asked(self._finder, sized)[0, 0]
        found = []
        count, _, boxes, _ = cv2.connectedComponentsWithStats((likely > _LIKELY_TEXT).astype(np.uint8))
        for at in range(1, count):
            x, y, w, h = (int(value) for value in boxes[at, :4])
            if min(w, h) < _LEAST_SIDE or w < h or likely[y : y + h, x : x + w].mean() < _SURE_OF_LINE:
                continue
            beyond = w * h * _UNCLIP / (2 * (w + h))
            left, right = ((x - beyond) / width * columns, (x + w + beyond) / width * columns)
            top, bottom = ((y - beyond) / height * rows, (y + h + beyond) / height * rows)
            found.append(Line(max(left, 0.0), max(top, 0.0), min(right, columns), min(bottom, rows)))
        return sorted(found, key=lambda line: (line.top, line.left))[:_MOST_LINES]

    def read(self, picture: NDArray[np.uint8], line: Line) -> Line:
        """The line with its letters."""
        top, bottom, left, right = int(line.top), int(np.ceil(line.bottom)), int(line.left), int(np.ceil(line.right))
        cut = _three_channels(picture[top:bottom, left:right])
        width = max(1, round(cut.shape[1] * _READER_HEIGHT / cut.shape[0]))
        sized = np.full((_READER_HEIGHT, max(width, _READER_WIDTH), 3), 127, np.uint8)
        sized[:, :width] = _resized(cut, width, _READER_HEIGHT)
        likely = self._asked(self._reader, sized)[0]
        best = likely.argmax(axis=1)
        step = sized.shape[1] / len(best) * (right - left) / width
        letters = [
            Letter(self._letters[one], float(likely[at, one]), left + (at + 0.5) * step)
            for at, one in enumerate(best)
            if one and (at == 0 or one != best[at - 1])
        ]
        return Line(line.left, line.top, line.right, line.bottom, tuple(letters))

    def _asked(self, network: cv2.dnn.Net, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        values = (picture.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
        with self._alone:
            network.setInput(values)
            return np.asarray(network.forward())


@cache
def text_reader() -> TextReader:
    """The one of this process."""
    return TextReader()


def content_hash() -> str:
    """SHA-256 of what reads: of both networks' own."""
    return hashlib.sha256("".join(sorted(_SHA256.values())).encode()).hexdigest()


def _content_of(name: str) -> bytes:
    # Where the package lies, without running it: it wants ONNX Runtime.
    package = importlib.util.find_spec("rapidocr")
    folders = list(package.submodule_search_locations or ()) if package else []
    path = Path(folders[0]) / "models" / name if folders else None
    if path is None or not path.is_file():
        raise UnavailableError(f"Printed lengths can't be read: {name} is missing. Install requirements.txt.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _SHA256[name]:
        raise UnavailableError(f"{path} is not the network that was measured. Install requirements.txt as it is.")
    return content


def _letters_in(network: bytes) -> list[str]:
    """What each output means: nothing, the network's own list of letters, a space.

    The list is the metadata entry "character" of the file: a key and a value, each with its length before it, the
    length in groups of 7 bits (protocol buffers' StringStringEntryProto).
    """
    at = network.rindex(b"\x0a\x09character\x12") + 12
    length, shift = 0, 0
    while True:
        byte = network[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return ["", *network[at : at + length].decode().split("\n"), " "]


def _three_channels(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def _resized(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
