"""Who comes through the DICOMweb door: signed-in people and programs with a token; rooms decide what they may see."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.authentication import CSRFCheck, TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError, RoomError, UnavailableError
from annotator.accounts.policies import Person, is_signed_in
from annotator.imaging.pixels.three_window import CompositionError
from annotator.imaging.store.frame_source import FrameStoreError
from api.problems import TITLES, problem, problem_of, problem_response
from api.rendered_query import NotAcceptableError

P = ParamSpec("P")
PersonView = Callable[Concatenate[HttpRequest, Person, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

READING = frozenset({"GET", "HEAD"})


class UnsupportedMediaError(RoomError):
    """What was sent is of a media type that isn't taken here (HTTP 415)."""


def for_people(view: PersonView[P]) -> View[P]:
    """Find out who asks (session, or `Authorization: Token ...`), and answer errors with problem documents."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, _person(request), *args, **kwargs)
        except AuthenticationFailed as error:
            answer = problem(401, TITLES[401], str(error.detail))
            answer["WWW-Authenticate"] = "Token"
            return answer
        except NotAcceptableError as error:
            return problem(406, "No such format", str(error))
        except UnsupportedMediaError as error:
            return problem(415, "No such format is taken", str(error))
        except (NotAllowedError, NotFoundError, InvalidError, UnavailableError) as error:
            return problem_of(error)
        except CompositionError as error:
            return problem(400, TITLES[400], str(error), path="composition")
        except FileNotFoundError:
            return problem(404, TITLES[404], "The file is not in the store any more. Tell an administrator.")
        except OSError as error:
            full = problem_response(error, {})
            if full is None:
                raise
            return full
        except FrameStoreError as error:
            return problem(404, TITLES[404], f"{error} Tell an administrator.")

    return guarded


def by_method(*, get: View[P], post: View[P] | None = None) -> View[P]:
    """One address, a view a method; OPTIONS says which there are.

    The browser's protection against forged requests counts for sessions alone: see _person.
    """
    methods = ["GET", "HEAD", *(["POST"] if post is not None else []), "OPTIONS"]

    @csrf_exempt
    def chosen(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method in READING:
            return get(request, *args, **kwargs)
        if request.method == "POST" and post is not None:
            return post(request, *args, **kwargs)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
        answer = problem(405, TITLES[405], f"{request.method} does nothing here. Instances come in by POST to studies.")
        answer["Allow"] = ", ".join(methods)
        return answer

    return chosen


def _person(request: HttpRequest) -> Person:
    if request.META.get("HTTP_AUTHORIZATION"):
        authenticated = TokenAuthentication().authenticate(Request(request))
        if authenticated is not None:
            return authenticated[0]
    if not is_signed_in(request.user):
        raise AuthenticationFailed("Sign in, or send a token in the header Authorization.")
    if request.method not in READING:
        _refuse_forgery(request)
    return request.user


def _refuse_forgery(request: HttpRequest) -> None:
    """A session's cookie is sent by whatever page a browser shows; a token is not.

    Raises
    ------
    NotAllowedError : the request doesn't hold the session's secret.
    """
    check = CSRFCheck(lambda _request: HttpResponse())
    check.process_request(request)
    reason = check.process_view(request, lambda _request: HttpResponse(), (), {})
    if reason:
        raise NotAllowedError(f"Refused as a forged request ({reason}). Programs send a token instead of a session.")
