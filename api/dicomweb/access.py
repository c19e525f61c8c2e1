"""Who comes through the DICOMweb door: signed-in people and programs with a token; rooms decide what they may see."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.policies import Person, is_signed_in
from api.problems import problem, problem_of
from api.rendered_query import NotAcceptableError

P = ParamSpec("P")
PersonView = Callable[Concatenate[HttpRequest, Person, P], HttpResponseBase]


def for_people(view: PersonView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Find out who asks (session, or `Authorization: Token ...`), and answer errors with problem documents."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            answer = problem(405, "Method not allowed", "DICOMweb is read-only here; bring files in as an intake.")
            answer["Allow"] = "GET, HEAD"
            return answer
        try:
            return view(request, _person(request), *args, **kwargs)
        except AuthenticationFailed as error:
            answer = problem(401, "Sign in first", str(error.detail))
            answer["WWW-Authenticate"] = "Token"
            return answer
        except NotAcceptableError as error:
            return problem(406, "No such format", str(error))
        except (NotAllowedError, NotFoundError, InvalidError) as error:
            return problem_of(error)

    return guarded


def _person(request: HttpRequest) -> Person:
    if request.META.get("HTTP_AUTHORIZATION"):
        authenticated = TokenAuthentication().authenticate(Request(request))
        if authenticated is not None:
            return authenticated[0]
    if not is_signed_in(request.user):
        raise AuthenticationFailed("Sign in, or send a token in the header Authorization.")
    return request.user
