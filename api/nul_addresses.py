"""An address with a NUL character is refused before anything looks at it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from api.problems import FOR_PROGRAMS, TITLES, problem

WORDS = "The address holds a NUL character, which nothing here is called."


class RefuseNulAddresses:
    """400 for a NUL in path or query, a page or a problem document: PostgreSQL can't even be asked for such text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" not in request.path_info and "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        if request.path_info.startswith(FOR_PROGRAMS):
            where = next((name for name, value in request.GET.items() if "\0" in value), "")
            return problem(400, TITLES[400], WORDS, **({"path": where} if where else {}))
        raise BadRequest(WORDS)
