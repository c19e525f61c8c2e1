"""A site that de-identifies: after an ingest no byte of its disk or of its database tells who a patient is."""

import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions.ingest_intake import ingest_intake
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.seal_intake import seal_intake
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.deidentification.site_key import site_key
from annotator.imaging.headers.header_reading import reading_odd_headers
from annotator.imaging.models import Instance, IntakeFile, Outcome, Patient, PatientKey, Series, Study
from annotator.imaging.queries import names_received
from annotator.jobs.models import Job
from tests.builders.planted import PATIENT_ID, SURNAME, Plant
from tests.builders.studies import ct_series

KEY = "a-secret-of-the-tests-that-is-long-enough"
# What tells who it is in these tests; the same in every file and in their names.
TELLING = (SURNAME.lower().encode(), PATIENT_ID.lower().encode(), b"7734512")


@pytest.fixture
def site(db: None, settings: Any, store: Path) -> Path:
    """The root of all stores of a site that de-identifies."""
    settings.DEIDENTIFY = True
    settings.DEIDENTIFICATION_KEY = KEY
    return store


@pytest.fixture
def told(tmp_path: Path) -> list[Path]:
    """CT slices of one patient whose files and folder are called after her."""
    folder = tmp_path / f"{SURNAME}_{PATIENT_ID}"
    folder.mkdir()
    paths = ct_series(folder, slices=3, patient_name=f"{SURNAME}^Ada", patient_id=PATIENT_ID)
    for path in paths:
        dataset = pydicom.dcmread(path)
        dataset.StudyDescription = f"Head of {SURNAME}"
        dataset.ReferringPhysicianName = "Albrecht^Ernst"
        dataset.AccessionNumber = "7734512"
        dataset.BurnedInAnnotation = "NO"
        dataset.save_as(path)
    return [path.rename(folder / f"{SURNAME} {number}.dcm") for number, path in enumerate(paths)]


def telling_places(root: Path) -> list[str]:
    """Where something that tells lies: files under a folder (names and bytes), and rows of the database."""
    found = []
    for path in root.rglob("*"):
        if path.is_file() and any(word in path.read_bytes().lower() for word in TELLING):
            found.append(str(path))
        if any(word.decode() in path.name.lower() for word in TELLING):
            found.append(path.name)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = repr(cursor.fetchall()).lower()
            found += [table for word in TELLING if word.decode() in rows]
    return found


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    with caplog.at_level(logging.DEBUG):
        yield lambda: caplog.text.lower()


def test_files_of_the_command_leave_nothing_that_tells(site: Path, told: list[Path], log: Callable[[], str]) -> None:
    said = io.StringIO()
    call_command("ingest", str(told[0].parent), "--derive", stdout=said, stderr=said)
    assert "ingested 3" in said.getvalue()
    assert telling_places(site) == []
    assert SURNAME.lower() not in log() + said.getvalue().lower()
    key = PatientKey.objects.get()
    assert site_key().unseal(bytes(key.sealed)).patient_id == PATIENT_ID
    assert site_key().unseal(bytes(key.sealed)).name == f"{SURNAME}^Ada"
    patient = Patient.objects.get()
    assert patient.patient_id == patient.name == key.pseudonym
    assert Study.objects.get().description == "Head of"
    assert set(Instance.objects.values_list("deidentified", "state")) == {(True, "ready")}
    assert all(name.startswith("file-") for name in IntakeFile.objects.values_list("name", flat=True))


def test_uploads_leave_nothing_that_tells_and_their_sender_still_learns_what_arrived(
    site: Path, told: list[Path], data_manager: User, log: Callable[[], str]
) -> None:
    intake = start_intake(data_manager, source=f"disk of {SURNAME}", expected_files=3)
    for path in told:
        with path.open("rb") as content:
            receive_file(data_manager, intake.pk, name=f"{SURNAME}/{path.name}", content=content)
    assert sorted(name for name, _ in names_received(intake)) == sorted(f"{SURNAME}/{path.name}" for path in told)
    with told[0].open("rb") as content:
        receive_file(data_manager, intake.pk, name=f"{SURNAME}/{told[0].name}", content=content)
    assert intake.files.count() == 3
    seal_intake(data_manager, intake.pk)
    assert str(ingest_intake(intake.pk)) == "ingested 3, already there 0, quarantined 0"
    assert telling_places(site) == []
    assert SURNAME.lower() not in log()
    assert not any((site / "uploads").rglob("*.name"))


def test_what_programs_send_by_dicomweb_leaves_nothing_that_tells(
    site: Path, told: list[Path], data_manager: User, log: Callable[[], str]
) -> None:
    parts = [b"--part\r\nContent-Type: application/dicom\r\n\r\n" + path.read_bytes() + b"\r\n" for path in told]
    client = Client()
    client.force_login(data_manager)
    answer = client.post(
        "/dicomweb/studies",
        b"".join(parts) + b"--part--\r\n",
        content_type='multipart/related; type="application/dicom"; boundary=part',
        headers={"accept": "application/dicom+json"},
    )
    # PS3.18 10.5.3.1: taken in, and changed.
    assert answer.status_code == 202
    assert Instance.objects.filter(deidentified=True).count() == 3
    assert telling_places(site) == []
    assert SURNAME.lower() not in log() + answer.content.decode().lower()


def test_members_of_a_zip_lose_their_names_too(site: Path, told: list[Path], tmp_path: Path) -> None:
    archive = tmp_path / f"{SURNAME}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in told:
            packed.write(path, f"{SURNAME}/{path.name}")
    call_command("ingest", str(archive), stdout=io.StringIO(), stderr=io.StringIO())
    assert Instance.objects.count() == 3
    assert telling_places(site) == []


def test_the_quarantine_keeps_bytes_but_no_word_of_who_it_is(site: Path, told: list[Path], tmp_path: Path) -> None:
    with reading_odd_headers():
        dataset = pydicom.dcmread(told[0])
        dataset.StudyInstanceUID = f"1.2.{SURNAME}"
        dataset.save_as(told[0])
    archive = tmp_path / f"{SURNAME}.zip"
    archive.write_bytes(b"PK\x03\x04" + SURNAME.encode() * 20)
    said = io.StringIO()
    call_command("ingest", *(str(one) for one in (*told, archive)), stdout=said, stderr=said)
    assert IntakeFile.objects.filter(outcome=Outcome.QUARANTINED).count() == 2
    assert SURNAME.lower() not in said.getvalue().lower()
    assert [place for place in telling_places(site) if "/quarantine/" not in place] == []
    assert any("/quarantine/" in place for place in telling_places(site))


def test_a_file_with_a_secret_in_every_attribute_leaves_none_of_them(site: Path, tmp_path: Path) -> None:
    source = tmp_path / f"{SURNAME}.dcm"
    with reading_odd_headers():
        made = pydicom.dcmread(ct_series(tmp_path, slices=1, patient_name=f"{SURNAME}^Ada", patient_id=PATIENT_ID)[0])
        planted = pydicom.dcmread(Plant(SURNAME).file(tmp_path / "planted.dcm", chain=("unlisted", "kept")))
        for element in planted:
            if element.tag not in made and element.tag.group != 0x28 and element.tag.group >> 8 != 0x60:
                made[element.tag] = element
        made.save_as(source, enforce_file_format=False)
    assert source.read_bytes().lower().count(SURNAME.lower().encode()) > 5000
    call_command("ingest", str(source), "--derive", stdout=io.StringIO(), stderr=io.StringIO())
    assert Instance.objects.count() == 1
    assert telling_places(site) == []


def test_the_same_original_is_known_again_by_its_own_hash(site: Path, told: list[Path]) -> None:
    for expected in ("ingested 3, already there 0, quarantined 0", "ingested 0, already there 3, quarantined 0"):
        said = io.StringIO()
        call_command("ingest", str(told[0].parent), stdout=said, stderr=io.StringIO())
        assert said.getvalue().strip().endswith(expected)
    instance = Instance.objects.first()
    assert instance is not None
    assert instance.sha256 != instance.source_sha256
    # As blanking of burned-in text leaves it: other bytes are kept, the source's hash stays.
    Instance.objects.filter(pk=instance.pk).update(sha256="0" * 64)
    said = io.StringIO()
    call_command("ingest", str(told[0].parent), stdout=said, stderr=io.StringIO())
    assert "already there 3" in said.getvalue()


def test_originals_are_kept_only_where_the_site_says_so(site: Path, told: list[Path], settings: Any) -> None:
    settings.DEIDENTIFY_KEEP_ORIGINALS = True
    call_command("ingest", str(told[0]), stdout=io.StringIO(), stderr=io.StringIO())
    (kept,) = [path for path in (site / "sources").rglob("*.bin") if path.is_file()]
    assert kept.read_bytes() == told[0].read_bytes()
    assert telling_places(site) == [str(kept)]


def test_files_of_one_patient_meet_under_one_pseudonym_whenever_they_come(
    site: Path, told: list[Path], tmp_path: Path
) -> None:
    call_command("ingest", str(told[0]), stdout=io.StringIO(), stderr=io.StringIO())
    later = ct_series(tmp_path, study="later", slices=1, patient_name=f"{SURNAME}^Ada", patient_id=PATIENT_ID)
    call_command("ingest", str(later[0]), stdout=io.StringIO(), stderr=io.StringIO())
    assert Patient.objects.count() == PatientKey.objects.count() == 1
    assert Study.objects.count() == 2
    call_command("ingest", str(told[1]), stdout=io.StringIO(), stderr=io.StringIO())
    assert (Study.objects.count(), Series.objects.count(), Instance.objects.count()) == (2, 2, 3)


def test_under_another_key_nothing_comes_in_and_nothing_is_lost(site: Path, told: list[Path], settings: Any) -> None:
    call_command("ingest", str(told[0]), stdout=io.StringIO(), stderr=io.StringIO())
    settings.DEIDENTIFICATION_KEY = "another-secret-that-is-long-enough-too"
    with pytest.raises(CommandError, match="sealed under another key"):
        call_command("ingest", str(told[1]), stdout=io.StringIO(), stderr=io.StringIO())
    assert Instance.objects.count() == PatientKey.objects.count() == 1
    waiting = IntakeFile.objects.get(outcome=Outcome.WAITING)
    settings.DEIDENTIFICATION_KEY = KEY
    assert str(ingest_intake(waiting.intake_id)) == "ingested 1, already there 0, quarantined 0"


def test_programs_are_told_pseudonyms(site: Path, told: list[Path], admin: User, data_manager: User) -> None:
    call_command("ingest", str(told[0].parent), "--derive", stdout=io.StringIO(), stderr=io.StringIO())
    client = Client()
    client.force_login(data_manager)
    study = Study.objects.get()
    answers = [
        client.get("/api/v1/patients"),
        client.get("/api/v1/studies"),
        client.get(f"/api/v1/studies/{study.pk}"),
        client.get("/api/v1/intakes"),
        client.get("/studies/"),
        client.get(f"/studies/{study.pk}/"),
        client.get("/dicomweb/studies"),
        client.get(f"/dicomweb/studies/{study.study_instance_uid}/metadata"),
    ]
    client.force_login(admin)
    answers += [client.get("/audit/"), client.get("/api/v1/audit"), client.get("/intakes/")]
    for answer in answers:
        assert answer.status_code == 200, answer.request["PATH_INFO"]
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert not any(word in content.lower() for word in TELLING), answer.request["PATH_INFO"]
    assert PatientKey.objects.get().pseudonym in answers[0].content.decode()


def test_a_site_that_does_not_deidentify_keeps_everything(db: None, store: Path, told: list[Path]) -> None:
    call_command("ingest", str(told[0].parent), stdout=io.StringIO(), stderr=io.StringIO())
    assert Patient.objects.get().patient_id == PATIENT_ID
    assert not PatientKey.objects.exists()
    assert telling_places(store) != []


def test_audit_and_jobs_name_nobody(site: Path, told: list[Path]) -> None:
    call_command("ingest", str(told[0].parent), stdout=io.StringIO(), stderr=io.StringIO())
    rows = serializers.serialize("json", [*AuditEntry.objects.all(), *Job.objects.all()])
    assert json.loads(rows)
    assert not any(word.decode() in rows.lower() for word in TELLING)
