"""Where each frame's bytes lie in a file, found by arithmetic or by walking fragments, never by reading pixels.

Source: DICOM PS3.5 A.4 (encapsulated pixel data), PS3.3 C.7.6.3.1.8 (Extended Offset Table).
"""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from annotator.imaging.errors import QuarantineError

ITEM = (0xFFFE, 0xE000)
SEQUENCE_DELIMITER = (0xFFFE, 0xE0DD)
ITEM_HEADER_BYTES = 8
# A file of nothing but empty fragments would fill memory with their addresses.
MAX_FRAGMENTS = 1_000_000
# How a JPEG (SOI) and a JPEG 2000 codestream (SOC) begin.
CODESTREAM_STARTS = (b"\xff\xd8", b"\xff\x4f")


@dataclass(frozen=True)
class FrameSpan:
    """One frame's bytes: pieces of a file in their order, each (offset, length)."""

    pieces: tuple[tuple[int, int], ...]

    @property
    def offset(self) -> int:
        return self.pieces[0][0]

    @property
    def length(self) -> int | None:
        """Bytes of the frame when it is one contiguous span, else None."""
        return self.pieces[0][1] if len(self.pieces) == 1 else None


@dataclass(frozen=True)
class Fragments:
    """What lies in an encapsulated value: the offset table's entries and the fragments (offset, length) after it.

    `base` is the offset of the first fragment's item tag, from which both offset tables count.
    """

    basic_offsets: tuple[int, ...]
    pieces: tuple[tuple[int, int], ...]
    base: int


def native_spans(value_offset: int, *, frame_bytes: int, number_of_frames: int) -> list[FrameSpan]:
    """Frames of an uncompressed value: one after the other, without gaps."""
    return [FrameSpan(((value_offset + index * frame_bytes, frame_bytes),)) for index in range(number_of_frames)]


def walk_fragments(file: BinaryIO, value_offset: int) -> Fragments:
    """Find every fragment of an encapsulated value by its item header.

    Parameters
    ----------
    file : seekable; only item headers and the offset table are read.
    value_offset : where the value begins: the offset table's item.

    Raises
    ------
    QuarantineError : no items there, or the file ends inside a fragment.
    """
    size = file.seek(0, os.SEEK_END)
    position = value_offset
    found: list[tuple[int, int]] = []
    while position + ITEM_HEADER_BYTES <= size:
        file.seek(position)
        group, element, length = struct.unpack("<HHL", file.read(ITEM_HEADER_BYTES))
        if (group, element) == SEQUENCE_DELIMITER:
            break
        if (group, element) != ITEM:
            if found:
                break  # some writers leave the delimiter out: the fragments themselves are whole
            raise QuarantineError(
                "The pixel data is said to be compressed, but no fragments are there. Send the file again as it was "
                "written by the scanner."
            )
        start = position + ITEM_HEADER_BYTES
        if start + length > size:
            raise QuarantineError(
                f"Truncated: a piece of compressed pixel data of {length:,} bytes begins at byte {start:,}, but the "
                f"file ends at {size:,}. Copy or send it again."
            )
        found.append((start, length))
        if len(found) > MAX_FRAGMENTS:
            raise QuarantineError(f"The pixel data is in more than {MAX_FRAGMENTS:,} pieces; that can't be right.")
        position = start + length
    if not found:
        raise QuarantineError("Truncated: the file ends where its compressed pixel data should begin. Send it again.")
    table_start, table_length = found[0]
    file.seek(table_start)
    table = file.read(table_length - table_length % 4)
    return Fragments(
        basic_offsets=struct.unpack(f"<{len(table) // 4}L", table),
        pieces=tuple(piece for piece in found[1:] if piece[1]),
        base=table_start + table_length,
    )


def encapsulated_spans(
    fragments: Fragments,
    *,
    number_of_frames: int,
    starts: Sequence[bytes] = (),
    extended_offsets: Sequence[int] = (),
) -> list[FrameSpan]:
    """Which fragments make up which frame.

    Tried in turn: one frame takes all; the extended, then the basic offset table; as many fragments as
    frames; the beginnings of codestreams. A table that doesn't point at fragments is not believed.

    Parameters
    ----------
    starts : the first two bytes of each fragment.
    extended_offsets : of the Extended Offset Table, one a frame.

    Raises
    ------
    QuarantineError : there is no way to tell, or frames are missing.
    """
    pieces = fragments.pieces
    if number_of_frames == 1 and pieces:
        return [FrameSpan(pieces)]
    if len(pieces) < number_of_frames:
        raise QuarantineError(
            f"Truncated: {number_of_frames:,} frames are promised and {len(pieces):,} pieces of pixel data are there. "
            "Copy or send the file again."
        )
    item_starts = {offset - ITEM_HEADER_BYTES - fragments.base: index for index, (offset, _) in enumerate(pieces)}
    for table in (extended_offsets, fragments.basic_offsets):
        firsts = [item_starts.get(offset, -1) for offset in table]
        if len(firsts) == number_of_frames and firsts[0] == 0 and all(a < b for a, b in pairwise(firsts)):
            return _cut(pieces, firsts)
    firsts = [index for index, start in enumerate(starts) if start in CODESTREAM_STARTS]
    # As many fragments as frames by chance, where the last ones were cut off, begin codestreams only here and there.
    if len(pieces) == number_of_frames and len(firsts) in (0, number_of_frames):
        return [FrameSpan((piece,)) for piece in pieces]
    if len(firsts) == number_of_frames and firsts[0] == 0:
        return _cut(pieces, firsts)
    raise QuarantineError(
        f"{number_of_frames:,} frames lie in {len(pieces):,} pieces and no offset table says which belong together. "
        "Send the file with a basic offset table, or uncompressed."
    )


def fragment_starts(file: BinaryIO, fragments: Fragments) -> list[bytes]:
    """The first two bytes of each fragment."""
    found = []
    for offset, _ in fragments.pieces:
        file.seek(offset)
        found.append(file.read(2))
    return found


def read_frame(file: BinaryIO, span: FrameSpan) -> bytes:
    """One frame's bytes, its fragments joined.

    Raises
    ------
    QuarantineError : the file is shorter than it was.
    """
    parts = []
    for offset, length in span.pieces:
        file.seek(offset)
        part = file.read(length)
        if len(part) != length:
            raise QuarantineError(f"Truncated: {length:,} bytes at byte {offset:,} are not there any more.")
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _cut(pieces: tuple[tuple[int, int], ...], firsts: list[int]) -> list[FrameSpan]:
    return [FrameSpan(pieces[first:last]) for first, last in pairwise([*firsts, len(pieces)])]
