"""Adding people and changing what they may do."""

from annotator.accounts.models import AuditEntry, Role, User
from tests.frontend.conftest import ClientFor


def test_an_admin_adds_a_person_who_can_then_sign_in(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    form = {
        "username": "rosa",
        "first_name": "Rosa",
        "last_name": "Diaz",
        "role": "radiologist",
        "password": "a-first-password",
    }
    assert client.post("/people/", form).headers["Location"] == "/people/"
    rosa = User.objects.get(username="rosa")
    assert rosa.role == Role.RADIOLOGIST
    assert rosa.check_password("a-first-password")
    assert "Rosa Diaz may now sign in as rosa" in client.get("/people/").content.decode()
    assert AuditEntry.objects.filter(action="create_person", actor=admin).exists()


def test_what_is_wrong_with_a_new_person_stands_at_its_field(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    form = {"username": "rosa", "role": "radiologist", "password": "short"}
    answer = client.post("/people/", form)
    assert answer.status_code == 400
    assert answer.context["form"].errors["password"]
    taken = client.post("/people/", {**form, "username": "ADMIN", "password": "a-first-password"})
    assert "already a person" in str(taken.context["form"].errors["username"])
    assert User.objects.count() == 1


def test_an_admin_changes_role_password_and_access(admin: User, radiologist: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    client.post("/people/", {"person": radiologist.pk, "change": "role", "role": "data_manager"})
    client.post("/people/", {"person": radiologist.pk, "change": "password", "password": "another-password-1"})
    client.post("/people/", {"person": radiologist.pk, "change": "deactivate"})
    radiologist.refresh_from_db()
    assert radiologist.role == Role.DATA_MANAGER
    assert radiologist.check_password("another-password-1")
    assert not radiologist.is_active
    client.post("/people/", {"person": radiologist.pk, "change": "activate"})
    radiologist.refresh_from_db()
    assert radiologist.is_active


def test_the_last_admin_can_not_be_taken_away_and_the_page_says_so(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    answer = client.post("/people/", {"person": admin.pk, "change": "deactivate"}, follow=True)
    assert "last admin" in answer.content.decode()
    admin.refresh_from_db()
    assert admin.is_active


def test_a_change_that_does_not_exist_is_a_message_not_a_crash(admin: User, client_for: ClientFor) -> None:
    for sent in (
        {"change": "delete", "person": "1"},
        {"change": "role", "person": "x"},
        {"change": "role", "person": "999", "role": "admin"},
    ):
        answer = client_for(admin).post("/people/", sent, follow=True)
        assert answer.status_code == 200
        assert list(answer.context["messages"])
