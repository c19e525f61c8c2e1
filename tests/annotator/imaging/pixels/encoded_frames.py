"""Frames in every transfer syntax, encoded for the tests of the decoders: each says what its values are."""

from collections.abc import Callable
from dataclasses import dataclass

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

_JPEG = "1.2.840.10008.1.2.4."
IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
)
RLE = "1.2.840.10008.1.2.5"
ROWS, COLUMNS = 37, 41


@dataclass(frozen=True)
class Depth:
    """Bits allocated and stored, and whether values are signed."""

    allocated: int
    stored: int
    signed: bool = False

    def __str__(self) -> str:
        return f"{self.stored}of{self.allocated}{'signed' if self.signed else ''}"

    @property
    def kind(self) -> np.dtype:
        return np.dtype(f"{'i' if self.signed else 'u'}{self.allocated // 8}")

    @property
    def values(self) -> np.ndarray:
        """A ramp with noise over the whole range, its ends among the values; odd sides."""
        low = -(1 << self.stored - 1) if self.signed else 0
        high = low + (1 << self.stored) - 1
        ramp = np.linspace(low, high, ROWS * COLUMNS)
        noise = np.random.default_rng(5).normal(0, (high - low) / 400, ramp.shape)
        return np.clip(np.rint(ramp + noise), low, high).astype(self.kind).reshape(ROWS, COLUMNS)

    @property
    def smooth(self) -> np.ndarray:
        """What lossy processes keep: a gentle hill inside the range."""
        rows, columns = np.mgrid[:ROWS, :COLUMNS]
        hill = np.exp(-((rows - 18) ** 2 + (columns - 20) ** 2) / 300)
        low = -(1 << self.stored - 1) if self.signed else 0
        return (low + hill * ((1 << self.stored) - 1) * 0.9).astype(self.kind)


def native(values: np.ndarray, depth: Depth) -> bytes:
    data = values.astype(values.dtype.newbyteorder("<")).tobytes()
    return data + b"\0" * (len(data) % 2)


def big_endian(values: np.ndarray, depth: Depth) -> bytes:
    """OB where 8 bits are allocated: byte by byte."""
    data = values.astype(values.dtype.newbyteorder(">")).tobytes()
    return data + b"\0" * (len(data) % 2)


def rle(values: np.ndarray, depth: Depth) -> bytes:
    """PS3.5 G: a segment for each byte of each sample, the highest byte first, each row packed on its own."""
    planes = values[..., None] if values.ndim == 2 else values
    octets = planes.astype(values.dtype.newbyteorder(">")).view(np.uint8).reshape(*values.shape[:2], -1)
    segments = []
    for place in range(octets.shape[2]):
        packed = b"".join(imagecodecs.packbits_encode(row.tobytes()) for row in octets[..., place])
        segments.append(packed + b"\0" * (len(packed) % 2))
    offsets = np.cumsum([64, *(len(segment) for segment in segments)])[:-1]
    header = np.zeros(16, "<u4")
    header[0], header[1 : 1 + len(segments)] = len(segments), offsets
    return header.tobytes() + b"".join(segments)


def jpeg_lossless(values: np.ndarray, depth: Depth) -> bytes:
    """Process 14, selection value 1: it knows no sign, so the low bits of the two's complement are coded."""
    if values.ndim == 3:
        # What the samples mean is not the codec's business: without markers and names the header alone says it.
        data = imagecodecs.jpeg8_encode(values, lossless=True, predictor=1, colorspace="rgb", outcolorspace="rgb")
        data = without_markers(data).replace(b"R\x11\0G\x11\0B\x11\0", b"\1\x11\0\2\x11\0\3\x11\0")
        return data.replace(b"R\0G\0B\0", b"\1\0\2\0\3\0")
    return imagecodecs.ljpeg_encode(_low_bits(values, depth), bitspersample=max(2, depth.stored))


def jpeg_lossless_by_another_encoder(values: np.ndarray, depth: Depth) -> bytes:
    """Process 14 with another selection value."""
    bits = _low_bits(values, depth)
    bits = bits.astype(np.uint8) if depth.stored <= 8 else bits
    return imagecodecs.jpeg8_encode(bits, lossless=True, predictor=4, bitspersample=depth.stored)


def jpeg_ls(values: np.ndarray, depth: Depth) -> bytes:
    return imagecodecs.jpegls_encode(_low_bits(values, depth))


def jpeg_2000(values: np.ndarray, depth: Depth) -> bytes:
    return imagecodecs.jpeg2k_encode(values, codecformat="j2k", reversible=True, bitspersample=depth.stored)


def htj2k(values: np.ndarray, depth: Depth) -> bytes:
    return imagecodecs.htj2k_encode(values, reversible=True, rgb=values.ndim == 3)


Encoder = Callable[[np.ndarray, Depth], bytes]
LOSSLESS: dict[str, tuple[str, Encoder]] = {
    "implicit": (IMPLICIT, native),
    "explicit": (EXPLICIT, native),
    "deflated": (DEFLATED, native),
    "big-endian": (BIG_ENDIAN, big_endian),
    "RLE": (RLE, rle),
    "JPEG lossless": (f"{_JPEG}57", jpeg_lossless_by_another_encoder),
    "JPEG lossless SV1": (f"{_JPEG}70", jpeg_lossless),
    "JPEG-LS": (f"{_JPEG}80", jpeg_ls),
    "JPEG-LS near, error 0": (f"{_JPEG}81", jpeg_ls),
    "JPEG 2000 lossless": (f"{_JPEG}90", jpeg_2000),
    "JPEG 2000": (f"{_JPEG}91", jpeg_2000),
    "HTJ2K lossless": (f"{_JPEG}201", htj2k),
    "HTJ2K RPCL": (f"{_JPEG}202", htj2k),
    "HTJ2K": (f"{_JPEG}203", htj2k),
}


def dataset_of(values: np.ndarray, depth: Depth, photometric: str = "") -> Dataset:
    """An uncompressed data set of one frame that pydicom decodes by itself."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = UID(ExplicitVRLittleEndian)
    made.set_original_encoding(False, True)
    made.SOPClassUID, made.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    made.Rows, made.Columns = values.shape[:2]
    made.SamplesPerPixel = 3 if values.ndim == 3 else 1
    made.PhotometricInterpretation = photometric or ("RGB" if values.ndim == 3 else "MONOCHROME2")
    if values.ndim == 3:
        made.PlanarConfiguration = 0
    made.BitsAllocated, made.BitsStored, made.HighBit = depth.allocated, depth.stored, depth.stored - 1
    made.PixelRepresentation = int(depth.signed)
    made.PixelData = native(values, depth)
    made["PixelData"].VR = "OB" if depth.allocated == 8 else "OW"
    return made


def _low_bits(values: np.ndarray, depth: Depth) -> np.ndarray:
    unsigned = values.view(f"u{values.itemsize}")
    return unsigned & unsigned.dtype.type((1 << depth.stored) - 1)


def without_markers(data: bytes) -> bytes:
    """The same stream without its APP0 and APP14 segments."""
    kept, position = data[:2], 2
    while data[position + 1] in range(0xE0, 0xF0):
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return kept + data[position:]
