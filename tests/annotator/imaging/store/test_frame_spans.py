"""Frames are found where they lie, however their bytes are cut up."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.frame_spans import (
    encapsulated_spans,
    fragment_starts,
    native_spans,
    read_frame,
    walk_fragments,
)

SOI = b"\xff\xd8"
# Bodies that never look like the beginning of a codestream.
bodies = st.binary(min_size=1, max_size=40).map(lambda body: body.replace(b"\xff", b"\x00"))
frames_in_fragments = st.lists(st.lists(bodies, min_size=1, max_size=4), min_size=1, max_size=6)


def item(body: bytes) -> bytes:
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(body)) + body


def encapsulated(frames: list[list[bytes]], *, table: bool, delimiter: bool = True) -> tuple[bytes, list[int]]:
    """An encapsulated value and the offsets that its offset table would hold."""
    offsets, body = [], b""
    for fragments in frames:
        offsets.append(len(body))
        body += b"".join(item(fragment) for fragment in fragments)
    basic = struct.pack(f"<{len(offsets)}L", *offsets) if table else b""
    end = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0) if delimiter else b""
    return item(basic) + body + end, offsets


@given(frames=frames_in_fragments, before=st.binary(max_size=50), delimiter=st.booleans())
def test_a_basic_offset_table_gives_every_frame_its_fragments(
    frames: list[list[bytes]], before: bytes, delimiter: bool
) -> None:
    value, _ = encapsulated(frames, table=True, delimiter=delimiter)
    file = io.BytesIO(before + value)
    spans = encapsulated_spans(walk_fragments(file, len(before)), number_of_frames=len(frames))
    assert [read_frame(file, span) for span in spans] == [b"".join(fragments) for fragments in frames]
    assert [span.length is not None for span in spans] == [len(fragments) == 1 for fragments in frames]


@given(frames=frames_in_fragments)
def test_an_extended_offset_table_does_the_same(frames: list[list[bytes]]) -> None:
    value, offsets = encapsulated(frames, table=False)
    file = io.BytesIO(value)
    spans = encapsulated_spans(walk_fragments(file, 0), number_of_frames=len(frames), extended_offsets=offsets)
    assert [read_frame(file, span) for span in spans] == [b"".join(fragments) for fragments in frames]


@given(frames=frames_in_fragments)
def test_without_a_table_the_beginnings_of_codestreams_tell_frames_apart(frames: list[list[bytes]]) -> None:
    begun = [[SOI + fragments[0], *fragments[1:]] for fragments in frames]
    value, _ = encapsulated(begun, table=False)
    file = io.BytesIO(value)
    found = walk_fragments(file, 0)
    spans = encapsulated_spans(found, number_of_frames=len(frames), starts=fragment_starts(file, found))
    assert [read_frame(file, span) for span in spans] == [b"".join(fragments) for fragments in begun]


@given(frames=frames_in_fragments, cut=st.integers(min_value=1, max_value=400), table=st.booleans())
def test_a_value_cut_short_gives_whole_frames_or_none_but_for_the_last(
    frames: list[list[bytes]], cut: int, table: bool
) -> None:
    begun = [[SOI + fragments[0], *fragments[1:]] for fragments in frames]
    whole = [b"".join(fragments) for fragments in begun]
    value, _ = encapsulated(begun, table=table, delimiter=False)
    file = io.BytesIO(value[: max(0, len(value) - cut)])
    try:
        found = walk_fragments(file, 0)
        spans = encapsulated_spans(found, number_of_frames=len(frames), starts=fragment_starts(file, found))
        read = [read_frame(file, span) for span in spans]
    except QuarantineError:
        return
    # Cut between two fragments of the last frame: only its decoder can tell.
    assert read[:-1] == whole[:-1]
    assert whole[-1].startswith(read[-1])


@given(offset=st.integers(0, 10**12), frame_bytes=st.integers(1, 10**9), count=st.integers(1, 50))
def test_native_frames_lie_end_to_end(offset: int, frame_bytes: int, count: int) -> None:
    spans = native_spans(offset, frame_bytes=frame_bytes, number_of_frames=count)
    assert spans[0].offset == offset
    assert all(span.length == frame_bytes for span in spans)
    assert [span.offset - offset for span in spans] == [index * frame_bytes for index in range(count)]


def test_frames_that_are_missing_are_counted() -> None:
    value, _ = encapsulated([[b"a"], [b"b"]], table=False)
    with pytest.raises(QuarantineError, match="5 frames are promised and 2 pieces"):
        encapsulated_spans(walk_fragments(io.BytesIO(value), 0), number_of_frames=5)


def test_a_fragment_beyond_the_end_of_the_file_is_truncation() -> None:
    value, _ = encapsulated([[b"abcdefgh"]], table=False)
    with pytest.raises(QuarantineError, match="Truncated"):
        walk_fragments(io.BytesIO(value[:-12]), 0)


def test_a_table_that_points_at_nothing_is_not_believed() -> None:
    frames = [[SOI + b"a", b"b"], [SOI + b"c"]]
    value, _ = encapsulated(frames, table=False)
    wrong = item(struct.pack("<2L", 0, 999))
    file = io.BytesIO(wrong + value[8:])
    found = walk_fragments(file, 0)
    spans = encapsulated_spans(found, number_of_frames=2, starts=fragment_starts(file, found))
    assert [read_frame(file, span) for span in spans] == [b"".join(fragments) for fragments in frames]


def test_when_nothing_tells_the_frames_apart_the_file_is_refused() -> None:
    value, _ = encapsulated([[b"a", b"b"], [b"c"]], table=False)
    with pytest.raises(QuarantineError, match="no offset table"):
        encapsulated_spans(walk_fragments(io.BytesIO(value), 0), number_of_frames=2)


def test_what_is_no_fragment_is_refused() -> None:
    with pytest.raises(QuarantineError, match="no fragments"):
        walk_fragments(io.BytesIO(bytes(64)), 0)
