"""Signing in again in place, whose session counts, and the key for what a browser keeps."""

from base64 import b64decode

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from annotator.accounts.models import AuditEntry
from annotator.annotations.models import Annotation
from tests.api.v1.described import DescribedClient
from tests.api.v1.world import annotation_body, new_id
from tests.fixtures.people import PASSWORD

SESSION = "/api/v1/auth/session"
KEY = "/api/v1/me/keeping-key"


def sign_in(client, username="reader", password=PASSWORD, **extra):
    return client.post(SESSION, {"username": username, "password": password}, format="json", **extra)


def test_signing_in_by_the_api_begins_a_session_in_place_of_any_other(world, client_of):
    client = client_of(world.stranger)
    assert sign_in(client).json()["username"] == "reader"
    assert client.get("/api/v1/me").json()["id"] == world.reader.pk


def test_a_wrong_password_leaves_the_session_as_it_was_and_too_many_close_it_for_a_while(world, client_of):
    client = client_of(world.stranger)
    refused = sign_in(client, password="wrong")
    assert (refused.status_code, refused.json()["detail"]) == (401, "Name and password don't belong together.")
    assert client.get("/api/v1/me").json()["username"] == "stranger"
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = sign_in(client, password="wrong")
    assert (last.status_code, sign_in(client).status_code) == (429, 429)


def test_another_site_cannot_sign_a_browser_in(world):
    client = APIClient(enforce_csrf_checks=True)
    refused = sign_in(client)
    assert (refused.status_code, "CSRF" in refused.json()["detail"]) == (403, True)
    client.get("/sign-in/")
    token = client.cookies["csrftoken"].value
    assert sign_in(client, headers={"X-CSRFToken": token}).status_code == 200


def test_what_a_page_of_one_person_sends_is_never_saved_for_another(world, client_of):
    client = client_of(world.reader)
    address = f"/api/v1/annotations/{new_id()}"
    body = annotation_body(world, revision=0)
    for_stranger = {"headers": {"X-Person": str(world.stranger.pk)}}
    refused = client.put(address, body, format="json", **for_stranger)
    assert refused.status_code == 401
    assert "Somebody else" in refused.json()["detail"]
    assert not Annotation.objects.filter(pk=address.rsplit("/", 1)[1]).exists()
    for_reader = {"headers": {"X-Person": str(world.reader.pk)}}
    assert client.put(address, body, format="json", **for_reader).status_code == 200


def test_the_keeping_key_is_one_a_person_and_never_changes(world, client_of):
    first, again = (client_of(world.reader).post(KEY).json() for _ in range(2))
    other = client_of(world.stranger).post(KEY).json()
    assert first == again
    assert first["id"] != other["id"]
    assert first["key"] != other["key"]
    assert len(b64decode(first["key"])) == 32
    assert AuditEntry.objects.filter(action="issue_keeping_key", actor=world.reader).count() == 1


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_nobody_is_given_the_key_of_another_person(role, world, client_of):
    theirs = client_of(world.reader).post(KEY).json()["key"]
    client = client_of(world.person(role))
    given = client.post(KEY, headers={"X-Person": str(world.reader.pk)})
    assert given.status_code == 401
    assert theirs not in client.post(KEY).content.decode()


def test_a_deactivated_person_is_given_no_key(world):
    client = DescribedClient()
    client.force_login(world.reader)
    world.reader.is_active = False
    world.reader.save()
    assert client.post(KEY).status_code == 401
