"""A multipart/related body read part by part while it arrives: a piece of it in memory, never the whole.

Source: RFC 2046 5.1.1, RFC 2387, DICOM PS3.18 8.6.1.2.
"""

from collections.abc import Iterator
from typing import Protocol

from annotator.accounts.errors import InvalidError

CHUNK_BYTES = 1 << 18
# RFC 2046 allows boundaries of 70 characters; headers of a part are a few lines.
MAX_BOUNDARY = 70
MAX_HEADER_BYTES = 16 << 10


class Readable(Protocol):
    """A request's body."""

    def read(self, size: int, /) -> bytes: ...


class IncomingPart:
    """One part; `read` gives its bytes and then b"" for ever. It ends when the next part is asked for."""

    def __init__(self, parser: "_Parser", headers: dict[str, str]) -> None:
        self._parser = parser
        self.headers = headers

    @property
    def media_type(self) -> str:
        """What the part says that it is, without parameters; "" when it says nothing."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes.

        Raises
        ------
        InvalidError : the body ends in the middle of the part.
        """
        return self._parser.read(size)


def incoming_parts(body: Readable, boundary: str) -> Iterator[IncomingPart]:
    """The parts of a body in turn.

    Raises
    ------
    InvalidError : no usable boundary, or a body that isn't multipart, or is cut.
    """
    if not boundary or len(boundary) > MAX_BOUNDARY or not boundary.isascii():
        raise InvalidError(
            f"multipart/related needs a boundary of 1 to {MAX_BOUNDARY} characters in Content-Type.", "Content-Type"
        )
    parser = _Parser(body, boundary.encode())
    while parser.next_part():
        yield IncomingPart(parser, parser.headers())


class _Parser:
    """Where the reader stands: in front of the first part, in a part, or behind the last."""

    def __init__(self, body: Readable, boundary: bytes) -> None:
        self._body = body
        self._delimiter = b"\r\n--" + boundary
        # The first delimiter may stand at the very beginning, without a line before it.
        self._buffer = bytearray(b"\r\n")
        self._ended = False

    def next_part(self) -> bool:
        """Go behind the next delimiter; False at the closing one."""
        while self.read(CHUNK_BYTES):
            pass
        del self._buffer[: len(self._delimiter)]
        self._fill(2)
        if self._buffer.startswith(b"--"):
            return False
        line, found, _ = bytes(self._buffer[:256]).partition(b"\r\n")
        if not found or line.strip(b" \t"):
            raise InvalidError("The body is no multipart: a boundary isn't followed by a new line.", "body")
        # The line's end stays: of a part without headers it is the first half of the empty line before its bytes.
        del self._buffer[: len(line)]
        return True

    def headers(self) -> dict[str, str]:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0 and len(self._buffer) < MAX_HEADER_BYTES and self._more():
            pass
        if end < 0 or end > MAX_HEADER_BYTES:
            raise InvalidError("The body is no multipart: the headers of a part don't end.", "body")
        lines = bytes(self._buffer[:end]).decode("latin-1").replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n")
        del self._buffer[: end + 4]
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    def read(self, size: int) -> bytes:
        """Bytes in front of the next delimiter; b"" when it is reached."""
        while True:
            at = self._delimiter_at()
            if at is not None:
                content = bytes(self._buffer[: min(at, size)])
                break
            # A delimiter may have begun at the end of what is there.
            sure = len(self._buffer) - len(self._delimiter) - 2
            if sure > 0:
                content = bytes(self._buffer[: min(sure, size)])
                break
            if not self._more():
                raise InvalidError("The body ends in the middle of a part: send all of it again.", "body")
        del self._buffer[: len(content)]
        return content

    def _delimiter_at(self) -> int | None:
        """Where the next delimiter begins; a longer word that begins like it is none."""
        at = self._buffer.find(self._delimiter)
        while at >= 0:
            behind = at + len(self._delimiter)
            if len(self._buffer) < behind + 2 and not self._ended and self._more():
                continue
            if self._buffer[behind : behind + 1] in (b"-", b"\r", b" ", b"\t"):
                return at
            at = self._buffer.find(self._delimiter, at + 1)
        return None

    def _fill(self, count: int) -> None:
        while len(self._buffer) < count and self._more():
            pass

    def _more(self) -> bool:
        piece = b"" if self._ended else self._body.read(CHUNK_BYTES)
        self._ended = not piece
        self._buffer += piece
        return bool(piece)
