"""The page of hangings: what it lists, and that faults are told with their place."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotator.accounts.models import AuditEntry, User
from annotator.cases.actions.install_hangings import install_shipped_hangings
from annotator.cases.models import HangingProtocol
from tests.frontend.conftest import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(admin: User, client_for: ClientFor) -> Client:
    install_shipped_hangings()
    return client_for(admin)


def copy_of(client: Client, key: str) -> tuple[str, dict[str, Any]]:
    answer = client.post(f"/hangings/{key}/", {"then": "copy"})
    address = answer.headers["Location"]
    return address, json.loads(client.get(f"{address}export").content)


def test_every_shipped_hanging_is_listed_with_its_panes(client: Client) -> None:
    page = client.get("/hangings/").content.decode()
    assert page.count('class="hanging-sketch"') == HangingProtocol.objects.count()
    assert "<span>Subdural</span>" in page
    assert "<span>R CC</span>" in page


def test_before_anything_is_installed_the_page_says_what_to_do(admin: User, client_for: ClientFor) -> None:
    assert "load_hangings" in client_for(admin).get("/hangings/").content.decode()


def test_a_hanging_is_turned_off_and_given_another_priority(client: Client) -> None:
    client.post("/hangings/ct-head-windows/", {"then": "disable"})
    client.post("/hangings/ct-head-windows/", {"then": "priority", "priority": "77"})
    row = HangingProtocol.objects.get(key="ct-head-windows")
    assert (row.enabled, row.priority) == (False, 77)
    client.post("/hangings/ct-head-windows/", {"then": "enable"})
    row.refresh_from_db()
    assert row.enabled
    assert AuditEntry.objects.filter(action="arrange_hanging", target_id="ct-head-windows").count() == 3


@pytest.mark.parametrize("priority", ["", "-1", "1e3", "9" * 40, "1001", "٣"])
def test_a_priority_that_is_none_is_refused_in_words(client: Client, priority: str) -> None:
    answer = client.post("/hangings/one/", {"then": "priority", "priority": priority}, follow=True)
    assert "priority" in answer.content.decode()
    assert HangingProtocol.objects.get(key="one").priority == 50


def test_a_copy_is_changed_exported_deleted_and_taken_in_again(client: Client) -> None:
    address, content = copy_of(client, "ct-head-windows")
    content["name"] = "Ours"
    saved = client.post(address, {"then": "save", "content": json.dumps(content)})
    assert saved.status_code == 302
    exported = client.get(f"{address}export")
    assert "attachment" in exported.headers["Content-Disposition"]
    client.post(address, {"then": "delete"})
    assert client.get(address).status_code == 404
    file = SimpleUploadedFile("ours.json", exported.content)
    assert client.post("/hangings/", {"file": file}).headers["Location"] == address
    assert HangingProtocol.objects.get(key=content["key"]).name == "Ours"


def test_a_fault_is_shown_with_its_place_and_nothing_that_was_typed_is_lost(client: Client) -> None:
    address, content = copy_of(client, "ct-head-windows")
    content["panes"][2]["same_stack_as"] = 4
    answer = client.post(address, {"then": "save", "content": json.dumps(content)})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'data-path="panes[2].same_stack_as"' in page
    assert "&quot;same_stack_as&quot;: 4" in page


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"key": "x"}', "[" * 50_000, '{"key": NaN}'])
def test_what_is_no_hanging_is_refused_in_words(client: Client, content: str) -> None:
    before = HangingProtocol.objects.count()
    answer = client.post("/hangings/", {"content": content})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert HangingProtocol.objects.count() == before


def test_a_shipped_hanging_can_not_be_saved_or_deleted(client: Client) -> None:
    content = client.get("/hangings/one/export").content.decode()
    refused = client.post("/hangings/one/", {"then": "save", "content": content.replace("One picture", "Mine")})
    assert refused.status_code == 400
    assert "copy" in refused.content.decode()
    client.post("/hangings/one/", {"then": "delete"})
    assert HangingProtocol.objects.get(key="one").name == "One picture"


def test_an_act_that_there_is_not_changes_nothing(client: Client) -> None:
    answer = client.post("/hangings/one/", {"then": "explode"}, follow=True)
    assert "no such change" in answer.content.decode()
