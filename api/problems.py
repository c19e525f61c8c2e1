"""Every refusal of the API is a problem document (RFC 9457): what was wrong, where, and what is there now."""

import json
import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import set_rollback

from annotator.accounts.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    RoomError,
    StaleError,
    UnavailableError,
)
from annotator.annotations.completeness import IncompleteError
from api.full_disk import is_full_disk

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "What was sent can't be right",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "This address doesn't take this method",
    406: "Only JSON is answered here",
    409: "In the way of what is there now",
    411: "The length is missing",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Only JSON is taken here",
    429: "Too many attempts",
    500: "Something broke here",
    503: "Not to be had now",
    507: "No space is left",
}
# Addresses whose callers are programs: a page would tell them nothing.
FOR_PROGRAMS = ("/api/", "/dicomweb/")

_FULL_DISK = (
    "The server's disk is full, so this was not stored. Nothing is lost: what the viewer could not save stays in this "
    "browser and is sent again by itself; programs send it again later. Tell an administrator."
)


def problem(status: int, title: str, detail: str, **extra: Any) -> HttpResponse:
    """Return a problem document.

    Parameters
    ----------
    status : the HTTP status.
    title : short, the same for every problem of its kind.
    detail : what was wrong this time, where, and what to do.
    extra : further members, e.g. path="points[2]", current={...}.
    """
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
    return HttpResponse(json.dumps(document), status=status, content_type=CONTENT_TYPE)


def problem_of(error: RoomError) -> HttpResponse:
    """Return the problem document of an error that an action or a query raised."""
    if isinstance(error, NotAllowedError):
        return problem(403, TITLES[403], str(error))
    if isinstance(error, NotFoundError):
        return problem(404, TITLES[404], str(error))
    if isinstance(error, IncompleteError):
        return problem(409, TITLES[409], str(error), missing=list(error.missing))
    if isinstance(error, ConflictError):
        current = {"current": error.current} if error.current is not None else {}
        return problem(409, TITLES[409], str(error), **current)
    if isinstance(error, UnavailableError):
        return problem(503, TITLES[503], str(error))
    path = {"path": error.path} if isinstance(error, InvalidError) and error.path else {}
    return problem(400, TITLES[400], str(error), **path)


def problem_response(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Turn what a view raised into a problem document: REST framework's EXCEPTION_HANDLER.

    None for what nobody foresaw: Django logs it and answers 500.
    """
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, StaleError) and has_precondition(context.get("request")):
        answer = problem(412, TITLES[412], str(error), current=error.current)
    elif isinstance(error, RoomError):
        answer = problem_of(error)
    elif isinstance(error, exceptions.ValidationError):
        answer = _problem_of_fields(error)
    elif isinstance(error, exceptions.APIException):
        answer = problem(error.status_code, TITLES.get(error.status_code, "Refused"), str(error.detail))
        for header, attribute in (("WWW-Authenticate", "auth_header"), ("Retry-After", "wait")):
            if value := getattr(error, attribute, None):
                answer[header] = str(int(value) if header == "Retry-After" else value)
    elif is_full_disk(error):
        logger.error("The disk is full: %s", error)
        answer = problem(507, TITLES[507], _FULL_DISK)
    else:
        return None
    set_rollback()
    return answer


def has_precondition(request: Request | None) -> bool:
    """Whether a request says in its head on which state it builds (RFC 9110 13.1)."""
    return request is not None and any(request.headers.get(name) is not None for name in ("If-Match", "If-None-Match"))


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that broke: a problem document for programs, a page for people. Django's handler500."""
    if request.path_info.startswith(FOR_PROGRAMS):
        return problem(500, TITLES[500], "The server's log says why. Tell an administrator.")
    return defaults.server_error(request)


def _problem_of_fields(error: exceptions.ValidationError) -> HttpResponse:
    """The first fault is the problem's; all of them stand in `errors`."""
    faults = [{"path": path, "detail": words} for path, words in _faults(error.detail, "")]
    first = faults[0] if faults else {"path": "", "detail": "invalid"}
    path = {"path": first["path"]} if first["path"] else {}
    return problem(400, TITLES[400], first["detail"], **path, errors=faults)


def _faults(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    """Walk REST framework's nested messages: names joined by dots, places in a list in brackets."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if name == "non_field_errors":
                yield from _faults(inner, path)
            elif isinstance(name, int):
                yield from _faults(inner, f"{path}[{name}]")
            else:
                yield from _faults(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _faults(inner, f"{path}[{index}]" if isinstance(inner, (dict, list)) else path)
    else:
        yield path, str(detail)
