"""The viewer's door to frames: opaque addresses, a signed token in a header, no session and no database.

A token is issued with a case's manifest, to a person who may open it; see annotator/imaging/store/frame_tokens.py.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from annotator.accounts.errors import InvalidError, NotFoundError, UnavailableError
from annotator.imaging.models import DerivedFormat
from annotator.imaging.pixels.htj2k import CONTENT_TYPE as HTJ2K_TYPE
from annotator.imaging.pixels.overlay_pictures import CONTENT_TYPE as OVERLAY_TYPE
from annotator.imaging.pixels.rendering import render_frame
from annotator.imaging.store.frame_source import source_of_frame
from annotator.imaging.store.frame_tokens import FrameTokenError, OtherStackError, check_token
from api.problems import problem, problem_of
from api.rendered_query import NotAcceptableError, rendering_etag, rendering_of

CACHING = "private, immutable, max-age=31536000"
# The server asks no cookie, but the browser's cache must: a copy is good for the session that fetched it. Signing out
# has browsers drop their cache over HTTPS only, and the next person on the machine would get the copy without a token.
VARY = "Cookie"
_FIRST_BYTES = re.compile(r"bytes=0-([0-9]{1,18})", re.ASCII)
_TYPES = {DerivedFormat.HTJ2K: HTJ2K_TYPE, DerivedFormat.JPEG: "image/jpeg"}

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, str, P], HttpResponse]


def _guarded(view: View[P]) -> View[P]:
    """Check the method and the token before the view, and answer its errors with problem documents."""

    @wraps(view)
    def guarded(request: HttpRequest, key: str, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            answer = problem(405, "Method not allowed", "Frames can only be read.")
            answer["Allow"] = "GET, HEAD"
            return answer
        try:
            check_token(request.META.get("HTTP_X_FRAME_TOKEN", ""), key)
            return view(request, key, *args, **kwargs)
        except OtherStackError as error:
            return problem(403, "Not allowed", str(error))
        except FrameTokenError as error:
            answer = problem(401, "A frame token is needed", str(error))
            answer["WWW-Authenticate"] = "X-Frame-Token"
            return answer
        except (NotFoundError, InvalidError, UnavailableError) as error:
            return problem_of(error)
        except NotAcceptableError as error:
            return problem(406, "No such picture format", str(error))

    return guarded


def _cached(request: HttpRequest, etag: str, headers: dict[str, str]) -> HttpResponse | None:
    """304 when the browser has it already."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    if etag in known or known == "*":
        return HttpResponse(status=304, headers={"ETag": etag, **headers})
    return None


def answer_bytes(content: bytes, content_type: str, etag: str, headers: dict[str, str]) -> HttpResponse:
    """200 with what CommonMiddleware and SecurityMiddleware would have added."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "ETag": etag,
            "Content-Length": str(len(content)),
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            **headers,
        },
    )


@_guarded
def frame_bytes(request: HttpRequest, key: str) -> HttpResponse:
    """The stored bytes of a frame, verbatim: HTJ2K, or JPEG where the source was baseline JPEG.

    Of byte ranges the one that begins at the beginning is answered (206); others get the whole, as RFC 9110 allows.
    """
    source = source_of_frame(key)
    # A frame's stored bytes never change, so its key is their tag.
    etag, caching = f'"{key}"', {"Cache-Control": CACHING, "Vary": VARY}
    known = _cached(request, etag, caching)
    if known is not None:
        return known
    stored, content_type = source.stored, _TYPES[source.stored_format]
    first = _FIRST_BYTES.fullmatch(request.META.get("HTTP_RANGE", ""))
    if first is None or int(first[1]) >= stored.length - 1:
        return answer_bytes(stored.read(), content_type, etag, {**caching, "Accept-Ranges": "bytes"})
    # The beginning of a frame is the frame at a lower resolution.
    length = int(first[1]) + 1
    part = {**caching, "Content-Range": f"bytes 0-{length - 1}/{stored.length}"}
    answer = answer_bytes(replace(stored, length=length).read(), content_type, etag, part)
    answer.status_code = 206
    return answer


@_guarded
def frame_overlay(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """What lies over a frame: one of its overlay planes as PNG, transparent where nothing is drawn."""
    source = source_of_frame(key)
    span = source.overlay(int(number))
    etag, caching = f'"{key}/overlays/{number}"', {"Cache-Control": CACHING, "Vary": VARY}
    known = _cached(request, etag, caching)
    if known is not None:
        return known
    return answer_bytes(span.read(), OVERLAY_TYPE, etag, caching)


@_guarded
def frame_rendered(request: HttpRequest, key: str) -> HttpResponse:
    """A frame as a windowed JPEG, PNG or WebP; `window` and `viewport` as DICOMweb has them."""
    rendering = rendering_of(request.GET, request.META.get("HTTP_ACCEPT", ""))
    source = source_of_frame(key)
    etag, caching = rendering_etag(key, rendering), {"Cache-Control": CACHING, "Vary": f"Accept, {VARY}"}
    known = _cached(request, etag, caching)
    if known is not None:
        return known
    return answer_bytes(render_frame(source, rendering), rendering.media_type, etag, caching)
