"""What every page has in common: who may see it, and what a refused or failed request is answered with."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, RoomError
from annotator.accounts.models import User
from annotator.accounts.policies import Person, is_signed_in

View = Callable[..., HttpResponseBase]

_STATUS: dict[type[RoomError], int] = {
    NotAllowedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    InvalidError: 400,
}
_TITLES = {
    400: "That can't be right",
    403: "Not for your role",
    404: "Not found",
    409: "It was changed meanwhile",
}


def page(
    *, may: Callable[[Person], bool], methods: tuple[str, ...] = ("GET",), kept: bool = False
) -> Callable[[View], View]:
    """Make a view a page: only these methods, only for signed-in people whom `may` lets in.

    Who isn't signed in goes to the sign-in page and comes back afterwards. A room's error that the view doesn't
    show where it happened becomes a page in words with the fitting status. Pages are never cached: they hold
    patients' data, and Back after signing out must not show them. `kept` leaves that to the view, for pictures.
    """
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: View) -> View:
        @require_http_methods(allowed)
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not is_signed_in(request.user):
                return redirect_to_login(request.get_full_path())
            if not may(request.user):
                return refusal(request, 403, "Your role does not open this page.")
            try:
                return view(request, *args, **kwargs)
            except RoomError as error:
                return refusal(request, _status_of(error), str(error))

        return _kept_where_it_says_so(answer) if kept else never_cache(answer)

    return decorate


def _kept_where_it_says_so(view: View) -> View:
    """Let answers be cached that say for how long; refusals and redirects don't."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return answer


def signed_in(request: HttpRequest) -> User:
    """The signed-in person of a request that passed `page`."""
    if not isinstance(request.user, User):
        raise NotAllowedError("Sign in first.")
    return request.user


def refusal(request: HttpRequest, status: int, reason: str) -> HttpResponse:
    """A page that says what went wrong and where to go next."""
    return render(
        request, "frontend/refusal.html", {"title": _TITLES.get(status, "Not done"), "reason": reason}, status=status
    )


def _status_of(error: RoomError) -> int:
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
