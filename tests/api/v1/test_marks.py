"""Saving marks, findings and answers through the API: once is enough, and nobody's change is lost."""

import pytest

from annotator.accounts.models import AuditEntry
from annotator.annotations.models import Annotation, CaseLock, Revision
from tests.annotator.case_rows import frames_of
from tests.api.v1.world import annotation_body, install_schema, new_id


@pytest.fixture
def address() -> str:
    return f"/api/v1/annotations/{new_id()}"


def test_a_mark_comes_back_as_it_was_drawn(world, reader_client, address):
    points = [[1.125, 2.25], [20.0625, 2.5], [10.1, 40.875]]
    body = annotation_body(world, kind="contour", points=points, finding=str(world.finding.pk), label="nodule")
    saved = reader_client.put(address, body, format="json").json()
    assert saved["points"] == points
    assert (saved["revision"], saved["deleted"], saved["owner"], saved["provenance"]) == (1, False, "reader", "drawn")
    assert reader_client.get(address).json() == saved
    reading = reader_client.get(f"/api/v1/cases/{world.case.pk}/reading").json()
    assert saved in reading["annotations"]


def test_saving_the_same_twice_is_saving_once(world, reader_client, address):
    body = annotation_body(world)
    first = reader_client.put(address, body, format="json")
    second = reader_client.put(address, body, format="json")
    assert second.status_code == 200
    assert second.json() == first.json()
    assert Revision.objects.filter(target_id=first.json()["id"]).count() == 1


def test_a_change_over_a_newer_state_is_a_conflict_that_shows_what_is_there(world, reader_client, address):
    reader_client.put(address, annotation_body(world), format="json")
    newer = reader_client.put(
        address, annotation_body(world, points=[[0, 0], [5, 5]], revision=1), format="json"
    ).json()
    late = reader_client.put(address, annotation_body(world, points=[[0, 0], [9, 9]], revision=1), format="json")
    assert late.status_code == 409
    assert late["Content-Type"] == "application/problem+json"
    assert late.json()["current"] == newer
    assert reader_client.get(address).json() == newer


def test_a_deleted_mark_is_gone_and_comes_back_when_it_is_saved_again(world, reader_client, address):
    reader_client.put(address, annotation_body(world), format="json")
    deleted = reader_client.delete(f"{address}?revision=1").json()
    assert (deleted["deleted"], deleted["revision"]) == (True, 2)
    assert reader_client.get(address).status_code == 404
    restored = reader_client.put(address, annotation_body(world, revision=2), format="json").json()
    assert (restored["deleted"], restored["revision"]) == (False, 3)


def test_a_program_can_not_pass_its_own_mark_off_as_a_suggestion(world, reader_client, address):
    saved = reader_client.put(address, annotation_body(world, provenance="suggestion"), format="json").json()
    assert saved["provenance"] == "drawn"


def test_a_program_can_not_pass_its_own_mark_off_as_taken_over_from_a_reader(world, reader_client, address):
    saved = reader_client.put(address, annotation_body(world, provenance="taken_over"), format="json").json()
    assert saved["provenance"] == "drawn"


def test_a_submitted_reading_takes_no_more_marks(world, reader_client, address):
    CaseLock.objects.create(case=world.case, owner=world.reader, reason="it was submitted")
    response = reader_client.put(address, annotation_body(world), format="json")
    assert response.status_code == 409
    assert "submitted" in response.json()["detail"]


def test_saving_is_audited_under_the_reader(world, reader_client, address):
    reader_client.put(address, annotation_body(world), format="json")
    assert AuditEntry.objects.filter(actor=world.reader, target_id=address.rsplit("/", 1)[1]).count() == 1


def test_saving_a_mark_costs_few_queries(world, reader_client, address, django_assert_max_num_queries):
    """Session, person; a savepoint's begin and end; grant, record, this change, frames, lock; mark, revision, audit."""
    span = {"first_frame": world.frame.key, "last_frame": frames_of(world.case)[2].key}
    with django_assert_max_num_queries(11):
        reader_client.put(address, annotation_body(world, change=new_id(), **span), format="json")
    moved = annotation_body(world, change=new_id(), points=[[0, 0], [5, 5]], revision=1, **span)
    with django_assert_max_num_queries(12):
        reader_client.put(address, moved, format="json")
    stale = annotation_body(world, change=new_id(), points=[[0, 0], [6, 6]], revision=1, **span)
    with django_assert_max_num_queries(10):
        reader_client.put(address, stale, format="json")
    with django_assert_max_num_queries(12):
        reader_client.delete(f"{address}?revision=2&change={new_id()}")


def test_an_answer_comes_back_with_its_score_by_both_systems(world, reader_client):
    install_schema("acr-tirads")
    world.case.modality = "US"
    world.case.save()
    body = {
        "case": str(world.case.pk),
        "finding": str(world.finding.pk),
        "schema": "acr-tirads@1",
        "answers": {
            "composition": "mixed",
            "echogenicity": "isoechoic",
            "shape": "taller_than_wide",
            "margin": "smooth",
            "echogenic_foci": ["none"],
        },
        "size_mm": 16.0,
        "revision": 0,
    }
    saved = reader_client.put(f"/api/v1/answers/{new_id()}", body, format="json").json()
    assert (saved["score"]["points"], saved["score"]["level"]) == (5, "TR4")
    assert saved["score"]["systems"]["acr"]["advice"] == "aspirate"
    assert saved["score"]["systems"]["ai"]["level"] == "TR1"


def test_a_deleted_finding_leaves_its_mark_without_it(world, reader_client):
    deleted = reader_client.delete(f"/api/v1/findings/{world.finding.pk}?revision=1")
    assert deleted.json()["deleted"] is True
    mark = reader_client.get(f"/api/v1/annotations/{world.annotation.pk}").json()
    assert mark["finding"] is None
    assert reader_client.get(f"/api/v1/answers/{world.answer.pk}").status_code == 404


def test_findings_are_numbered_in_turn(world, reader_client):
    body = {"case": str(world.case.pk), "kind": "lesion", "name": "", "revision": 0}
    numbers = [
        reader_client.put(f"/api/v1/findings/{new_id()}", body, format="json").json()["number"] for _ in range(2)
    ]
    assert numbers == [2, 3]
    assert Annotation.objects.count() == 1
