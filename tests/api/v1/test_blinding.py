"""Another reader's marks are invisible to a reader in every answer, and so is whose case it is."""

import json

import pytest

from annotator.annotations.models import Annotation, Answer, Finding
from annotator.assist.models import SuggestionDecision
from annotator.imaging.models import Patient
from annotator.labels.schema import score_answers
from tests.annotator.case_rows import grant
from tests.api.v1.test_who_may_what import MATRIX
from tests.api.v1.world import annotation_body, make_annotation

SECRETS = ("reader-secret-label", "Reader's secret finding", "reader-secret-comment", "reader-secret-reason")


@pytest.fixture
def both(world):
    """The stranger may open the case as well, and the reader's things in it carry words to look for."""
    grant(world.case, world.stranger)
    Annotation.objects.filter(pk=world.annotation.pk).update(label=SECRETS[0])
    Finding.objects.filter(pk=world.finding.pk).update(name=SECRETS[1])
    answers = {"comment": SECRETS[2]}
    score = score_answers(world.answer.schema.definition, answers)
    Answer.objects.filter(pk=world.answer.pk).update(answers=answers, score=score)
    SuggestionDecision.objects.create(
        suggestion=world.suggestion,
        reader=world.reader,
        decision="accepted",
        annotation=world.annotation,
        reason=SECRETS[3],
    )
    return world


@pytest.mark.parametrize("row", [row for row in MATRIX if row.method == "GET"], ids=lambda row: row.name)
def test_no_address_shows_a_reader_what_another_one_made(row, both, client_of):
    from django.urls import reverse

    response = client_of(both.stranger).get(reverse(row.name, args=row.args(both)))
    content = b"" if response.streaming else response.content
    told = content.decode(errors="replace")
    assert not [secret for secret in SECRETS if secret in told]
    if row.name in {"api-annotation", "api-finding", "api-answer", "api-assignment"}:
        assert response.status_code == 404
    elif row.name not in {"api-schema", "api-unknown"}:
        for made in (both.annotation, both.finding, both.answer, both.assignment):
            assert str(made.pk) not in told


def test_the_reading_of_a_case_holds_ones_own_marks_only(both, client_of):
    own = make_annotation(both.case, both.stranger, label="mine")
    address = f"/api/v1/cases/{both.case.pk}/reading"
    mine = client_of(both.stranger).get(address).json()
    assert [mark["id"] for mark in mine["annotations"]] == [str(own.pk)]
    assert (mine["findings"], mine["answers"]) == ([], [])
    assert [s["decision"] for s in mine["suggestions"]] == [None]
    theirs = client_of(both.stranger).get(f"{address}?owner=reader").json()
    assert theirs["annotations"] == []


def test_a_data_manager_sees_all_and_can_ask_for_one_readers(both, manager_client):
    make_annotation(both.case, both.stranger)
    address = f"/api/v1/cases/{both.case.pk}/reading"
    assert {mark["owner"] for mark in manager_client.get(address).json()["annotations"]} == {"reader", "stranger"}
    assert {m["owner"] for m in manager_client.get(f"{address}?owner=reader").json()["annotations"]} == {"reader"}


def test_what_is_written_over_anothers_identifier_tells_nothing_and_changes_nothing(both, client_of):
    client = client_of(both.stranger)
    address = f"/api/v1/annotations/{both.annotation.pk}"
    for revision in (0, 1):
        response = client.put(address, annotation_body(both, revision=revision), format="json")
        assert response.status_code == 404
        assert SECRETS[0] not in response.content.decode()
    assert client.delete(f"{address}?revision=1").status_code == 404
    both.annotation.refresh_from_db()
    assert (both.annotation.owner, both.annotation.revision, both.annotation.deleted_at) == (both.reader, 1, None)


def test_anothers_finding_can_not_be_tied_to_ones_own_mark(both, client_of):
    body = annotation_body(both, finding=str(both.finding.pk))
    response = client_of(both.stranger).put(
        "/api/v1/annotations/00000000-0000-4000-8000-000000000001", body, format="json"
    )
    assert (response.status_code, response.json()["path"]) == (400, "finding")


def test_a_blinded_reader_is_not_told_whose_case_it_is(world, reader_client):
    patient = Patient.objects.get()
    for address in ("cases", f"cases/{world.case.pk}", f"cases/{world.case.pk}/manifest", "worklist"):
        told = reader_client.get(f"/api/v1/{address}").content.decode()
        for identifying in (patient.patient_id, patient.name, world.study.study_instance_uid, patient.birth_date):
            assert identifying not in told


def test_a_blinded_reader_can_not_find_a_case_by_guessing_the_patient(world, reader_client, manager_client):
    patient_id = Patient.objects.get().patient_id
    assert reader_client.get(f"/api/v1/cases?patient_id={patient_id}").json()["count"] == 0
    assert reader_client.get(f"/api/v1/cases?study={world.study.pk}").json()["count"] == 0
    assert manager_client.get(f"/api/v1/cases?patient_id={patient_id}").json()["count"] == 1
    assert manager_client.get(f"/api/v1/cases?study={world.study.pk}").json()["count"] == 1


def test_a_reader_who_is_shown_the_patient_sees_and_finds_the_patient(world, reader_client):
    world.case.grants.update(shows_identity=True)
    patient = Patient.objects.get()
    shown = reader_client.get(f"/api/v1/cases/{world.case.pk}/manifest").json()["case"]["patient"]
    assert shown["patient_id"] == patient.patient_id
    assert reader_client.get(f"/api/v1/cases?patient_id={patient.patient_id}").json()["count"] == 1


def test_a_grant_that_hides_suggestions_hides_them(world, reader_client):
    world.case.grants.update(shows_suggestions=False)
    manifest, reading = (reader_client.get(f"/api/v1/cases/{world.case.pk}/{part}") for part in ("manifest", "reading"))
    assert (manifest.json()["shows_suggestions"], reading.json()["suggestions"]) == (False, [])
    for told in (manifest.content.decode(), reading.content.decode()):
        assert str(world.suggestion.pk) not in told
        assert world.suggestion.model_version.name not in told
    for act in ("accept", "reject", "undo"):
        response = reader_client.post(f"/api/v1/suggestions/{world.suggestion.pk}/{act}", {}, format="json")
        assert response.status_code == 404
        assert json.loads(response.content)["status"] == 404
