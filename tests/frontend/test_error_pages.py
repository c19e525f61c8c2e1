"""What people read when something goes wrong."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, server_error

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, RoomError
from annotator.accounts.models import User
from annotator.accounts.policies import is_signed_in
from frontend.pages.page import page
from tests.frontend.conftest import ClientFor


def test_an_unknown_address_says_so_and_keeps_the_top_bar(admin: User, client_for: ClientFor) -> None:
    answer = client_for(admin).get("/nothing-here/")
    assert answer.status_code == 404
    assert "nothing at this address" in answer.content.decode()
    assert 'href="/audit/"' in answer.content.decode()


def test_an_unknown_address_tells_somebody_who_is_not_signed_in_nothing_more(db: None) -> None:
    page = Client().get("/nothing-here/").content.decode()
    assert "nothing at this address" in page
    assert 'href="/audit/"' not in page


def test_a_broken_server_answers_in_words_without_a_trace() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "our fault" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_bad_request_answers_in_words(db: None) -> None:
    request = RequestFactory().get("/")
    assert "could not make sense" in bad_request(request, Exception()).content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowedError("not for you"), 403),
        (NotFoundError("no such thing"), 404),
        (ConflictError("it was changed"), 409),
        (InvalidError("that is no date"), 400),
        (RoomError("something else"), 400),
    ],
)
def test_an_error_of_a_room_becomes_a_page_with_its_words(error: RoomError, status: int, admin: User) -> None:
    @page(may=is_signed_in)
    def fails(request: HttpRequest) -> HttpResponse:
        raise error

    request = RequestFactory().get("/")
    request.user = admin
    answer = fails(request)
    assert answer.status_code == status
    assert str(error) in answer.content.decode()  # type: ignore[attr-defined]


def test_health_answers_without_signing_in_and_says_when_a_worker_was_last_heard_of(db: None) -> None:
    answer = Client().get("/health")
    assert answer.status_code == 200
    assert answer.json()["web"] == "ok"
    assert "worker" in answer.json()
