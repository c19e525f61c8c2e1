"""The key map: found by pseudonym or original identifier, opened one row at a time, by administrators, on record."""

from typing import Any

import pytest
from django.test import Client

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions.find_patient_keys import find_patient_keys
from annotator.imaging.actions.reveal_patient import reveal_patient
from annotator.imaging.deidentification.deidentify_dataset import SealedPatient
from annotator.imaging.deidentification.errors import DeidentificationError
from annotator.imaging.deidentification.key_map import patient_keys_for
from annotator.imaging.deidentification.key_rows import taken_pseudonyms, write_patient_keys
from annotator.imaging.deidentification.site_key import PatientIdentity, SiteKey
from annotator.imaging.models import PatientKey
from tests.annotator.imaging.deidentification.conftest import KEY

MEIER = PatientIdentity("4711", "Hospital A", "Meier^Anna", "19500704", "F")
SAME_ID = PatientIdentity("4711", "Hospital B", "Other^Person", "", "")


def sealed(key: SiteKey, identity: PatientIdentity) -> SealedPatient:
    who = (identity.patient_id, identity.issuer)
    return SealedPatient(key.lookup(*who), key.pseudonym(*who), key.seal(identity))


@pytest.fixture
def rows(db: None, key: SiteKey, settings: Any) -> list[PatientKey]:
    settings.DEIDENTIFICATION_KEY = KEY
    write_patient_keys([sealed(key, MEIER), sealed(key, SAME_ID)])
    return [PatientKey.objects.get(pseudonym=key.pseudonym("4711", one.issuer)) for one in (MEIER, SAME_ID)]


def test_a_patient_is_found_by_pseudonym_and_by_the_original_identifier_of_every_issuer(
    rows: list[PatientKey], admin: User
) -> None:
    assert list(find_patient_keys(admin, rows[0].pseudonym[3:8].lower())) == [rows[0]]
    assert set(find_patient_keys(admin, " 4711 ")) == set(rows)
    assert list(find_patient_keys(admin, "471")) == []


def test_who_looked_is_written_down_and_for_whom_is_not(rows: list[PatientKey], admin: User) -> None:
    find_patient_keys(admin, "4711")
    identity = reveal_patient(admin, rows[0].pk)
    assert identity == MEIER
    search, reveal = AuditEntry.objects.order_by("id")
    assert (search.action, search.detail, search.actor) == ("search_key_map", {"found": 2}, admin)
    assert (reveal.action, reveal.target_id, reveal.actor) == ("reveal_patient", rows[0].pseudonym, admin)
    # Without the times, whose microseconds may be any digits.
    written = str(list(AuditEntry.objects.values("action", "target_kind", "target_id", "detail")))
    assert "4711" not in written
    assert "Meier" not in written


def test_only_administrators_learn_anything(rows: list[PatientKey], data_manager: User, radiologist: User) -> None:
    for person in (data_manager, radiologist):
        assert not patient_keys_for(person).exists()
        with pytest.raises(NotAllowedError):
            find_patient_keys(person, "4711")
        with pytest.raises(NotAllowedError):
            reveal_patient(person, rows[0].pk)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "x" * 65])
def test_nothing_to_look_for_is_said_in_words(rows: list[PatientKey], admin: User, text: str) -> None:
    with pytest.raises(InvalidError, match="Give a pseudonym"):
        find_patient_keys(admin, text)


@pytest.mark.parametrize("pk", [0, -1, 999_999, 1 << 70])
def test_a_row_that_is_not_there_is_not_found(rows: list[PatientKey], admin: User, pk: int) -> None:
    with pytest.raises(NotFoundError):
        reveal_patient(admin, pk)


def test_under_another_key_a_row_stays_closed_and_says_why(rows: list[PatientKey], admin: User, settings: Any) -> None:
    settings.DEIDENTIFICATION_KEY = "another-secret-that-is-long-enough-too"
    with pytest.raises(DeidentificationError, match="sealed under another key"):
        reveal_patient(admin, rows[0].pk)
    settings.DEIDENTIFICATION_KEY = ""
    with pytest.raises(DeidentificationError, match="no de-identification key"):
        reveal_patient(admin, rows[0].pk)


def test_rows_are_written_once_and_keep_the_first_identity(rows: list[PatientKey], key: SiteKey) -> None:
    changed = PatientIdentity("4711", "Hospital A", "Married^Anna")
    write_patient_keys([sealed(key, changed)])
    assert PatientKey.objects.count() == 2
    assert key.unseal(bytes(PatientKey.objects.get(pk=rows[0].pk).sealed)) == MEIER


def test_two_patients_with_one_pseudonym_are_noticed(rows: list[PatientKey], key: SiteKey) -> None:
    clash = SealedPatient("f" * 64, rows[0].pseudonym, key.seal(SAME_ID))
    assert taken_pseudonyms([clash, sealed(key, MEIER)]) >= {"f" * 64}
    assert taken_pseudonyms([sealed(key, MEIER)]) == set()


def test_the_page_lists_pseudonyms_finds_and_reveals(rows: list[PatientKey], admin: User) -> None:
    client = Client()
    client.force_login(admin)
    listed = client.get("/key-map/").content.decode()
    assert all(row.pseudonym in listed for row in rows)
    assert "Meier" not in listed
    found = client.post("/key-map/", {"text": "4711"})
    assert "Meier" not in found.content.decode()
    assert 'value="4711"' not in found.content.decode()
    assert "Nobody found" in client.post("/key-map/", {"text": "4712"}).content.decode()
    assert "Give a pseudonym" in client.post("/key-map/", {"text": " "}).content.decode()
    revealed = client.post(f"/key-map/{rows[0].pk}/reveal")
    assert "Meier^Anna" in revealed.content.decode()
    assert "Other^Person" not in revealed.content.decode()
    assert "no-store" in revealed["Cache-Control"]
    assert client.get(f"/key-map/{rows[0].pk}/reveal").status_code == 405


def test_programs_find_and_reveal_too(rows: list[PatientKey], admin: User) -> None:
    client = Client()
    client.force_login(admin)
    listed = client.get("/api/v1/key-map").json()
    assert {one["pseudonym"] for one in listed["results"]} == {row.pseudonym for row in rows}
    assert "Meier" not in str(listed)
    found = client.post("/api/v1/key-map/search", {"text": "4711"}, content_type="application/json").json()
    assert {one["id"] for one in found} == {row.pk for row in rows}
    identity = client.post(f"/api/v1/key-map/{rows[0].pk}/reveal").json()
    assert identity["name"] == "Meier^Anna"
    assert identity["birth_date"] == "19500704"


def test_a_key_that_changed_is_said_in_words_to_people_and_programs(
    rows: list[PatientKey], admin: User, settings: Any
) -> None:
    settings.DEIDENTIFICATION_KEY = "another-secret-that-is-long-enough-too"
    client = Client()
    client.force_login(admin)
    page = client.post(f"/key-map/{rows[0].pk}/reveal")
    assert page.status_code == 400
    assert "sealed under another key" in page.content.decode()
    answer = client.post(f"/api/v1/key-map/{rows[0].pk}/reveal")
    assert answer.status_code == 400
    assert "sealed under another key" in answer.json()["detail"]
