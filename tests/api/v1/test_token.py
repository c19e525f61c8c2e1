"""Signing in for programs."""

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from annotator.accounts.actions.reset_password import reset_password
from annotator.accounts.models import AuditEntry
from tests.api.v1.described import DescribedClient
from tests.fixtures.people import PASSWORD

ADDRESS = "/api/v1/auth/token"


@pytest.fixture
def client() -> DescribedClient:
    return DescribedClient()


def sign_in(client, password=PASSWORD, username="reader", **extra):
    return client.post(ADDRESS, {"username": username, "password": password}, format="json", **extra)


def test_a_token_opens_what_its_person_may_see(world, client):
    token = sign_in(client).json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/me").json()["username"] == "reader"
    assert client.get(f"/api/v1/cases/{world.case.pk}/manifest").status_code == 200
    assert client.get("/api/v1/people").status_code == 403


def test_a_token_needs_no_csrf_token_and_a_session_does(world):
    strict = APIClient(enforce_csrf_checks=True)
    token = sign_in(strict).json()["token"]
    strict.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert strict.post(f"/api/v1/cases/{world.case.pk}/open", {}, format="json").status_code == 200
    by_session = APIClient(enforce_csrf_checks=True)
    by_session.force_login(world.reader)
    refused = by_session.post(f"/api/v1/cases/{world.case.pk}/open", {}, format="json")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert "CSRF" in refused.json()["detail"]


def test_signing_in_twice_gives_one_token_and_one_audit_entry(world, client):
    assert sign_in(client).json() == sign_in(client).json()
    assert AuditEntry.objects.filter(action="issue_token", actor=world.reader).count() == 1


@pytest.mark.parametrize(("username", "password"), [("reader", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(username, password, world, client):
    response = sign_in(client, password, username)
    assert response.status_code == 401
    assert response.json()["detail"] == "Name and password don't belong together."
    assert not Token.objects.exists()


def test_a_deactivated_person_gets_no_token_and_the_old_one_is_worthless(world, client):
    token = sign_in(client).json()["token"]
    world.reader.is_active = False
    world.reader.save()
    assert sign_in(client).status_code == 401
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/me").status_code == 401


def test_ten_wrong_passwords_lock_the_name_even_for_the_right_one(world, client, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = sign_in(client, "wrong")
    assert last.status_code == 429
    locked = sign_in(client)
    assert (locked.status_code, locked["Content-Type"]) == (429, "application/problem+json")
    assert "Wait" in locked.json()["detail"]
    assert sign_in(client, username="manager").status_code == 200


def test_the_right_password_lets_the_counting_begin_again(world, client, settings):
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            assert sign_in(client, "wrong").status_code == 401
        assert sign_in(client).status_code == 200


def test_guessing_over_many_names_is_slowed_and_a_header_does_not_help(world, client):
    statuses = {
        sign_in(client, "wrong", f"name{number}", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}").status_code
        for number in range(61)
    }
    assert statuses == {401, 429}
    limited = sign_in(client)
    assert limited.status_code == 429
    assert int(limited["Retry-After"]) > 0


def test_a_revoked_token_is_worthless_and_a_new_one_differs(world, client):
    token = sign_in(client).json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.delete(ADDRESS).status_code == 204
    assert client.get("/api/v1/me").status_code == 401
    # An old token in the header must not get in the way of signing in.
    assert sign_in(client).json()["token"] != token
    assert AuditEntry.objects.filter(action="revoke_token").count() == 1


def test_a_reset_password_takes_the_token_away(world, client):
    token = sign_in(client).json()["token"]
    reset_password(world.admin, world.reader.pk, password="a-wholly-other-passphrase")
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    refused = client.get("/api/v1/me")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Token"


def test_a_sign_in_without_a_password_says_what_is_missing(world, client):
    response = client.post(ADDRESS, {"username": "reader"}, format="json")
    assert (response.status_code, response.json()["path"]) == (400, "password")
