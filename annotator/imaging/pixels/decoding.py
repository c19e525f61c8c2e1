"""The one place that decodes what scanners send: bytes of one frame in any transfer syntax, to an array."""

from dataclasses import dataclass, replace
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import RoomError
from annotator.imaging.pixels.decoding_colour import Palette, rgb_from_palette, rgb_from_ybr, ybr_from_422
from annotator.imaging.pixels.decoding_headers import (
    CodestreamHeader,
    is_cut_jpeg2000,
    read_jpeg2000_header,
    read_jpeg_header,
)
from annotator.imaging.pixels.swallowed_errors import noticing_swallowed_errors

LITTLE_ENDIAN = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"})
BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
_JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
# Retired processes (spectral selection, progressive) still lie in archives and libjpeg-turbo reads them.
_JPEG = frozenset({JPEG_BASELINE, _JPEG_EXTENDED, *(f"1.2.840.10008.1.2.4.{n}" for n in (53, 55, 57, 70))})
_JPEG_LS = frozenset({"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"})
_JPEG_2000 = frozenset({"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"})
_HTJ2K = frozenset({HTJ2K_LOSSLESS, "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203"})

UNCOMPRESSED_SYNTAXES = LITTLE_ENDIAN | {BIG_ENDIAN}
SUPPORTED_SYNTAXES = UNCOMPRESSED_SYNTAXES | {RLE} | _JPEG | _JPEG_LS | _JPEG_2000 | _HTJ2K

_GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
_COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT", "PALETTE COLOR"})


class DecodingError(RoomError):
    """The bytes of a frame can't be turned into a picture; the message says why."""


@dataclass(frozen=True)
class PixelDescription:
    """The attributes of the Image Pixel module that decide how a frame's bytes are read, PS3.3 C.7.6.3.

    Attributes
    ----------
    pixel_representation : 0 unsigned, 1 two's complement.
    planar_configuration : 0 colour by pixel, 1 colour by plane; counts for uncompressed colour only.
    palette : for PALETTE COLOR.
    pixel_data_vr : of Pixel Data: big-endian OW with 8 bits allocated holds each pair of pixels swapped.
    high_bit : of uncompressed and RLE values; None is right below Bits Stored, as the standard has it today.
    """

    rows: int
    columns: int
    samples_per_pixel: int
    photometric_interpretation: str
    bits_allocated: int
    bits_stored: int
    pixel_representation: int
    planar_configuration: int
    transfer_syntax_uid: str
    palette: Palette | None = None
    pixel_data_vr: str = "OB"
    high_bit: int | None = None

    @property
    def low_bit(self) -> int:
        """Of a stored value in its word; above 0 in files of ACR-NEMA's time."""
        return 0 if self.high_bit is None else self.high_bit + 1 - self.bits_stored


def unsupported_syntax(transfer_syntax_uid: str) -> bool:
    """Whether frames in this transfer syntax can't be decoded here."""
    return transfer_syntax_uid not in SUPPORTED_SYNTAXES


def uncompressed_frame_length(description: PixelDescription) -> int:
    """Bytes of one uncompressed frame; for 1-bit pixels rounded up to whole bytes."""
    pixels = description.rows * description.columns
    if description.photometric_interpretation == "YBR_FULL_422":
        return pixels * 2 * description.bits_allocated // 8
    return (pixels * description.samples_per_pixel * description.bits_allocated + 7) // 8


def decode_frame(data: bytes, description: PixelDescription) -> NDArray[Any]:
    """Decode the bytes of one frame.

    Parameters
    ----------
    data : uncompressed: the frame's bytes (the caller inflates deflated files); else the frame's codestream,
        its fragments joined, without item headers.

    Returns
    -------
    Grey: (rows, columns) stored values, uint8, int8, uint16 or int16, bits above bits_stored cleared or filled
    with the sign. Colour: (rows, columns, 3) uint8 RGB, palettes and YBR resolved. May be a read-only view of data.

    Raises
    ------
    DecodingError : unsupported syntax, photometric interpretation or depth; truncated or contradictory bytes.
    """
    _check(description)
    syntax = description.transfer_syntax_uid
    if syntax in UNCOMPRESSED_SYNTAXES:
        return _from_native(data, description)
    if syntax == RLE:
        return _from_rle(data, description)
    decoded, header = _from_codestream(data, description)
    if decoded.ndim == 3:
        return _to_rgb(decoded, description, header, already_rgb=_is_rgb(description, header))
    return _grey_or_palette(_signed_as_declared(decoded, description, header), description)


def _check(description: PixelDescription) -> None:
    if unsupported_syntax(description.transfer_syntax_uid):
        raise DecodingError(f"Transfer syntax {description.transfer_syntax_uid} is not supported.")
    photometric = description.photometric_interpretation
    if photometric not in _GREY | _COLOUR:
        raise DecodingError(f"Photometric interpretation {photometric!r} is not supported.")
    one_sample = photometric in _GREY or photometric == "PALETTE COLOR"
    if description.samples_per_pixel != (1 if one_sample else 3):
        raise DecodingError(f"{photometric} with {description.samples_per_pixel} samples per pixel contradicts itself.")
    if description.bits_allocated not in (1, 8, 16) or not 1 <= description.bits_stored <= description.bits_allocated:
        raise DecodingError(
            f"{description.bits_stored} bits stored in {description.bits_allocated} allocated is not supported."
        )
    if not 0 <= description.low_bit <= description.bits_allocated - description.bits_stored:
        raise DecodingError(
            f"High bit {description.high_bit} of {description.bits_stored} bits stored in "
            f"{description.bits_allocated} allocated contradicts itself."
        )
    if description.rows < 1 or description.columns < 1:
        raise DecodingError(f"A frame of {description.columns} x {description.rows} pixels holds nothing.")
    if photometric == "PALETTE COLOR" and description.palette is None:
        raise DecodingError("PALETTE COLOR without its lookup tables can't be shown.")


def _sample_type(description: PixelDescription) -> np.dtype[Any]:
    kind = "i" if description.pixel_representation == 1 else "u"
    return np.dtype(f"{kind}{max(1, description.bits_allocated // 8)}")


def _from_native(data: bytes, description: PixelDescription) -> NDArray[Any]:
    expected = uncompressed_frame_length(description)
    if len(data) < expected:
        raise DecodingError(f"The frame is truncated: {len(data)} of {expected} bytes.")
    rows, columns = description.rows, description.columns
    if description.bits_allocated == 1:
        packed = np.frombuffer(data, np.uint8, count=expected)
        return np.unpackbits(packed, count=rows * columns, bitorder="little").reshape(rows, columns)
    sample_type = _sample_type(description)
    samples = np.frombuffer(data, sample_type, count=expected // sample_type.itemsize)
    if description.transfer_syntax_uid == BIG_ENDIAN:
        samples = _from_big_endian(data, samples, description)
    if description.samples_per_pixel == 1:
        return _grey_or_palette(_unused_bits_corrected(samples.reshape(rows, columns), description), description)
    samples = _unused_bits_corrected(samples, description)
    if description.photometric_interpretation == "YBR_FULL_422":
        if columns % 2:
            raise DecodingError(f"YBR_FULL_422 needs an even number of columns, not {columns}.")
        pixels: NDArray[Any] = ybr_from_422(_eight_bits(samples, description), rows, columns)
    elif description.planar_configuration == 1:
        pixels = samples.reshape(3, rows, columns).transpose(1, 2, 0)
    else:
        pixels = samples.reshape(rows, columns, 3)
    return _to_rgb(pixels, description, None, already_rgb=description.photometric_interpretation == "RGB")


def _from_big_endian(data: bytes, samples: NDArray[Any], description: PixelDescription) -> NDArray[Any]:
    if samples.itemsize == 2:
        return samples.byteswap()
    if description.pixel_data_vr != "OW":
        return samples
    words = np.frombuffer(data + b"\0", np.uint16, count=(len(samples) + 1) // 2)
    return words.byteswap().view(samples.dtype)[: len(samples)]


def _from_rle(data: bytes, description: PixelDescription) -> NDArray[Any]:
    sample_type = _sample_type(description)
    rows, columns, samples_per_pixel = description.rows, description.columns, description.samples_per_pixel
    try:
        plain = imagecodecs.dicomrle_decode(data, f"<{sample_type.kind}{sample_type.itemsize}")
    except (imagecodecs.DicomrleError, ValueError, IndexError) as error:
        raise DecodingError(f"The RLE frame can't be decoded: {error}.") from error
    expected = rows * columns * samples_per_pixel * sample_type.itemsize
    if len(plain) < expected:
        raise DecodingError(f"The RLE frame is truncated: {len(plain)} of {expected} bytes.")
    samples = np.frombuffer(plain, sample_type, count=expected // sample_type.itemsize)
    if samples_per_pixel == 1:
        return _grey_or_palette(_unused_bits_corrected(samples.reshape(rows, columns), description), description)
    # RLE always holds colour by plane, whatever Planar Configuration says: PS3.5 G.2.
    pixels = samples.reshape(3, rows, columns).transpose(1, 2, 0)
    return _to_rgb(pixels, description, None, already_rgb=description.photometric_interpretation == "RGB")


def _from_codestream(data: bytes, description: PixelDescription) -> tuple[NDArray[Any], CodestreamHeader]:
    syntax = description.transfer_syntax_uid
    jpeg_2000 = syntax in _JPEG_2000 | _HTJ2K
    header = read_jpeg2000_header(data) if jpeg_2000 else read_jpeg_header(data)
    if header is None:
        raise DecodingError("The frame's bytes hold no image of the kind that the transfer syntax names.")
    said = (header.rows, header.columns, header.components)
    declared = (description.rows, description.columns, description.samples_per_pixel)
    # Before any codec allocates: a small file may promise a picture of gigabytes.
    if said != declared:
        raise DecodingError(f"The frame holds {said} rows, columns and samples where the header says {declared}.")
    if jpeg_2000 and is_cut_jpeg2000(data):
        raise DecodingError("The frame is truncated: its codestream ends before the tiles that it announces.")
    try:
        with noticing_swallowed_errors() as swallowed:
            decoded = _run_codec(data, description, header)
    # Codecs raise classes of their own that share no base but these.
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise DecodingError(f"The frame can't be decoded: {error}.") from error
    if swallowed.errors:
        raise DecodingError("The frame can't be decoded to its end: its codestream is damaged.")
    shape = declared[:2] if declared[2] == 1 else declared
    if decoded.size != np.prod(shape):
        raise DecodingError(f"The frame decodes to {decoded.shape} where the header says {shape}.")
    return decoded.reshape(shape), header


def _run_codec(data: bytes, description: PixelDescription, header: CodestreamHeader) -> NDArray[Any]:
    syntax = description.transfer_syntax_uid
    if syntax in _HTJ2K:
        return imagecodecs.htj2k_decode(data)
    if syntax in _JPEG_2000:
        return imagecodecs.jpeg2k_decode(data[data.find(b"\xff\x4f\xff\x51") :])
    if syntax in _JPEG_LS:
        return imagecodecs.jpegls_decode(data)
    if header.components == 3 and header.precision == 8:
        # What the samples are is decided here, and libjpeg told, so that it never guesses from a missing marker.
        stored = "rgb" if header.is_lossless or _is_rgb(description, header) else "ycbcr"
        return imagecodecs.jpeg8_decode(data, colorspace=stored, outcolorspace="rgb")
    return imagecodecs.jpeg8_decode(data)


def _is_rgb(description: PixelDescription, header: CodestreamHeader) -> bool:
    """Whether the codec's output is RGB: the stream's own marker counts before DICOM's attribute."""
    photometric = description.photometric_interpretation
    if description.transfer_syntax_uid in _JPEG and header.precision == 8:
        if header.colour_transform is not None:
            return header.colour_transform == 0
        if (header.has_jfif and not header.is_lossless) or header.is_subsampled:
            return False
        return photometric == "RGB" or header.component_ids == b"RGB"
    return photometric in ("RGB", "YBR_RCT", "YBR_ICT")


def _to_rgb(
    pixels: NDArray[Any], description: PixelDescription, header: CodestreamHeader | None, *, already_rgb: bool
) -> NDArray[np.uint8]:
    if pixels.dtype.kind == "i":
        pixels = pixels.view(f"u{pixels.itemsize}")
    eight = _eight_bits(pixels, description, header)
    # libjpeg has converted 8-bit JPEG already (see _run_codec).
    jpeg = header if description.transfer_syntax_uid in _JPEG else None
    converted = jpeg is not None and jpeg.precision == 8 and not jpeg.is_lossless
    return np.ascontiguousarray(eight if already_rgb or converted else rgb_from_ybr(eight))


def _eight_bits(
    samples: NDArray[Any], description: PixelDescription, header: CodestreamHeader | None = None
) -> NDArray[np.uint8]:
    depth = header.precision if header else description.bits_stored
    return samples if samples.itemsize == 1 else (samples >> max(0, depth - 8)).astype(np.uint8)


def _signed_as_declared(decoded: NDArray[Any], description: PixelDescription, header: CodestreamHeader) -> NDArray[Any]:
    """Give codec output the sample type that the header declares, sign-extended from the codestream's precision."""
    wanted = _sample_type(description)
    if decoded.itemsize > wanted.itemsize and header.precision > 8 * wanted.itemsize:
        raise DecodingError(
            f"The frame holds {header.precision} bits where the header allocates {8 * wanted.itemsize}."
        )
    if header.signed and wanted.kind == "i":
        return decoded.astype(wanted, copy=False)
    if header.signed:
        # Lossy J2K overshoots below zero; the header says there is nothing there.
        return decoded.clip(0, None).astype(wanted)
    values = decoded.astype(f"u{wanted.itemsize}", copy=False)
    if wanted.kind == "u":
        return values
    # JPEG and JPEG-LS know no sign: the low bits of the two's complement are what was coded.
    bits = min(header.precision, 8 * wanted.itemsize)
    if description.transfer_syntax_uid in _JPEG_LS | _JPEG:
        bits = min(bits, description.bits_stored)
    return _low_bits(values.view(wanted), bits)


def _unused_bits_corrected(samples: NDArray[Any], description: PixelDescription) -> NDArray[Any]:
    """Clear the bits above Bits Stored (old overlays lie there) or fill them with the sign, only where needed."""
    bits, container = description.bits_stored, 8 * samples.itemsize
    if description.low_bit:
        raised = np.left_shift(samples, samples.dtype.type(container - bits - description.low_bit))
        return np.right_shift(raised, samples.dtype.type(container - bits))
    if bits >= container or samples.size == 0:
        return samples
    limit = 1 << (bits if samples.dtype.kind == "u" else bits - 1)
    if samples.max() < limit and (samples.dtype.kind == "u" or samples.min() >= -limit):
        return samples
    return _low_bits(samples, bits)


def _low_bits(samples: NDArray[Any], bits: int) -> NDArray[Any]:
    shift = samples.dtype.type(8 * samples.itemsize - bits)
    return samples if shift == 0 else np.right_shift(np.left_shift(samples, shift), shift)


def _grey_or_palette(stored: NDArray[Any], description: PixelDescription) -> NDArray[Any]:
    if description.photometric_interpretation == "PALETTE COLOR" and description.palette is not None:
        return rgb_from_palette(stored, description.palette)
    return stored


def decode_words(data: bytes, description: PixelDescription) -> NDArray[Any]:
    """The whole words of a grey or palette frame, the bits that hold no pixel value among them.

    Raises
    ------
    DecodingError : as decode_frame; colour.
    """
    if description.samples_per_pixel != 1:
        raise DecodingError("Only frames of one sample a pixel have unused bits.")
    words = replace(
        description,
        photometric_interpretation="MONOCHROME2",
        bits_stored=description.bits_allocated,
        pixel_representation=0,
        high_bit=None,
    )
    return decode_frame(data, words)
