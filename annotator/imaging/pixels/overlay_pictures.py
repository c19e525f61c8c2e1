"""An overlay plane as a small picture that browsers lay over a frame: one bit a pixel, set or transparent."""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTENT_TYPE = "image/png"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Colour 0 is black and transparent, colour 1 white and opaque; whoever shows it may tint it.
_PALETTE, _ALPHA = bytes((0, 0, 0, 255, 255, 255)), bytes((0, 255))
_INDEXED, _ONE_BIT = 3, 1


def overlay_png(bitmap: NDArray[np.bool_]) -> bytes:
    """Encode a bitmap as a PNG of one bit a pixel with transparency, a few kB for a screen of text.

    Parameters
    ----------
    bitmap : (rows, columns), true where the overlay is drawn.

    Raises
    ------
    ValueError : no two dimensions, or no pixels.

    Source: PNG specification (W3C), 11.2 and 11.3.2.1: IHDR, PLTE, tRNS, IDAT, IEND.
    """
    if bitmap.ndim != 2 or bitmap.size == 0:
        raise ValueError(f"An overlay is made of (rows, columns), not of shape {bitmap.shape}.")
    rows, columns = bitmap.shape
    packed = np.packbits(bitmap, axis=1)
    lines = np.zeros((rows, packed.shape[1] + 1), np.uint8)  # each line begins with its filter: 0, none
    lines[:, 1:] = packed
    header = struct.pack(">IIBBBBB", columns, rows, _ONE_BIT, _INDEXED, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", _PALETTE),
        (b"tRNS", _ALPHA),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def bit_of(words: NDArray[Any], position: int) -> NDArray[np.bool_]:
    """The bit of each word that holds an embedded overlay plane."""
    return (words >> words.dtype.type(position) & words.dtype.type(1)).astype(np.bool_)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
