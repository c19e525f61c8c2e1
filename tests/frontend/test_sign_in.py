"""Signing in and out, and where a day begins."""

import pytest
from django.conf import settings
from django.test import Client

from annotator.accounts.models import User
from tests.fixtures.people import PASSWORD
from tests.frontend.conftest import ClientFor


def sign_in(client: Client, username: str, password: str, **more: str) -> object:
    return client.post("/sign-in/", {"username": username, "password": password, **more})


@pytest.mark.parametrize(
    ("fixture", "first_page"),
    [("radiologist", "/worklist/"), ("data_manager", "/studies/"), ("admin", "/assignments/")],
)
def test_each_role_begins_its_day_on_its_own_page(
    fixture: str, first_page: str, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(fixture)
    client = Client()
    assert sign_in(client, person.username, PASSWORD).headers["Location"] == "/"  # type: ignore[attr-defined]
    assert client.get("/").headers["Location"] == first_page


def test_signing_in_leads_back_to_the_page_that_was_asked_for_but_never_to_another_host(admin: User) -> None:
    asked = sign_in(Client(), admin.username, PASSWORD, next="/audit/?who=1")
    assert asked.headers["Location"] == "/audit/?who=1"  # type: ignore[attr-defined]
    lured = sign_in(Client(), admin.username, PASSWORD, next="https://elsewhere.example/")
    assert lured.headers["Location"] == "/"  # type: ignore[attr-defined]


def test_a_wrong_password_is_said_beside_the_form_and_the_name_stays(admin: User) -> None:
    answer = Client().post("/sign-in/", {"username": admin.username, "password": "not-it-at-all"})
    page = answer.content.decode()
    assert "belong together" in page
    assert f'value="{admin.username}"' in page


def test_after_too_many_wrong_passwords_the_right_one_is_refused_too_and_the_page_says_for_how_long(
    admin: User,
) -> None:
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, admin.username, "wrong-password")
    answer = client.post("/sign-in/", {"username": admin.username, "password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert "15 minutes" in answer.content.decode()
    assert client.get("/people/").status_code == 302


def test_signing_out_ends_the_session_and_clears_the_cached_pictures(radiologist: User, client_for: ClientFor) -> None:
    client = client_for(radiologist)
    answer = client.post("/sign-out/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert answer.headers["Location"] == "/sign-in/"
    assert client.get("/worklist/").status_code == 302
