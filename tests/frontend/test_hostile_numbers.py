"""Numbers that no row can have, and a name that no column holds, are answered in words, never with a 500."""

import pytest
from django.test import Client

from annotator.accounts.models import User
from tests.frontend.conftest import ClientFor

HUGE = "9" * 30


def test_a_study_that_no_row_can_be_is_not_kept_as_chosen(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    client.raise_request_exception = False
    answer = client.post("/studies/", {"study": [HUGE], "then": "export"}, follow=True)
    assert answer.status_code == 200
    assert "Nothing was chosen" in answer.content.decode()
    assert [client.get(path).status_code for path in ("/exports/", "/assignments/")] == [200, 200]


def test_a_person_that_no_row_can_be_has_left_no_trail(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    client.raise_request_exception = False
    answer = client.get(f"/audit/?who={HUGE}")
    assert answer.status_code == 200


def test_a_reader_that_no_row_can_be_is_refused_by_the_form(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    client.raise_request_exception = False
    answer = client.post("/assignments/", {"readers": [HUGE], "order": "listed"})
    assert answer.status_code == 400
    assert "readers" in answer.context["form"].errors


@pytest.mark.django_db
def test_a_name_longer_than_its_column_is_refused_by_the_form() -> None:
    client = Client(raise_request_exception=False)
    answer = client.post("/sign-in/", {"username": "n" * 300, "password": "x"})
    assert answer.status_code == 200
    assert "username" in answer.context["form"].errors
