"""What a compressed frame says about itself, read before any codec allocates memory for it."""

import struct
from dataclasses import dataclass

_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_LOSSLESS = 0xC3
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})

_START_OF_TILE_PART, _END_OF_CODESTREAM = 0xFF90, 0xFFD9
_TILE_PART_BYTES = 12


@dataclass(frozen=True)
class CodestreamHeader:
    """Size and sample type of a JPEG, JPEG-LS or JPEG 2000 codestream.

    Attributes
    ----------
    signed : only JPEG 2000 knows signed samples.
    colour_transform : JPEG's APP14 marker: 0 none, 1 YCbCr, None when there is no such marker.
    component_ids : JPEG's component identifiers, b"RGB" where the encoder said so.
    has_jfif : JPEG's APP0 marker is there, which no encoder writes beside RGB.
    is_subsampled : JPEG's components differ in size, which only chroma does.
    is_lossless : JPEG's lossless process, for which libjpeg converts no colours.
    """

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False
    colour_transform: int | None = None
    component_ids: bytes = b""
    has_jfif: bool = False
    is_subsampled: bool = False
    is_lossless: bool = False


def read_jpeg_header(data: bytes) -> CodestreamHeader | None:
    """Read the frame header of a JPEG or JPEG-LS stream; None when there is none.

    Source: ITU-T T.81 B.2.2, T.87 C.2.2.
    """
    position, transform, has_jfif = data.find(b"\xff\xd8"), None, False
    if position < 0:
        return None
    position += 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in _WITHOUT_LENGTH:
            position += 2
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        body = data[position + 4 : position + 2 + length]
        if marker == 0xE0 and body[:5] == b"JFIF\0":
            has_jfif = True
        elif marker == 0xEE and body[:5] == b"Adobe" and len(body) >= 12:
            transform = body[11]
        elif marker in _FRAME_MARKERS and len(body) >= 6:
            precision, rows, columns, components = struct.unpack_from(">BHHB", body)
            identifiers = body[6 : 6 + 3 * components : 3]
            return CodestreamHeader(
                rows=rows,
                columns=columns,
                components=components,
                precision=precision,
                colour_transform=transform,
                component_ids=identifiers,
                has_jfif=has_jfif,
                is_subsampled=len(set(body[7 : 7 + 3 * components : 3])) > 1,
                is_lossless=marker == _LOSSLESS,
            )
        position += 2 + length
    return None


def read_jpeg2000_header(data: bytes) -> CodestreamHeader | None:
    """Read the SIZ marker of a JPEG 2000 codestream, also inside a JP2 file; None when there is none.

    Source: ISO/IEC 15444-1 A.5.1.
    """
    start = data.find(b"\xff\x4f\xff\x51")
    if start < 0 or start + 43 > len(data):
        return None
    right, bottom, left, top = struct.unpack_from(">IIII", data, start + 8)
    (components,) = struct.unpack_from(">H", data, start + 40)
    depth = data[start + 42]
    return CodestreamHeader(bottom - top, right - left, components, (depth & 0x7F) + 1, bool(depth & 0x80))


def is_cut_jpeg2000(data: bytes) -> bool:
    """Whether a JPEG 2000 codestream ends before the tile-parts that it announces; decoders guess the rest in silence.

    Source: ISO/IEC 15444-1 A.4.2 (SOT: Psot is the length of the tile-part from its marker on, 0 up to the end).
    """
    position = data.find(b"\xff\x4f\xff\x51") + 2
    while position + 4 <= len(data):
        marker, length = struct.unpack_from(">HH", data, position)
        if marker == _END_OF_CODESTREAM or not 0xFF4F <= marker <= 0xFF93:
            return False
        if marker != _START_OF_TILE_PART:
            position += 2 + length
            continue
        if position + _TILE_PART_BYTES > len(data):
            return True
        (tile_part_length,) = struct.unpack_from(">L", data, position + 6)
        if tile_part_length < _TILE_PART_BYTES:
            return False
        position += tile_part_length
    return position > len(data)
