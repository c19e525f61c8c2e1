"""Bytes that are handed out: their length is known before the first is read, and any span of them can be read.

Source: RFC 9110 13 (conditional requests), 14 (ranges), RFC 2387 (multipart/related), DICOM PS3.18 8.6.1.2.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_http_date_safe

from annotator.imaging.store.filing import Place, open_place

CHUNK_BYTES = 1 << 20
# Answers up to this size are sent in one piece: streaming costs more than it saves.
WHOLE_BYTES = 16 << 20


@dataclass(frozen=True)
class Body:
    """`read(begin, end)` gives the bytes of a span in pieces."""

    length: int
    read: Callable[[int, int], Iterator[bytes]]


@dataclass(frozen=True)
class Part:
    """One body with its media type, as a part of a multipart answer or alone."""

    body: Body
    media_type: str
    transfer_syntax_uid: str = ""
    location: str = ""

    @property
    def content_type(self) -> str:
        syntax = f"; transfer-syntax={self.transfer_syntax_uid}" if self.transfer_syntax_uid else ""
        return self.media_type + syntax


@dataclass(frozen=True)
class Freshness:
    """What a client may keep: a name for exactly these bytes, when they came, and how long nobody need ask again."""

    tag: str
    modified: datetime | None = None
    caching: str = "private, no-cache"

    @property
    def headers(self) -> dict[str, str]:
        when = {"Last-Modified": http_date(self.modified.timestamp())} if self.modified is not None else {}
        return {"ETag": self.tag, **when, "Cache-Control": self.caching, "Vary": "Accept, Cookie, Authorization"}


def entity_tag(*words: object) -> str:
    """A strong entity tag of everything that an answer's bytes depend on."""
    return f'"{blake2s("|".join(map(str, words)).encode(), digest_size=16).hexdigest()}"'


def of_bytes(content: bytes) -> Body:
    """Bytes at hand."""
    return Body(len(content), lambda begin, end: iter((content[begin:end],)))


def made_when_read(length: int, make: Callable[[], bytes]) -> Body:
    """Bytes of a known length that are made (or read in one go) when somebody wants them."""
    return Body(length, lambda begin, end: iter((make()[begin:end],)))


def of_place(place: Place, offset: int, length: int) -> Body:
    """A span of a stored file, read a megabyte at a time, however long it is."""

    def read(begin: int, end: int) -> Iterator[bytes]:
        with open_place(place) as file:
            file.seek(offset + begin)
            left = end - begin
            while left > 0:
                piece = file.read(min(CHUNK_BYTES, left))
                if not piece:
                    raise OSError(f"{place} ends {left:,} bytes early.")
                left -= len(piece)
                yield piece

    return Body(length, read)


def joined(bodies: Sequence[Body]) -> Body:
    """Several bodies as one, each read when its turn comes."""

    def read(begin: int, end: int) -> Iterator[bytes]:
        start = 0
        for body in bodies:
            first, last = max(begin - start, 0), min(end - start, body.length)
            if first < last:
                yield from body.read(first, last)
            start += body.length

    return Body(sum(body.length for body in bodies), read)


def known_already(request: HttpRequest, freshness: Freshness) -> HttpResponse | None:
    """304 for what the client has; RFC 9110 13.2.2: a tag decides, and a date only where there is none."""
    tags = request.META.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        same = freshness.tag in known or "*" in known
    else:
        since = parse_http_date_safe(request.META.get("HTTP_IF_MODIFIED_SINCE", ""))
        same = since is not None and freshness.modified is not None and int(freshness.modified.timestamp()) <= since
    return HttpResponse(status=304, headers=freshness.headers) if same else None


def single_part(request: HttpRequest, part: Part, freshness: Freshness) -> HttpResponseBase:
    """One body alone: whole, or the byte range that is asked for.

    Of several ranges the whole is answered, which RFC 9110 14.2 allows.
    """
    length = part.body.length
    headers = {**freshness.headers, "Accept-Ranges": "bytes"}
    span = _wanted_span(request, length, freshness)
    if span == (0, 0) and length:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{length}"})
    if span is not None:
        headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{length}"
    begin, end = span or (0, length)
    answered = Body(end - begin, lambda first, last: part.body.read(begin + first, begin + last))
    return _answer(request, answered, part.content_type, headers, status=206 if span else 200)


def multi_part(request: HttpRequest, parts: Sequence[Part], freshness: Freshness) -> HttpResponseBase:
    """Bodies of one media type as multipart/related, each read when its turn comes."""
    # The same request gives the same bytes, as a strong tag promises.
    boundary = blake2s(freshness.tag.encode(), digest_size=16).hexdigest()
    pieces = []
    for part in parts:
        pieces += [of_bytes(_head(boundary, part)), part.body, of_bytes(b"\r\n")]
    pieces.append(of_bytes(f"--{boundary}--\r\n".encode()))
    kind = f'multipart/related; type="{parts[0].media_type}"; boundary={boundary}'
    return _answer(request, joined(pieces), kind, freshness.headers)


def _head(boundary: str, part: Part) -> bytes:
    location = f"Content-Location: {part.location}\r\n" if part.location else ""
    return f"--{boundary}\r\nContent-Type: {part.content_type}\r\n{location}\r\n".encode()


def _answer(
    request: HttpRequest, body: Body, content_type: str, headers: Mapping[str, str], *, status: int = 200
) -> HttpResponseBase:
    described = {**headers, "Content-Length": str(body.length)}
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=content_type, headers=described)
    if body.length <= WHOLE_BYTES:
        content = b"".join(body.read(0, body.length))
        return HttpResponse(content, status=status, content_type=content_type, headers=described)
    pieces = body.read(0, body.length)
    # Where the first piece can't be read there is still time to say so.
    first = next(pieces, b"")
    return StreamingHttpResponse(_chained(first, pieces), status=status, content_type=content_type, headers=described)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _wanted_span(request: HttpRequest, length: int, freshness: Freshness) -> tuple[int, int] | None:
    """(begin, end) of the one range asked for; None for the whole; (0, 0) when it lies outside."""
    found = re.fullmatch(r"bytes=\s*(\d*)-(\d*)\s*", request.META.get("HTTP_RANGE", ""), re.ASCII)
    if found is None or not (found[1] or found[2]) or max(len(found[1]), len(found[2])) > 18:
        return None
    condition = request.META.get("HTTP_IF_RANGE")
    if condition is not None and condition != freshness.tag:
        return None
    if not found[1]:
        begin, end = max(0, length - int(found[2])), length
    else:
        begin, end = int(found[1]), min(length, int(found[2]) + 1 if found[2] else length)
        if found[2] and int(found[2]) < int(found[1]):
            return None
    return (begin, end) if begin < end else (0, 0)
