"""The pages of label schemas: what they list, and that what can't be done is said where it was asked."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotator.accounts.models import User
from annotator.labels.actions.edit_draft import DraftContent, begin_draft, make_draft, save_draft
from annotator.labels.actions.install_schemas import install_shipped_schemas
from annotator.labels.actions.publish_draft import publish_draft
from annotator.labels.models import LabelSchema, LabelSchemaDraft
from tests.annotator.labels.test_diff import bleed
from tests.frontend.conftest import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_viewer")]


@pytest.fixture
def client(admin: User, client_for: ClientFor) -> Client:
    make_draft(admin, "bleeds", title="Bleeds", definition=bleed())
    publish_draft(admin, "bleeds", revision=1, reason="First.")
    return client_for(admin)


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_before_anything_is_installed_the_page_says_what_to_do(admin: User, client_for: ClientFor) -> None:
    assert "load_schemas" in words(client_for(admin), "/label-schemas/")


def test_shipped_schemas_are_listed_and_copied_but_not_edited(client: Client) -> None:
    install_shipped_schemas()
    listed = words(client, "/label-schemas/")
    for key in LabelSchema.objects.values_list("key", flat=True):
        assert f'href="/label-schemas/{key}/"' in listed
        assert "asks" in words(client, f"/label-schemas/{key}/")
    page = words(client, "/label-schemas/lesion/")
    assert "copy it to change it" in page
    assert 'value="edit"' not in page
    refused = client.post("/label-schemas/lesion/", {"then": "edit"}, follow=True)
    assert "comes with the program" in refused.content.decode()
    copied = client.post("/label-schemas/lesion/", {"then": "copy", "key": "ours", "title": "Ours"})
    assert copied.headers["Location"] == "/label-schemas/ours/edit/"
    assert client.get(copied.headers["Location"]).status_code == 200


def test_a_schema_is_begun_under_a_free_key(client: Client) -> None:
    begun = client.post("/label-schemas/", {"then": "begin", "key": "newer", "title": "Newer"})
    assert begun.headers["Location"] == "/label-schemas/newer/edit/"
    for key, title, said in (
        ("bleeds", "T", "choose another key"),
        ("No", "T", "small letters"),
        ("free", "", "title"),
    ):
        refused = client.post("/label-schemas/", {"then": "begin", "key": key, "title": title})
        assert refused.status_code == 400
        assert said in refused.content.decode()
        assert f'value="{key}"' in refused.content.decode()


def test_versions_are_compared_and_a_draft_is_thrown_away_and_taken_back(client: Client, admin: User) -> None:
    client.post("/label-schemas/bleeds/", {"then": "edit"})
    save_draft(admin, "bleeds", DraftContent("Bleeds", bleed() | {"description": "Newer."}), revision=1)
    page = words(client, "/label-schemas/bleeds/?old=1&new=draft")
    assert "Every answer given under the older one is valid" in page
    assert "“Bleeds by size.” → “Newer.”" in page
    client.post("/label-schemas/bleeds/", {"then": "discard"})
    assert not LabelSchemaDraft.objects.exists()
    assert 'value="restore"' in words(client, "/label-schemas/bleeds/")
    client.post("/label-schemas/bleeds/", {"then": "restore"})
    assert LabelSchemaDraft.objects.get().definition["description"] == "Newer."
    publish_draft(admin, "bleeds", revision=LabelSchemaDraft.objects.get().revision, reason="Better words.")
    page = words(client, "/label-schemas/bleeds/")
    assert "published version 2: Better words." in page
    assert "They say the same" in words(client, "/label-schemas/bleeds/?old=2&new=2")
    assert "Say a version" in words(client, "/label-schemas/bleeds/?old=x&new=2")
    assert "There is no label schema" in words(client, "/label-schemas/bleeds/?old=9&new=2")


def test_a_schema_is_retired_and_brought_back_with_a_reason(client: Client) -> None:
    nothing = client.post("/label-schemas/bleeds/", {"then": "retire", "reason": " "}, follow=True)
    assert "Say why" in nothing.content.decode()
    client.post("/label-schemas/bleeds/", {"then": "retire", "reason": "Nobody uses it."})
    assert "Nobody uses it." in words(client, "/label-schemas/bleeds/")
    assert "Retired" in words(client, "/label-schemas/")
    client.post("/label-schemas/bleeds/", {"then": "bring-back", "reason": "Somebody does."})
    assert "Retired by" not in words(client, "/label-schemas/bleeds/")
    unknown = client.post("/label-schemas/bleeds/", {"then": "explode"}, follow=True)
    assert "no such change" in unknown.content.decode()


def test_an_exported_file_is_taken_in_as_a_version_or_a_draft_and_what_is_none_is_refused(client: Client) -> None:
    file = client.get("/label-schemas/bleeds/1/export")
    assert file.headers["Content-Disposition"] == 'attachment; filename="bleeds-1.json"'

    def take_in(content: bytes, **more: str) -> str:
        sent = {"then": "import", "file": SimpleUploadedFile("schema.json", content), **more}
        return " ".join(client.post("/label-schemas/", sent, follow=True).content.decode().split())

    assert "bleeds@1 was already there" in take_in(file.content)
    newer = json.loads(file.content) | {"key": "theirs", "version": 4}
    del newer["content_hash"]
    assert "theirs@4 was taken in" in take_in(json.dumps(newer).encode())
    newer["definition"]["description"] = "Other words."
    assert "says something else" in take_in(json.dumps(newer).encode())
    assert "editor of theirs" in take_in(json.dumps(newer).encode(), as_draft="1")
    newer["definition"]["form"]["questions"][1]["kind"] = "guess"
    assert "<code>definition.form.questions[1]" in take_in(json.dumps(newer).encode())
    assert "no JSON" in take_in(b"\x89PNG\r\n\x1a\n")
    assert "Choose a file" in client.post("/label-schemas/", {"then": "import"}).content.decode()


def test_a_draft_that_lacks_everything_is_listed_and_opened_all_the_same(client: Client, admin: User) -> None:
    make_draft(admin, "odd", title="Odd", definition={"form": 3, "modalities": 7})
    begin_draft(admin, "bleeds")
    assert "Odd" in words(client, "/label-schemas/")
    assert "Never published" in words(client, "/label-schemas/odd/")
    assert client.get("/label-schemas/odd/edit/").status_code == 200
    assert client.get("/label-schemas/nothing/").status_code == 404
    assert client.get("/label-schemas/bleeds/7/export").status_code == 404
    assert client.get(f"/label-schemas/bleeds/{'9' * 40}/export").status_code == 404
