"""A frame uncompressed, little-endian, laid out as the header of its instance says, and never as something else.

Whoever reads these bytes has the instance's metadata beside them: Photometric Interpretation, Planar Configuration
and Bits Allocated of the original must be true of what is handed out. YBR_RCT and YBR_ICT alone can't be: they name
what JPEG 2000 does inside, and its output is RGB.

Source: DICOM PS3.3 C.7.6.3.1, PS3.5 8.1 and A.1, PS3.18 8.7.3.3.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.imaging.models import DerivedFormat
from annotator.imaging.pixels.decoding import (
    BIG_ENDIAN,
    JPEG_BASELINE,
    LITTLE_ENDIAN,
    RLE,
    UNCOMPRESSED_SYNTAXES,
    decode_frame,
    decode_words,
    uncompressed_frame_length,
)
from annotator.imaging.pixels.htj2k import decode_htj2k
from annotator.imaging.store.frame_source import FrameSource

# JPEG converts between YBR and RGB itself; the others hand their samples out as they were put in.
_CONVERTING = frozenset({JPEG_BASELINE, "1.2.840.10008.1.2.4.51"})
_AS_RGB = frozenset({"RGB", "YBR_RCT", "YBR_ICT"})
# PS3.3 C.7.6.3.1.2, from RGB.
_YBR = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)


def raw_frame_length(source: FrameSource) -> int | None:
    """How many bytes raw_frame will give; None where it gives nothing."""
    pixels = source.pixels
    if pixels.photometric_interpretation == "YBR_FULL_422" and pixels.columns % 2:
        return None
    copied = pixels.transfer_syntax_uid not in LITTLE_ENDIAN or source.original is None
    if copied and pixels.samples_per_pixel == 3 and pixels.bits_allocated != 8:
        return None  # the frame store holds 8 bits of colour
    if copied and pixels.photometric_interpretation == "PALETTE COLOR" and source.original is None:
        return None  # the frame store holds colours, the header promises indices
    return uncompressed_frame_length(pixels)


def raw_frame(source: FrameSource, *, planar_configuration: int = 0) -> bytes | None:
    """One frame's samples; None where the promise of the header can't be kept.

    Parameters
    ----------
    planar_configuration : of the header; 1 puts colour by plane.

    Raises
    ------
    FrameStoreError, DecodingError, Htj2kError : the stored bytes are damaged.
    """
    pixels = source.pixels
    if raw_frame_length(source) is None:
        return None
    if source.original is not None and pixels.transfer_syntax_uid in LITTLE_ENDIAN:
        return source.original.read()
    if pixels.samples_per_pixel == 3:
        return _colour(source, planar_configuration)
    if pixels.transfer_syntax_uid == BIG_ENDIAN and pixels.bits_allocated == 16 and source.original is not None:
        return np.frombuffer(source.original.read(), ">u2").astype("<u2").tobytes()
    return _one_sample(source)


def _one_sample(source: FrameSource) -> bytes:
    pixels = source.pixels
    whole_words = pixels.transfer_syntax_uid == RLE or pixels.photometric_interpretation == "PALETTE COLOR"
    if whole_words and source.original is not None:
        # Indices instead of colours; and what lies in the bits above the values, as the header says.
        values = decode_words(source.original.read(), pixels)
    elif source.stored_format == DerivedFormat.JPEG:
        values = decode_frame(source.stored.read(), pixels)
    else:
        values = decode_htj2k(source.stored.read())
    if pixels.bits_allocated == 1:
        return np.packbits(values.reshape(-1).astype(bool), bitorder="little").tobytes()
    return values.astype(f"<{values.dtype.kind}{pixels.bits_allocated // 8}", copy=False).tobytes()


def _colour(source: FrameSource, planar_configuration: int) -> bytes:
    pixels = source.pixels
    promised = pixels.photometric_interpretation
    compressed = pixels.transfer_syntax_uid not in UNCOMPRESSED_SYNTAXES
    if source.original is not None and compressed and pixels.transfer_syntax_uid not in _CONVERTING:
        # Named RGB, the samples come out as they were put in, and that is what the header describes.
        colour = decode_frame(source.original.read(), replace(pixels, photometric_interpretation="RGB"))
        in_rgb = promised in _AS_RGB
    else:
        rgb = source.stored_format == DerivedFormat.HTJ2K
        colour = decode_htj2k(source.stored.read()) if rgb else decode_frame(source.stored.read(), pixels)
        in_rgb = True
    if in_rgb and promised not in _AS_RGB:
        colour = _ybr_from_rgb(colour)
    if promised == "YBR_FULL_422":
        return _subsampled(colour).tobytes()
    return (colour.transpose(2, 0, 1) if planar_configuration == 1 else colour).tobytes()


def _ybr_from_rgb(rgb: NDArray[Any]) -> NDArray[np.uint8]:
    ybr = rgb.astype(np.float32) @ _YBR.T
    ybr[..., 1:] += 128
    return np.clip(np.rint(ybr), 0, 255).astype(np.uint8)


def _subsampled(ybr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Y Y Cb Cr for each two pixels, the colours their mean; PS3.3 C.7.6.3.1.2."""
    rows, columns, _ = ybr.shape
    packed = np.empty((rows, columns // 2, 4), np.uint8)
    packed[..., 0], packed[..., 1] = ybr[:, ::2, 0], ybr[:, 1::2, 0]
    packed[..., 2:] = (ybr[:, ::2, 1:].astype(np.uint16) + ybr[:, 1::2, 1:] + 1) >> 1
    return packed
