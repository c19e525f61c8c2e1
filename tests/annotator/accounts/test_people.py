"""People: made, changed and shut out by admins only."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from rest_framework.authtoken.models import Token

from annotator.accounts.actions.activate_person import activate_person
from annotator.accounts.actions.change_role import change_role
from annotator.accounts.actions.create_person import create_person
from annotator.accounts.actions.deactivate_person import deactivate_person
from annotator.accounts.actions.reset_password import reset_password
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, Role, User
from annotator.accounts.queries import audit_entries_for, people_for, readers_for
from annotator.accounts.signed_in import signed_in
from tests.fixtures.people import PASSWORD as TEST_PASSWORD

PASSWORD = "correct horse battery"


def test_an_admin_adds_a_person_who_can_sign_in(admin: User) -> None:
    made = create_person(admin, username="meyer", password=PASSWORD, role="radiologist", first_name="Ada")
    kept = User.objects.get(username="meyer")
    assert (kept.pk, kept.role, kept.first_name) == (made.pk, Role.RADIOLOGIST, "Ada")
    assert kept.check_password(PASSWORD)
    assert not kept.is_superuser


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ({"password": "short"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"role": "wizard"}, "role"),
        ({"email": "nowhere"}, "email"),
        ({"last_name": "x" * 151}, "last_name"),
    ],
)
def test_a_person_that_can_not_be_is_refused_with_the_path(admin: User, fault: dict[str, str], path: str) -> None:
    asked: dict[str, Any] = {"username": "meyer", "password": PASSWORD, "role": "radiologist", **fault}
    with pytest.raises(InvalidError) as refused:
        create_person(admin, **asked)
    assert refused.value.path == path
    assert User.objects.count() == 1


def test_a_user_name_is_given_once_whatever_its_case(admin: User) -> None:
    create_person(admin, username="meyer", password=PASSWORD, role="radiologist")
    with pytest.raises(ConflictError):
        create_person(admin, username="Meyer", password=PASSWORD, role="radiologist")


def attempts(target: User) -> list[Callable[[Any], object]]:
    return [
        lambda person: create_person(person, username="meyer", password=PASSWORD, role="admin"),
        lambda person: change_role(person, target.pk, role="admin"),
        lambda person: deactivate_person(person, target.pk),
        lambda person: activate_person(person, target.pk),
        lambda person: reset_password(person, target.pk, password=PASSWORD),
        lambda person: people_for(person),
        lambda person: readers_for(person),
        lambda person: audit_entries_for(person),
    ]


@pytest.mark.parametrize("role", ["radiologist", "data_manager"])
def test_who_is_no_admin_changes_nobody_and_reads_no_trail(
    role: str, request: pytest.FixtureRequest, second_radiologist: User
) -> None:
    person = request.getfixturevalue(role)
    for attempt in attempts(second_radiologist):
        for asking in (person, AnonymousUser()):
            with pytest.raises(NotAllowedError):
                attempt(asking)
    assert not AuditEntry.objects.exists()


def test_a_deactivated_admin_is_an_admin_no_more(admin: User, second_radiologist: User) -> None:
    admin.is_active = False
    for attempt in attempts(second_radiologist):
        with pytest.raises(NotAllowedError):
            attempt(admin)
    with pytest.raises(NotAllowedError):
        signed_in(admin)


def test_a_role_changes_once(admin: User, radiologist: User) -> None:
    assert change_role(admin, radiologist.pk, role="data_manager").role == Role.DATA_MANAGER
    change_role(admin, radiologist.pk, role="data_manager")
    (entry,) = audit_entries_for(admin, target_kind="person", target_id=str(radiologist.pk))
    assert (entry.action, entry.detail) == (
        "change_role",
        {"username": "radiologist", "from": "radiologist", "to": "data_manager"},
    )


def test_a_deactivated_person_can_not_sign_in_until_activated_again(admin: User, radiologist: User) -> None:
    def signs_in() -> bool:
        request = RequestFactory().post("/sign-in/")
        return authenticate(request, username=radiologist.username, password=TEST_PASSWORD) is not None

    deactivate_person(admin, radiologist.pk)
    deactivate_person(admin, radiologist.pk)
    assert not signs_in()
    assert radiologist not in readers_for(admin)
    activate_person(admin, radiologist.pk)
    activate_person(admin, radiologist.pk)
    assert signs_in()
    assert AuditEntry.objects.count() == 2


def test_the_last_admin_stays_one(admin: User) -> None:
    for attempt in (
        lambda: deactivate_person(admin, admin.pk),
        lambda: change_role(admin, admin.pk, role="radiologist"),
    ):
        with pytest.raises(ConflictError, match="last admin"):
            attempt()
    create_person(admin, username="second", password=PASSWORD, role="admin")
    assert change_role(admin, admin.pk, role="radiologist").role == Role.RADIOLOGIST


def test_a_new_password_ends_the_old_one_and_the_tokens_of_programs(admin: User, radiologist: User) -> None:
    Token.objects.create(user=radiologist)
    with pytest.raises(InvalidError):
        reset_password(admin, radiologist.pk, password="short")
    assert Token.objects.exists()
    reset_password(admin, radiologist.pk, password=PASSWORD)
    assert not Token.objects.exists()
    assert User.objects.get(pk=radiologist.pk).check_password(PASSWORD)
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_who_is_not_there_is_not_found(admin: User) -> None:
    with pytest.raises(NotFoundError):
        change_role(admin, 987654, role="admin")


def test_the_command_makes_the_first_admin(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READING_ROOM_PASSWORD", PASSWORD)
    said = StringIO()
    call_command("create_person", "boss", role="admin", stdout=said)
    assert "boss" in said.getvalue()
    assert User.objects.get().role == Role.ADMIN
    assert AuditEntry.objects.get().actor is None
    with pytest.raises(CommandError, match="already"):
        call_command("create_person", "boss", role="admin")


def test_the_command_refuses_two_passwords_that_differ(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal is replaced: a test has none."""
    monkeypatch.delenv("READING_ROOM_PASSWORD", raising=False)
    typed = iter([PASSWORD, PASSWORD + "!"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    with pytest.raises(CommandError, match="differ"):
        call_command("create_person", "boss", role="admin")
    assert not User.objects.exists()
