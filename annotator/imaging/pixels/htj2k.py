"""High-throughput JPEG 2000, lossless: what the frame store holds and the browser decodes."""

from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import RoomError

# Halvings that every copy can be read at. Five is JPEG 2000's default and takes 2457 rows to 77.
MAX_REDUCTION = 5
CONTENT_TYPE = "image/jphc"
# Places in the SIZ segment, which follows the start of codestream: the number of components, and three bytes for each,
# of which the first holds sign and depth. Source: ISO/IEC 15444-1 A.5.1.
_COMPONENTS, _SAMPLE_DEPTH = 40, 42
# More than the low-pass gain of five halvings in both directions needs.
_ROOM_BITS = 4
_START_OF_TILE_PART = b"\xff\x90"


class Htj2kError(RoomError):
    """An array can't be encoded, or bytes are no HTJ2K codestream."""


def encode_htj2k(values: NDArray[Any]) -> bytes:
    """Encode losslessly (ISO/IEC 15444-15) with levels for MAX_REDUCTION halvings, the coarsest first.

    Each resolution is a tile-part of its own, so that the beginning of the bytes is a reduced picture: see
    prefix_lengths.

    Parameters
    ----------
    values : (rows, columns) uint8, int8, uint16 or int16 stored values, or (rows, columns, 3) uint8 RGB.

    Raises
    ------
    Htj2kError : another type or shape, or no pixels.
    """
    grey = values.ndim == 2 and values.dtype.name in ("uint8", "int8", "uint16", "int16")
    colour = values.ndim == 3 and values.shape[2] == 3 and values.dtype == np.uint8
    if not (grey or colour) or values.size == 0:
        raise Htj2kError(f"Can't encode {values.dtype} of shape {values.shape} as HTJ2K.")
    contiguous = np.ascontiguousarray(values)
    # The reversible colour transform is right for RGB only; OpenJPH would apply it to any three samples.
    return bytes(
        imagecodecs.htj2k_encode(
            contiguous,
            reversible=True,
            resolutions=MAX_REDUCTION,
            rgb=colour,
            tilepart=imagecodecs.HTJ2K.TILEPART.RESOLUTIONS,
            tlm=True,
        )
    )


def prefix_lengths(data: bytes) -> tuple[int, ...]:
    """How many of the first bytes hold the picture reduced by 1, 2, ... MAX_REDUCTION halvings.

    At half the size that is about a quarter of the bytes. Empty for codestreams in one tile-part, as encode_htj2k
    made them before.

    Source: ISO/IEC 15444-1 A.4.2 (SOT): the length of a tile-part stands six bytes behind the beginning of its marker.
    """
    ends = []
    # The main header's segments, each with its length behind its marker; the bytes of a length may look like a marker.
    at = 2
    while len(data) > at + 4 and data[at : at + 2] != _START_OF_TILE_PART:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    while data[at : at + 2] == _START_OF_TILE_PART:
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        if not length:
            break
        at += length
        ends.append(at)
    return tuple(ends[-2::-1]) if len(ends) == MAX_REDUCTION + 1 else ()


def decode_htj2k(data: bytes, *, reduce: int = 0) -> NDArray[Any]:
    """Decode at full size, or at 1/2**reduce of it (each side rounded up) for a fraction of the time.

    The low-pass samples sit on every 2**reduce-th pixel, so a reduced picture lies up to half of one of its
    own pixels towards the bottom right: good to look at, not to measure on.

    Returns
    -------
    (rows, columns) or (rows, columns, 3), in the sample type that was encoded.

    Raises
    ------
    Htj2kError : the bytes can't be decoded, or reduce is outside 0..MAX_REDUCTION.
    """
    if not 0 <= reduce <= MAX_REDUCTION:
        raise Htj2kError(f"A frame can be reduced by 0 to {MAX_REDUCTION} halvings, not {reduce}.")
    try:
        return _decode_reduced(data, reduce) if reduce else imagecodecs.htj2k_decode(data)
    except (imagecodecs.Htj2kError, ValueError, IndexError) as error:
        raise Htj2kError(f"The stored frame can't be decoded: {error}.") from error


def _decode_reduced(data: bytes, reduce: int) -> NDArray[Any]:
    """Low-pass samples, cut to what the sample type holds.

    Beside an edge the low-pass filter goes below the smallest sample and above the largest. The decoder would wrap
    those round, and air beside a bright edge would come out white: it is told that the samples are wider.
    """
    depth = data[_SAMPLE_DEPTH]
    bits, signed = (depth & 0x7F) + 1, bool(depth & 0x80)
    wide = bytearray(data)
    for component in range(int.from_bytes(data[_COMPONENTS : _COMPONENTS + 2], "big")):
        # Signed, so that no offset is added before the decoder cuts.
        wide[_SAMPLE_DEPTH + 3 * component] = 0x80 | (bits + _ROOM_BITS - 1)
    values: NDArray[Any] = imagecodecs.htj2k_decode(bytes(wide), skipres=reduce)
    half = 1 << (bits - 1)
    np.clip(values, -half, half - 1, out=values)
    if not signed:
        values += half
    return values.astype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")
