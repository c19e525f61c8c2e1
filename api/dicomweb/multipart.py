"""multipart/related, the way DICOMweb wraps what it hands out. Source: RFC 2387, DICOM PS3.18 8.6.1.2."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpResponse, StreamingHttpResponse

from annotator.imaging.store.filing import Place, pieces_of, size_of


@dataclass(frozen=True)
class Part:
    """One body and its media type, with its transfer syntax as DICOM writes it."""

    content: bytes
    media_type: str
    transfer_syntax_uid: str

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; transfer-syntax={self.transfer_syntax_uid}"


def multipart_answer(parts: Sequence[Part]) -> HttpResponse:
    """Wrap parts of one media type."""
    boundary = secrets.token_hex(16)
    pieces = []
    for part in parts:
        pieces += [_head(boundary, part.content_type), part.content, b"\r\n"]
    pieces.append(_tail(boundary))
    return HttpResponse(b"".join(pieces), content_type=_content_type(boundary, parts[0].media_type))


def multipart_file(place: Place, media_type: str, transfer_syntax_uid: str) -> StreamingHttpResponse:
    """Wrap one file a megabyte at a time, however large it is.

    Raises
    ------
    OSError : it can't be opened.
    """
    boundary = secrets.token_hex(16)
    head = _head(boundary, f"{media_type}; transfer-syntax={transfer_syntax_uid}")
    tail = b"\r\n" + _tail(boundary)
    size = size_of(place)

    def body() -> Iterator[bytes]:
        yield head
        yield from pieces_of(place)
        yield tail

    answer = StreamingHttpResponse(body(), content_type=_content_type(boundary, media_type))
    answer["Content-Length"] = str(len(head) + size + len(tail))
    return answer


def _content_type(boundary: str, media_type: str) -> str:
    return f'multipart/related; type="{media_type}"; boundary={boundary}'


def _head(boundary: str, content_type: str) -> bytes:
    return f"--{boundary}\r\nContent-Type: {content_type}\r\n\r\n".encode()


def _tail(boundary: str) -> bytes:
    return f"--{boundary}--\r\n".encode()
