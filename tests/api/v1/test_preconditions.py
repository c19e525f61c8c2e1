"""Saving with If-Match, If-None-Match and a change's identifier: what two programs do to each other."""

import pytest

from annotator.annotations.models import Annotation, CaseLock, Revision
from tests.api.v1.world import annotation_body, new_id

HEADS = {"new": {"If-None-Match": "*"}, 1: {"If-Match": '"1"'}, 2: {"If-Match": '"2"'}, 3: {"If-Match": '"3"'}}


def body(world, **changes):
    sent = annotation_body(world, **changes)
    del sent["revision"]
    return sent


@pytest.fixture
def address() -> str:
    return f"/api/v1/annotations/{new_id()}"


@pytest.fixture
def put(world, reader_client, address):
    def put(head, **changes):
        return reader_client.put(address, body(world, **changes), format="json", headers=HEADS[head])

    return put


def test_every_answer_carries_its_revision_as_etag(put, reader_client, address):
    assert put("new")["ETag"] == '"1"'
    assert reader_client.get(address)["ETag"] == '"1"'
    assert put(1, label="a")["ETag"] == '"2"'
    assert reader_client.delete(address, headers=HEADS[2])["ETag"] == '"3"'


def test_who_builds_on_an_old_state_is_answered_412_with_what_is_there(put, reader_client, address):
    put("new")
    there = put(1, label="theirs").json()
    late = put(1, label="mine")
    assert (late.status_code, late["Content-Type"]) == (412, "application/problem+json")
    assert late.json()["current"] == there
    refused = reader_client.delete(address, headers=HEADS[1])
    assert (refused.status_code, refused.json()["current"]) == (412, there)
    assert Annotation.objects.get(pk=there["id"]).label == "theirs"


def test_what_should_be_new_and_is_there_is_answered_412_whether_it_is_deleted_or_not(put, reader_client, address):
    put("new")
    assert put("new", label="another").status_code == 412
    reader_client.delete(address, headers=HEADS[1])
    refused = put("new")
    assert (refused.status_code, refused.json()["current"]["deleted"]) == (412, True)


def test_the_number_in_the_body_is_refused_with_409_as_ever(put, world, reader_client, address):
    put("new")
    put(1, label="newer")
    assert reader_client.put(address, annotation_body(world, revision=1), format="json").status_code == 409
    assert reader_client.delete(f"{address}?revision=1").status_code == 409


def test_a_submitted_reading_is_409_whatever_the_head_says(put, world):
    put("new")
    CaseLock.objects.create(case=world.case, owner=world.reader, reason="it was submitted")
    assert put(1, label="late").status_code == 409
    assert put(3, label="late").status_code == 409


def test_what_is_not_there_can_not_be_built_on(put):
    assert put(3).status_code == 404


def test_a_tag_that_a_proxy_marked_as_weak_is_taken_for_what_it_says(put, world, reader_client, address):
    put("new")
    saved = reader_client.put(address, body(world, label="a"), format="json", headers={"If-Match": 'W/"1"'})
    assert saved.json()["revision"] == 2


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"If-Match": "1"}, "If-Match"),
        ({"If-Match": "*"}, "If-Match"),
        ({"If-Match": '"1", "2"'}, "If-Match"),
        ({"If-Match": '"0"'}, "If-Match"),
        ({"If-Match": '"99999999999"'}, "If-Match"),
        ({"If-Match": '"4294967296"'}, "If-Match"),
        ({"If-Match": ""}, "If-Match"),
        ({"If-None-Match": '"1"'}, "If-None-Match"),
        ({"If-None-Match": "*", "If-Match": '"1"'}, "If-None-Match"),
    ],
)
def test_a_head_that_says_no_revision_is_refused(headers, path, world, reader_client, address):
    refused = reader_client.put(address, body(world), format="json", headers=headers)
    assert (refused.status_code, refused.json()["path"]) == (400, path)
    assert not Annotation.objects.filter(pk=address.rsplit("/", 1)[1]).exists()


def test_a_head_and_a_body_that_contradict_each_other_are_refused(put, world, reader_client, address):
    put("new")
    sent = annotation_body(world, label="a", revision=2)
    refused = reader_client.put(address, sent, format="json", headers=HEADS[1])
    assert (refused.status_code, refused.json()["path"]) == (400, "revision")


def test_a_deletion_says_what_it_saw(put, reader_client, address):
    put("new")
    refused = reader_client.delete(address)
    assert (refused.status_code, refused.json()["path"]) == (400, "revision")
    assert reader_client.delete(f"{address}?change=seven&revision=1").json()["path"] == "change"


def test_a_change_that_comes_again_after_later_ones_is_answered_with_what_is_there_now(put, reader_client, address):
    first, second, third = new_id(), new_id(), new_id()
    put("new", change=first)
    put(1, label="a", change=second)
    newest = put(2, label="b", change=third).json()
    again = put(1, label="a", change=second)
    assert (again.status_code, again.json()) == (200, newest)
    assert put("new", change=first).json() == newest
    assert Revision.objects.filter(target_id=newest["id"]).count() == 3


def test_a_deletion_that_comes_again_does_not_delete_what_came_back(put, reader_client, address):
    change = new_id()
    put("new")
    assert reader_client.delete(f"{address}?change={change}", headers=HEADS[1]).json()["revision"] == 2
    back = put(2).json()
    again = reader_client.delete(f"{address}?change={change}", headers=HEADS[1])
    assert (again.status_code, again.json()) == (200, back)


def test_a_change_that_arrived_is_confirmed_even_when_the_reading_was_submitted_since(put, world):
    change = new_id()
    put("new", change=change)
    put(1, label="later")
    CaseLock.objects.create(case=world.case, owner=world.reader, reason="it was submitted")
    confirmed = put("new", change=change)
    assert (confirmed.status_code, confirmed.json()["label"]) == (200, "later")


def test_the_same_identifier_of_a_change_on_another_record_is_another_change(put, world, reader_client):
    change = new_id()
    put("new", change=change)
    other = reader_client.put(f"/api/v1/annotations/{new_id()}", body(world, change=change), format="json")
    assert other.json()["revision"] == 1


@pytest.mark.parametrize("kind", ["findings", "answers"])
def test_findings_and_answers_take_the_same_heads_and_changes(kind, world, reader_client):
    record = world.finding if kind == "findings" else world.answer
    sent = (
        {"case": str(world.case.pk), "kind": "mass"}
        if kind == "findings"
        else {
            "case": str(world.case.pk),
            "finding": str(world.finding.pk),
            "schema": "lesion@1",
            "answers": {"suspicion": "benign"},
        }
    )
    address, change = f"/api/v1/{kind}/{record.pk}", new_id()
    saved = reader_client.put(address, {**sent, "change": change}, format="json", headers=HEADS[1])
    assert (saved.status_code, saved["ETag"]) == (200, '"2"'), saved.content
    assert (
        reader_client.put(address, {**sent, "change": change}, format="json", headers=HEADS[1]).json() == saved.json()
    )
    assert reader_client.delete(f"{address}?change={new_id()}", headers=HEADS[1]).status_code == 412
    deletion = new_id()
    assert reader_client.delete(f"{address}?change={deletion}", headers=HEADS[2])["ETag"] == '"3"'
    assert reader_client.delete(f"{address}?change={deletion}", headers=HEADS[2])["ETag"] == '"3"'
