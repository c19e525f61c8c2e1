"""Problem documents: what each kind of error becomes."""

import errno
import json

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, DataError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, RoomError
from api.problems import problem, problem_of, problem_response


@pytest.mark.parametrize(
    ("error", "status", "extra"),
    [
        (NotAllowedError("Only admins."), 403, {}),
        (NotFoundError("No such case."), 404, {}),
        (InvalidError("Outside.", "points[1]"), 400, {"path": "points[1]"}),
        (InvalidError("Odd."), 400, {}),
        (ConflictError("Changed.", {"revision": 3}), 409, {"current": {"revision": 3}}),
        (ConflictError("Locked."), 409, {}),
        (RoomError("Can't be done."), 400, {}),
    ],
)
def test_an_error_of_a_room_becomes_its_document(error, status, extra):
    response = problem_of(error)
    document = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, document["status"], document["detail"]) == (status, status, str(error))
    assert {name: document[name] for name in ("path", "current") if name in document} == extra
    assert document["title"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404(), 404),
        (PermissionDenied(), 403),
        (exceptions.NotAuthenticated(), 401),
        (exceptions.MethodNotAllowed("PUT"), 405),
        (exceptions.UnsupportedMediaType("text/csv"), 415),
        (exceptions.ParseError("no JSON"), 400),
    ],
)
def test_an_error_of_the_framework_becomes_a_document(error, status):
    response = problem_response(error, {})
    assert response is not None
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_faults_of_nested_fields_are_told_by_their_path():
    error = exceptions.ValidationError({"studies": {2: {"id": ["Not a number."]}}, "title": ["Missing.", "Short."]})
    response = problem_response(error, {})
    assert response is not None
    document = json.loads(response.content)
    assert (document["path"], document["detail"]) == ("studies[2].id", "Not a number.")
    assert [fault["path"] for fault in document["errors"]] == ["studies[2].id", "title", "title"]


def test_a_fault_of_the_whole_has_no_path():
    response = problem_response(exceptions.ValidationError({"non_field_errors": ["Say what to change."]}), {})
    assert response is not None
    document = json.loads(response.content)
    assert "path" not in document
    assert document["detail"] == "Say what to change."


def test_being_slowed_says_for_how_long():
    response = problem_response(exceptions.Throttled(wait=12.7), {})
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (429, "13")


def test_what_nobody_foresaw_is_left_to_django_which_logs_it():
    assert problem_response(KeyError("surprise"), {}) is None


def test_a_plain_view_can_answer_a_problem_with_members_of_its_own():
    document = json.loads(problem(409, "In the way", "It is there already.", current={"id": 1}).content)
    assert document == {
        "type": "about:blank",
        "title": "In the way",
        "status": 409,
        "detail": "It is there already.",
        "current": {"id": 1},
    }


def caused(kind: type[DatabaseError], cause: Exception) -> DatabaseError:
    """Django's error as it wraps the driver's."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Quota exceeded"),
        OperationalError("database or disk is full"),
        OperationalError('could not extend file "base/1/2": No space left on device'),
        caused(OperationalError, psycopg.errors.DiskFull("der Speicherplatz ist erschöpft")),
        caused(DataError, psycopg.errors.DiskFull("no space")),
    ],
)
def test_a_full_disk_is_told_as_such(error):
    response = problem_response(error, {})
    assert response is not None
    assert (response.status_code, response["Content-Type"]) == (507, "application/problem+json")
    assert "disk is full" in json.loads(response.content)["detail"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EACCES, "No access"),
        OperationalError("database is locked"),
        caused(OperationalError, psycopg.errors.TooManyConnections("too many")),
        RuntimeError("the disk is full"),
    ],
)
def test_other_troubles_of_the_machine_are_not_taken_for_a_full_disk(error):
    assert problem_response(error, {}) is None


@pytest.mark.parametrize(
    ("address", "media_type"),
    [("/api/v1/me", "application/problem+json"), ("/dicomweb/studies", "application/problem+json"), ("/", "text/html")],
)
def test_a_crash_is_a_document_for_programs_and_a_page_for_people(address, media_type, client, admin, monkeypatch):
    """The crash is put in the place of finding out who is signed in, which every door does."""

    def crash(*_: object) -> None:
        raise RuntimeError("secret detail")

    client.force_login(admin)
    client.raise_request_exception = False
    monkeypatch.setattr("annotator.accounts.models.User.is_active", property(crash), raising=False)
    response = client.get(address)
    assert response.status_code == 500
    assert response["Content-Type"].startswith(media_type)
    assert b"secret detail" not in response.content
