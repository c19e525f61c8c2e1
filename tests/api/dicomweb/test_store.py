"""STOW-RS: what is taken, what is refused with which number and words, and that nothing is half taken."""

import errno
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.test import Client
from pydicom.uid import generate_uid

from annotator.accounts.models import AuditEntry
from annotator.imaging.actions.derive_frames import derive_frames
from annotator.imaging.models import Instance, Intake, IntakeFile, Outcome
from annotator.jobs.models import Job
from tests.api.dicomweb.served import BUNDLED, body_of, token_of
from tests.builders import ct_series, not_dicom, truncated, unknown_syntax, without_pixels

STUDIES = "/dicomweb/studies"
BOUNDARY = "the-line-between"
MULTIPART = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


def multipart(contents: Sequence[bytes], kind: str = "application/dicom") -> bytes:
    parts = [f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n\r\n".encode() + content + b"\r\n" for content in contents]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(client: Client, *paths: Path, study: str = "", **headers: str) -> tuple[int, pydicom.Dataset]:
    address = f"{STUDIES}/{study}" if study else STUDIES
    answer = client.post(address, multipart([path.read_bytes() for path in paths]), MULTIPART, headers=headers or None)
    assert answer["Content-Type"] == "application/dicom+json", answer.content
    return answer.status_code, pydicom.Dataset.from_json(json.loads(answer.content))


def bundled_path(name: str) -> Path:
    return BUNDLED / f"{name}.dcm"


@pytest.mark.django_db
def test_what_is_sent_is_received_at_once_and_its_frames_are_derived_by_a_job(manager: Client) -> None:
    path = bundled_path("CT_small")
    status, answer = send(manager, path)
    (item,) = answer.ReferencedSOPSequence
    row = Instance.objects.get()

    assert (status, row.state) == (200, "received")
    assert item.ReferencedSOPInstanceUID == row.sop_instance_uid
    assert item.RetrieveURL.startswith(answer.RetrieveURL)
    address = item.RetrieveURL.removeprefix("http://testserver")
    assert body_of(manager.get(address, headers={"Accept": "application/dicom"})) == path.read_bytes()
    job = Job.objects.get()
    assert (job.kind, job.parameters) == ("imaging.derive_frames", {"intake": str(Intake.objects.get().pk)})
    assert derive_frames(intake_id=job.parameters["intake"]).ready == 1
    assert manager.get(f"{address}/frames/1").status_code == 200
    assert AuditEntry.objects.filter(action="start_intake").exists()
    assert Intake.objects.get().sealed_at is not None


@pytest.mark.django_db
def test_what_is_there_already_is_stored_without_a_second_copy(manager: Client) -> None:
    path = bundled_path("CT_small")
    first, second = send(manager, path), send(manager, path, path)

    assert first[0] == second[0] == 200
    assert len(second[1].ReferencedSOPSequence) == 2
    assert Instance.objects.count() == 1


@pytest.mark.django_db
def test_one_instance_may_come_without_multipart(manager: Client) -> None:
    content = bundled_path("CT_small").read_bytes()

    assert manager.post(STUDIES, content, "application/dicom").status_code == 200
    assert Instance.objects.count() == 1


@pytest.mark.django_db
def test_some_are_taken_and_the_others_listed_with_their_reasons(manager: Client, tmp_path: Path) -> None:
    good = bundled_path("CT_small")
    report = bundled_path("reportsi")
    status, answer = send(manager, good, report, not_dicom(tmp_path / "bad"), good)

    assert status == 202
    assert [one.ReferencedSOPInstanceUID for one in answer.ReferencedSOPSequence] == [
        pydicom.dcmread(good).SOPInstanceUID
    ] * 2
    (failed,) = answer.FailedSOPSequence
    assert (failed.ReferencedSOPClassUID, failed.FailureReason) == (pydicom.dcmread(report).SOPClassUID, 0x0122)
    (other,) = answer.OtherFailuresSequence
    assert other.FailureReason == 0xC000
    assert "Not DICOM" in other[0x0009, 0x1001].value
    assert sorted(IntakeFile.objects.values_list("outcome", flat=True)) == [
        *("already_there", "ingested", "quarantined", "quarantined")
    ]


def other_bytes(folder: Path) -> Path:
    dataset = pydicom.dcmread(bundled_path("CT_small"))
    dataset.PatientComments = "changed"
    dataset.save_as(folder / "changed.dcm")
    return folder / "changed.dcm"


def other_patient(folder: Path) -> Path:
    dataset = pydicom.dcmread(bundled_path("CT_small"))
    dataset.PatientID = "somebody else"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["other"])
    dataset.save_as(folder / "patient.dcm")
    return folder / "patient.dcm"


def huge(folder: Path) -> Path:
    dataset = pydicom.dcmread(bundled_path("CT_small"))
    dataset.Rows = dataset.Columns = 65_000
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["huge"])
    dataset.save_as(folder / "huge.dcm")
    return folder / "huge.dcm"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "number"),
    [
        (other_bytes, 0x0111),
        (other_patient, 0xA900),
        (huge, 0xA700),
        (unknown_syntax, 0xC122),
        (truncated, 0xC000),
        (without_pixels, 0x0122),
        (lambda _folder: bundled_path("rtplan"), 0x0122),
        (lambda _folder: bundled_path("waveform_ecg"), 0x0122),
    ],
)
def test_each_reason_has_dicoms_number_and_our_words(manager: Client, tmp_path: Path, make: Any, number: int) -> None:
    send(manager, bundled_path("CT_small"))
    status, answer = send(manager, make(tmp_path))
    (failed,) = [*answer.get("FailedSOPSequence", []), *answer.get("OtherFailuresSequence", [])]

    assert (status, failed.FailureReason) == (409, number)
    assert failed[0x0009, 0x1001].value == IntakeFile.objects.get(outcome=Outcome.QUARANTINED).reason
    assert Instance.objects.count() == 1


@pytest.mark.django_db
def test_an_address_takes_its_own_study_only(manager: Client, tmp_path: Path, frame_store: Path) -> None:
    ours, other = ct_series(tmp_path / "in", slices=1)[0], bundled_path("CT_small")
    study = str(pydicom.dcmread(ours).StudyInstanceUID)
    status, answer = send(manager, other, ours, study=study)

    assert status == 202
    assert len(answer.ReferencedSOPSequence) == 1
    assert answer.RetrieveURL == f"http://testserver{STUDIES}/{study}"
    (failed,) = answer.FailedSOPSequence
    assert (failed.ReferencedSOPInstanceUID, failed.FailureReason) == (pydicom.dcmread(other).SOPInstanceUID, 0xA900)
    kept = IntakeFile.objects.get(outcome=Outcome.QUARANTINED)
    assert (frame_store / kept.path).read_bytes() == other.read_bytes()
    assert send(manager, other, study=study)[0] == 409


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("", b"x", 415),
        ("text/plain", b"x", 415),
        ("application/dicom+json", b"[]", 415),
        ('multipart/related; type="application/dicom+json"; boundary=b', b"--b--", 415),
        ("multipart/form-data; boundary=b", b"--b--", 415),
        ('multipart/related; type="application/dicom"', b"--b--", 400),
        (MULTIPART, b"", 400),
        (MULTIPART, b"--the-line-between--", 400),
        (MULTIPART, multipart([b"x"])[:-30], 400),
        (MULTIPART, multipart([b"{}"], "application/dicom+json"), 415),
        ("application/dicom", b"", 400),
    ],
)
def test_bodies_that_are_not_taken_leave_nothing_behind(
    manager: Client, frame_store: Path, kind: str, body: bytes, status: int
) -> None:
    # Of an empty body Django's client would not say the type.
    answer = manager.generic("POST", STUDIES, body, CONTENT_TYPE=kind)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert len(answer.json()["detail"]) > 20
    assert not Intake.objects.exists()
    assert not [path for path in frame_store.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_body_that_breaks_off_takes_back_what_had_arrived(manager: Client, frame_store: Path) -> None:
    content = bundled_path("CT_small").read_bytes()
    answer = manager.generic("POST", STUDIES, multipart([content, content])[:-100], content_type=MULTIPART)

    assert answer.status_code == 400
    for model in (Instance, Intake, IntakeFile):
        assert not model.objects.exists()
    assert not [path for path in frame_store.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_full_disk_is_said_and_nothing_is_kept(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is played: nobody fills a real one."""

    def full(*_arguments: Any, **_names: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("annotator.imaging.actions.store_instances.receive_file", full)
    answer = manager.post(STUDIES, bundled_path("CT_small").read_bytes(), "application/dicom")

    assert (answer.status_code, answer["Content-Type"]) == (507, "application/problem+json")
    assert not Intake.objects.exists()


@pytest.mark.django_db
def test_addresses_and_answers_that_cannot_be(manager: Client) -> None:
    content = bundled_path("CT_small").read_bytes()
    assert manager.post(f"{STUDIES}/nonsense", content, "application/dicom").status_code == 400
    xml = manager.post(STUDIES, content, "application/dicom", headers={"Accept": "application/dicom+xml"})
    assert xml.status_code == 406
    assert not Instance.objects.exists()


@pytest.mark.django_db
def test_what_waits_for_a_look_at_burned_in_text_has_no_address(manager: Client) -> None:
    send(manager, bundled_path("CT_small"))
    Instance.objects.update(state="review")
    status, answer = send(manager, bundled_path("CT_small"))

    assert status == 200
    assert "RetrieveURL" not in answer.ReferencedSOPSequence[0]


@pytest.mark.django_db
def test_a_session_needs_its_secret_and_a_token_does_not(data_manager: Any, frame_store: Path) -> None:
    content = bundled_path("CT_small").read_bytes()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(data_manager)
    refused = strict.post(STUDIES, content, "application/dicom")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert not Intake.objects.exists()

    strict.cookies["csrftoken"] = secret = "a" * 32
    assert strict.post(STUDIES, content, "application/dicom", headers={"X-CSRFToken": secret}).status_code == 200
    token = {"Authorization": f"Token {token_of('admin')}"}
    assert strict.post(STUDIES, content, "application/dicom", headers=token).status_code == 200


@pytest.mark.django_db
def test_a_body_is_read_in_pieces(manager: Client) -> None:
    """The request's own `read` is watched: nobody asks for the whole."""
    asked: list[int | None] = []
    whole = io.BytesIO.read

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(size)
            return whole(self, size)

    body = multipart([bundled_path("CT_small").read_bytes()] * 3)
    answer = manager.generic(
        "POST", STUDIES, b"", CONTENT_TYPE=MULTIPART, CONTENT_LENGTH=str(len(body)), **{"wsgi.input": Watched(body)}
    )
    assert answer.status_code == 200, answer.content
    assert asked
    assert all(size is not None and 0 <= size <= 1 << 20 for size in asked)
