"""Comments, camera data and thumbnails inside a JPEG or JPEG 2000 stream: where they lie, so that they can be zeroed.

Their lengths stay and so does every pixel. What a decoder needs (JFIF, ICC profiles, colour transforms) isn't touched.

Source: ITU-T T.81 B.2.4 (JPEG), T.87 (JPEG-LS), T.800 A.9.2 (JPEG 2000's COM).
"""

import re
import struct
from collections.abc import Callable

JPEG_START, JPEG2000_START = b"\xff\xd8", b"\xff\x4f"
COMMENT, FIRST_APP, LAST_APP, START_OF_SCAN = 0xFE, 0xE0, 0xEF, 0xDA
COMMENT_2000, START_OF_TILE = 0x64, 0x90
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
# How segments begin that decoders read: APP0, APP2, APP8 (JPEG-LS), APP14.
NEEDED = {0xE0: (b"JFIF",), 0xE2: (b"ICC_PROFILE",), 0xE8: (b"SPIFF", b"mrfx", b"xfrm"), 0xEE: (b"Adobe",)}
# What encoders write of themselves; it stays, so that most streams stay byte for byte.
OF_ENCODERS = re.compile(
    rb"(?:created by|creator|file written by|lead technologies|kakadu|kdu|openjp|aware|ijg|intel|mayo|lavc|gdcm|dcmtk)"
    rb"[\w .,:;()/@\[\]=+\r\n\0-]{0,120}",
    re.IGNORECASE,
)
LONG_NUMBER = re.compile(rb"\d{6,}")
PICTURE_HEAD_BYTES = 1 << 20
IsComment = Callable[[int, bytes], int | None]


def comment_spans(head: bytes) -> list[tuple[int, int]]:
    """The (begin, end) of what is to be zeroed, counted in the stream.

    Parameters
    ----------
    head : how a stream begins, PICTURE_HEAD_BYTES of it or all; of anything else nothing is found.
    """
    if head.startswith(JPEG_START):
        return _spans(head, end_marker=START_OF_SCAN, is_comment=_is_comment_of_jpeg)
    if head.startswith(JPEG2000_START):
        return _spans(head, end_marker=START_OF_TILE, is_comment=_is_comment_of_jpeg2000)
    return []


def without_comments(head: bytes) -> bytes:
    """The same bytes with zeros where comments were."""
    spans = comment_spans(head)
    if not spans:
        return head
    blanked = bytearray(head)
    for begin, end in spans:
        blanked[begin:end] = bytes(min(end, len(head)) - begin)
    return bytes(blanked)


def _spans(head: bytes, *, end_marker: int, is_comment: IsComment) -> list[tuple[int, int]]:
    found = []
    place = 2
    while place + 4 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker in STANDALONE:
            place += 2
            continue
        length: int = struct.unpack_from(">H", head, place + 2)[0]
        if marker == end_marker or length < 2:
            break
        begin, end = place + 4, place + 2 + length
        kept = is_comment(marker, head[begin:end])
        if kept is not None and begin + kept < end:
            found.append((begin + kept, end))
        place = end
    return found


def _is_comment_of_jpeg(marker: int, body: bytes) -> int | None:
    """How many bytes stay at the beginning of a segment that goes; None for one that stays."""
    if marker == COMMENT:
        return None if _is_of_an_encoder(body) else 0
    if FIRST_APP <= marker <= LAST_APP:
        return None if body.startswith(NEEDED.get(marker, ())) else 0
    return None


def _is_comment_of_jpeg2000(marker: int, body: bytes) -> int | None:
    # Two bytes say whether text or bytes follow.
    return 2 if marker == COMMENT_2000 and not _is_of_an_encoder(body[2:]) else None


def _is_of_an_encoder(comment: bytes) -> bool:
    return OF_ENCODERS.fullmatch(comment) is not None and LONG_NUMBER.search(comment) is None
