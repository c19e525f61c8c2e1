"""A JPEG's own header: whether its bytes can go into DICOM as they are. Source: ITU-T T.81 annex B."""

import struct
from dataclasses import dataclass

from annotator.imaging.errors import QuarantineError

BASELINE = 0xC0
START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
START_OF_SCAN = 0xDA
ADOBE = 0xEE
STANDALONE = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True)
class JpegHeader:
    """`process` is the start-of-frame marker's second byte; `sampling` each component's (horizontal, vertical)."""

    process: int
    precision: int
    rows: int
    columns: int
    components: int
    sampling: tuple[tuple[int, int], ...]
    component_names: tuple[int, ...]
    adobe_transform: int | None

    @property
    def is_baseline(self) -> bool:
        return self.process == BASELINE and self.precision == 8

    @property
    def photometric(self) -> str:
        """How a DICOM header says this colour space. Source: DICOM PS3.5 8.2.1, and what libjpeg assumes."""
        if self.components == 1:
            return "MONOCHROME2"
        named_rgb = self.component_names == (ord("R"), ord("G"), ord("B"))
        if self.adobe_transform == 0 or (self.adobe_transform is None and named_rgb):
            return "RGB"
        return "YBR_FULL" if set(self.sampling) == {(1, 1)} else "YBR_FULL_422"


def read_jpeg_header(content: bytes) -> JpegHeader:
    """Walk a JPEG's segments to its frame header.

    Raises
    ------
    QuarantineError : damaged, or none.
    """
    place, adobe = 2, None
    found: JpegHeader | None = None
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            break
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker in STANDALONE:
            place += 2
            continue
        length = struct.unpack_from(">H", content, place + 2)[0]
        body = content[place + 4 : place + 2 + length]
        if length < 2 or len(body) != length - 2 or marker == START_OF_SCAN:
            break
        if marker == ADOBE and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
        if marker in START_OF_FRAME and len(body) >= 6:
            found = _frame(marker, body)
        place += 2 + length
    if found is None:
        raise QuarantineError("The JPEG picture is damaged: its header breaks off. Send it again.")
    return JpegHeader(**{**found.__dict__, "adobe_transform": adobe})


def _frame(marker: int, body: bytes) -> JpegHeader:
    precision, rows, columns, components = struct.unpack_from(">BHHB", body)
    parts = [body[6 + 3 * index : 9 + 3 * index] for index in range(components)]
    if any(len(part) != 3 for part in parts):
        raise QuarantineError("The JPEG picture is damaged: its frame header breaks off. Send it again.")
    return JpegHeader(
        process=marker,
        precision=precision,
        rows=rows,
        columns=columns,
        components=components,
        sampling=tuple((part[1] >> 4, part[1] & 15) for part in parts),
        component_names=tuple(part[0] for part in parts),
        adobe_transform=None,
    )
