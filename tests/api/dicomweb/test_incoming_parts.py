"""Multipart bodies read part by part, however they are cut on their way."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.accounts.errors import InvalidError
from api.dicomweb.incoming_parts import incoming_parts


class Trickle:
    """A body that arrives in pieces of given sizes."""

    def __init__(self, body: bytes, sizes: list[int]) -> None:
        self._body = io.BytesIO(body)
        self._sizes = sizes
        self._reads = 0

    def read(self, size: int, /) -> bytes:
        wanted = self._sizes[self._reads % len(self._sizes)]
        self._reads += 1
        return self._body.read(min(size, wanted))


def body_of(
    parts: list[bytes], boundary: str, *, preamble: bytes = b"", headers: bytes = b"Content-Type: a/b\r\n"
) -> bytes:
    pieces = [f"--{boundary}\r\n".encode() + headers + b"\r\n" + part + b"\r\n" for part in parts]
    return preamble + b"".join(pieces) + f"--{boundary}--".encode()


def read_all(body: bytes, boundary: str = "b", sizes: list[int] | None = None) -> list[bytes]:
    found = []
    for part in incoming_parts(Trickle(body, sizes or [1 << 20]), boundary):
        content = b""
        while piece := part.read(7):
            content += piece
        found.append(content)
    return found


@given(
    parts=st.lists(
        st.lists(st.sampled_from([b"\r\n", b"--", b"b", b"--b", b"\r\n--", b"x", b"\0"])).map(b"".join), min_size=1
    ),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
def test_parts_come_back_as_they_went_however_the_body_is_cut(parts: list[bytes], sizes: list[int]) -> None:
    boundary = "b-9f3"  # longer than what the parts are made of
    assert read_all(body_of(parts, boundary), boundary, sizes) == parts


def test_what_stands_around_the_parts_is_no_part_of_them() -> None:
    body = body_of([b"one", b"", b"three"], "b", preamble=b"This is a message.\r\n") + b"\r\nand an epilogue"
    assert read_all(body) == [b"one", b"", b"three"]
    assert read_all(b"\r\n" + body_of([b"one"], "b")) == [b"one"]


def test_parts_need_no_headers_and_boundaries_may_be_followed_by_blanks() -> None:
    assert read_all(body_of([b"one", b"two"], "b", headers=b"")) == [b"one", b"two"]
    assert read_all(b"--b \t\r\nContent-Type: a/b\r\n\r\none\r\n--b--") == [b"one"]


def test_a_longer_word_that_begins_like_the_boundary_ends_nothing() -> None:
    assert read_all(body_of([b"x\r\n--bee\r\ny"], "b")) == [b"x\r\n--bee\r\ny"]


def test_headers_are_read_without_regard_to_case_and_folds() -> None:
    body = body_of([b"x"], "b", headers=b"content-TYPE: application/dicom;\r\n transfer-syntax=1.2\r\nX: 1\r\n")
    (part,) = incoming_parts(io.BytesIO(body), "b")
    assert part.media_type == "application/dicom"
    assert part.headers["x"] == "1"


def test_a_part_that_is_not_read_is_passed_over() -> None:
    body = body_of([b"x" * 100_000, b"second"], "b")
    assert [part.headers["content-type"] for part in incoming_parts(Trickle(body, [1000]), "b")] == ["a/b", "a/b"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no multipart at all",
        b"--b\r\nContent-Type: a/b\r\n\r\nand no end",
        b"--b\r\nContent-Type: a/b\r\n\r\none\r\n--b",
        b"--b\r\nContent-Type: a/b\r\n",
        b"--b\r\n" + b"X: y\r\n" * 10_000,
        b"--b\n\nwrong line ends\n--b--",
        b"--b\r\n\r\none\r\n--b x\r\n",
    ],
)
def test_a_body_that_is_cut_or_no_multipart_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError):
        read_all(body)


@pytest.mark.parametrize("boundary", ["", "x" * 71, "ü"])
def test_a_boundary_that_cannot_be_one_is_refused(boundary: str) -> None:
    with pytest.raises(InvalidError, match="boundary"):
        read_all(b"--b--", boundary)
