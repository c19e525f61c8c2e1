"""The shortest way to a frame: it stands before every other middleware and answers /frames/ itself.

Session, sign-in, CSRF and CSP cost several times what rendering a slice does, and none of them has a say here: the
token in the header decides (see views.py).
"""

import logging
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from api.frames.views import frame_bytes, frame_overlay, frame_rendered
from api.problems import problem

PREFIX = "/frames/"
_ADDRESS = re.compile(r"/frames/([A-Za-z0-9_.-]{1,64})(?:/(rendered)|/overlays/([0-9]{1,3}))?")
logger = logging.getLogger(__name__)


class FramesFirst:
    """Answers addresses under /frames/; hands everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        return answer(request)


def answer(request: HttpRequest) -> HttpResponse:
    """Answer one request under /frames/."""
    address = _ADDRESS.fullmatch(request.path_info)
    if address is None:
        return problem(404, "Not found", "There is no such frame.")
    try:
        key, rendered, overlay = address.groups()
        if overlay:
            response = frame_overlay(request, key, overlay)
        else:
            response = (frame_rendered if rendered else frame_bytes)(request, key)
    except Exception:  # the viewer reads problem documents; a page of HTML would tell it nothing
        logger.exception("Frame %s could not be served", address[1])
        return problem(500, "The frame could not be served", "The server's log says why. Tell an administrator.")
    if request.method == "HEAD":
        response.content = b""  # not every server drops the body of an answer to HEAD
    return response
