"""DCMTK sends, Reading Room receives."""

import contextlib
import errno
import logging
import socket
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import AllTransferSyntaxes, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import CTImageStorage, Verification

from annotator.imaging.dimse.arriving_object import ArrivingObject
from annotator.imaging.dimse.peers import parse_peers
from annotator.imaging.models import Instance, Intake, IntakeFile, Outcome
from tests.annotator.imaging.dimse.conftest import eventually, sealed_intakes, send
from tests.builders import ct_series, without_pixels

Start = Callable[..., object]
NOT_IN_THE_LIST = "1.2.840.10008.5.1.4.1.1.66.7"
PRIVATE_CLASS = "1.2.826.0.1.3680043.9.7133.1.2.3"


def client(title: str = "SENDER") -> AE:
    return AE(ae_title=title)


def test_an_echo_is_answered(start_receiver: Start):
    done = send("echoscu", start_receiver().port)
    assert (done.returncode, done.stderr) == (0, "")
    assert not Intake.objects.exists()


def test_what_storescu_sends_becomes_instances_with_the_very_dataset(start_receiver: Start, run_queued_jobs, tmp_path):
    paths = ct_series(tmp_path, slices=3)
    done = send("storescu", start_receiver().port, "-v", *paths)
    assert done.returncode == 0
    assert done.stderr.count("Received Store Response (Success)") == 3
    (intake,) = sealed_intakes(1)
    run_queued_jobs()
    assert intake.source == "DICOM SENDER from 127.0.0.1"
    assert intake.requested_by is None
    assert list(intake.files.values_list("outcome", flat=True)) == [Outcome.INGESTED] * 3
    assert Instance.objects.filter(state="ready").count() == 3
    for path in paths:
        sent = dcmread(path)
        held = Instance.objects.get(sop_instance_uid=sent.SOPInstanceUID)
        kept = dcmread(original(held))
        assert kept == sent
        assert kept.file_meta.MediaStorageSOPInstanceUID == sent.SOPInstanceUID
        assert kept.file_meta.TransferSyntaxUID == held.transfer_syntax_uid


def test_the_same_object_sent_again_is_already_there(start_receiver: Start, run_queued_jobs, tmp_path):
    (path,) = ct_series(tmp_path, slices=1)
    receiver = start_receiver(peers=parse_peers(["SENDER", "OTHER"]))
    for calling in ("SENDER", "OTHER"):
        assert send("storescu", receiver.port, path, calling=calling).returncode == 0
    intakes = sealed_intakes(2)
    run_queued_jobs()
    assert [one.files.get().outcome for one in intakes] == [Outcome.INGESTED, Outcome.ALREADY_THERE]


def test_an_unknown_sender_is_rejected_with_the_reason(start_receiver: Start, tmp_path):
    (path,) = ct_series(tmp_path, slices=1)
    done = send("storescu", start_receiver().port, path, calling="STRANGER")
    assert done.returncode != 0
    assert "Calling AE Title Not Recognized" in done.stderr
    assert not Intake.objects.exists()


def test_a_called_title_that_is_not_ours_is_rejected_with_the_reason(start_receiver: Start):
    done = send("echoscu", start_receiver().port, called="ELSEWHERE")
    assert done.returncode != 0
    assert "Called AE Title Not Recognized" in done.stderr


def test_the_right_title_from_another_host_is_rejected(start_receiver: Start):
    done = send("echoscu", start_receiver(peers=parse_peers(["SENDER@10.9.8.0/24"])).port)
    assert done.returncode != 0
    assert "Calling AE Title Not Recognized" in done.stderr


def test_one_association_too_many_is_rejected_as_a_passing_matter(start_receiver: Start):
    receiver = start_receiver(maximum_associations=1)
    entity = client()
    entity.add_requested_context(Verification)
    first = entity.associate("127.0.0.1", receiver.port, ae_title="READINGROOM")
    assert first.is_established
    done = send("echoscu", receiver.port)
    first.release()
    assert done.returncode != 0
    assert "Local Limit Exceeded" in done.stderr


def test_two_associations_at_once_become_two_intakes(start_receiver: Start, run_queued_jobs, tmp_path):
    receiver = start_receiver()
    folders = [ct_series(tmp_path / name, slices=8, study=name) for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda paths: send("storescu", receiver.port, *paths), folders))
    assert [one.returncode for one in done] == [0, 0]
    intakes = sealed_intakes(2)
    run_queued_jobs()
    assert [one.files.filter(outcome=Outcome.INGESTED).count() for one in intakes] == [8, 8]


@pytest.mark.parametrize("abstract", [CTImageStorage, NOT_IN_THE_LIST, PRIVATE_CLASS])
def test_every_transfer_syntax_of_any_storage_class_is_accepted(start_receiver: Start, abstract: str):
    """One of the classes that pynetdicom's list lacks, and a private one."""
    entity = client()
    wanted = [(context.abstract_syntax, context.transfer_syntax) for context in each_syntax_alone(abstract)]
    association = entity.associate(
        "127.0.0.1", start_receiver().port, ae_title="READINGROOM", contexts=each_syntax_alone(abstract)
    )
    accepted = [(context.abstract_syntax, context.transfer_syntax) for context in association.accepted_contexts]
    association.release()
    assert accepted == wanted


def each_syntax_alone(abstract: str) -> list[PresentationContext]:
    return [build_context(abstract, syntax) for syntax in AllTransferSyntaxes]


def test_a_known_transfer_syntax_is_chosen_before_a_private_one(start_receiver: Start):
    entity = client()
    entity.add_requested_context(CTImageStorage, ["1.2.840.113619.5.2", ImplicitVRLittleEndian, ExplicitVRLittleEndian])
    association = entity.associate("127.0.0.1", start_receiver().port, ae_title="READINGROOM")
    (context,) = association.accepted_contexts
    association.release()
    assert context.transfer_syntax == [ImplicitVRLittleEndian]


def test_other_services_are_not_accepted(start_receiver: Start):
    entity = client()
    entity.add_requested_context("1.2.840.10008.5.1.4.1.2.2.1")
    entity.add_requested_context(Verification)
    association = entity.associate("127.0.0.1", start_receiver().port, ae_title="READINGROOM")
    assert [str(context.abstract_syntax) for context in association.accepted_contexts] == [Verification]
    association.release()


@pytest.mark.parametrize(
    ("name", "proposing"),
    [
        ("CT_small.dcm", "-xe"),
        ("MR_small_implicit.dcm", "-xi"),
        ("MR_small_bigendian.dcm", "-xb"),
        ("image_dfl.dcm", "-xd"),
        ("SC_rgb_rle.dcm", "-xr"),
        ("SC_rgb_jpeg_dcmtk.dcm", "-xy"),
        ("JPEGLSNearLossless_08.dcm", "-xu"),
        ("JPEG2000.dcm", "-xw"),
        ("liver_1frame.dcm", "-xe"),
        ("rtplan.dcm", "-xi"),
        ("reportsi.dcm", "-xe"),
    ],
)
def test_bundled_files_of_many_kinds_arrive_as_they_were_sent(start_receiver: Start, name: str, proposing: str):
    """DCMTK writes the datasets anew (lengths, padding): identifiers, syntax and pixels are what must not change."""
    path = Path(get_testdata_file(name))
    done = send("storescu", start_receiver().port, "-R", proposing, path)
    assert done.returncode == 0, done.stderr
    (intake,) = sealed_intakes(1)
    kept, sent = dcmread(intake.files.get().path), dcmread(path)
    assert kept.SOPInstanceUID == sent.SOPInstanceUID == kept.file_meta.MediaStorageSOPInstanceUID
    assert kept.SOPClassUID == sent.SOPClassUID == kept.file_meta.MediaStorageSOPClassUID
    assert kept.file_meta.TransferSyntaxUID == sent.file_meta.TransferSyntaxUID
    assert kept.get("PixelData") == sent.get("PixelData")


def test_an_object_that_ends_in_quarantine_is_answered_with_success(start_receiver: Start, run_queued_jobs, tmp_path):
    """Its bytes are safe, the reason is on the intake's page, and sending it again would not help."""
    done = send("storescu", start_receiver().port, "-v", without_pixels(tmp_path))
    assert done.returncode == 0
    (intake,) = sealed_intakes(1)
    run_queued_jobs()
    row = intake.files.get()
    assert row.outcome == Outcome.QUARANTINED
    assert row.reason


def test_a_long_association_is_taken_in_piece_by_piece(start_receiver: Start, tmp_path):
    paths = ct_series(tmp_path, slices=5)
    assert send("storescu", start_receiver(files_an_intake=2).port, *paths).returncode == 0
    assert [one.files.count() for one in sealed_intakes(3)] == [2, 2, 1]


def test_an_association_that_only_stays_open_has_its_objects_taken_in(start_receiver: Start, tmp_path):
    (path,) = ct_series(tmp_path, slices=1)
    association = open_association(start_receiver(idle_seconds=0.3).port)
    assert association.send_c_store(dcmread(path)).Status == 0x0000
    assert sealed_intakes(1)[0].files.count() == 1
    assert association.is_established
    association.release()


def test_what_was_acknowledged_before_an_abort_is_taken_in(start_receiver: Start, store: Path, tmp_path):
    (path,) = ct_series(tmp_path, slices=1)
    association = open_association(start_receiver().port)
    assert association.send_c_store(dcmread(path)).Status == 0x0000
    association.abort()
    (intake,) = sealed_intakes(1)
    assert intake.files.count() == 1


def test_half_an_object_leaves_nothing_behind(start_receiver: Start, store: Path, tmp_path):
    (path,) = ct_series(tmp_path, slices=1, rows=512, columns=512)
    receiver = start_receiver()
    association = open_association(receiver.port)
    pieces = 0

    def break_off(event: evt.Event) -> None:
        nonlocal pieces
        pieces += 1
        if pieces == 3:
            eventually(lambda: list((store / "uploads").glob("*/*.part")), "the object has begun to arrive")
            event.assoc.dul.socket.socket.shutdown(socket.SHUT_RDWR)

    association.bind(evt.EVT_PDU_SENT, break_off)
    assert "Status" not in association.send_c_store(dcmread(path))
    eventually(lambda: not list((store / "uploads").glob("*")), "the folder of the broken object is gone")
    assert not Intake.objects.exists()


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 0xA700), (errno.EDQUOT, 0xA700), (errno.EIO, 0x0110)])
def test_a_disk_that_takes_no_more_is_said_to_the_sender(
    start_receiver: Start, store: Path, tmp_path, monkeypatch, number, status
):
    """The disk is a stand-in: filling a real one would take the other tests along.

    It fails at an intake's first object, and again when the intake is open.
    """
    first, second = ct_series(tmp_path, slices=2)
    association = open_association(start_receiver().port)

    def full(_self: ArrivingObject) -> object:
        raise OSError(number, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("annotator.imaging.dimse.arriving_object.os.fsync", full)
        assert association.send_c_store(dcmread(first)).Status == status
        assert not list((store / "uploads").iterdir())
    assert association.send_c_store(dcmread(first)).Status == 0x0000
    with monkeypatch.context() as broken:
        broken.setattr("annotator.imaging.dimse.arriving_object.os.fsync", full)
        assert association.send_c_store(dcmread(second)).Status == status
    assert association.send_c_store(dcmread(second)).Status == 0x0000
    association.release()
    assert sealed_intakes(1)[0].files.count() == 2
    assert IntakeFile.objects.count() == 2


def test_a_database_that_is_away_is_said_to_the_sender(start_receiver: Start, store: Path, tmp_path, monkeypatch):
    """The failure is made: stopping PostgreSQL would stop it for the whole run."""
    from django.db import OperationalError

    (path,) = ct_series(tmp_path, slices=1)
    association = open_association(start_receiver().port)

    def away(_found: object) -> None:
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr("annotator.imaging.dimse.receiver.record_received_object", away)
        assert association.send_c_store(dcmread(path)).Status == 0x0110
    association.release()
    eventually(lambda: not list((store / "uploads").glob("*")), "nothing is left of the object")


def test_a_pdu_beyond_all_bounds_ends_the_connection(start_receiver: Start):
    with socket.create_connection(("127.0.0.1", start_receiver().port), timeout=10) as connection:
        connection.sendall(struct.pack(">BBL", 1, 0, 0xFFFFFFF0) + b"\0" * 100)
        connection.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100)[:1] in (b"", b"\x07")


def test_names_carry_no_identifier_where_the_site_takes_them_away(start_receiver: Start, settings, tmp_path):
    settings.DEIDENTIFY = True
    (path,) = ct_series(tmp_path, slices=1)
    assert send("storescu", start_receiver().port, path).returncode == 0
    (intake,) = sealed_intakes(1)
    row = intake.files.get()
    assert row.name == "000001.dcm"
    assert str(dcmread(path).SOPInstanceUID) not in f"{row.path} {intake.source}"


def test_the_log_holds_nothing_of_the_patient(start_receiver: Start, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    (path,) = ct_series(tmp_path, slices=1, patient_id="PAT-SECRET", patient_name="Secret^Name")
    assert send("storescu", start_receiver().port, path).returncode == 0
    sealed_intakes(1)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("annotator"))
    assert "SENDER" in ours
    for secret in ("SECRET", "Secret", str(dcmread(path).SOPInstanceUID)):
        assert secret not in ours


@pytest.mark.needs_data
def test_real_objects_sent_as_they_lie_arrive_with_their_pixels_untouched(start_receiver: Start, data_dir: Path):
    names = ("ct_lung_A0001_5mm/1-01.dcm",)
    paths = [data_dir / "dicom" / name for name in names]
    paths += sorted((data_dir / "dicom" / "seg_sr_pr_rt").glob("*.dcm"))[:6]
    receiver = start_receiver()
    sent = 0
    for path in paths:
        done = send("storescu", receiver.port, "-R", path)
        sent += done.returncode == 0
    assert sent == len(paths)
    received = [intake.files.get() for intake in sealed_intakes(len(paths))]
    for row, path in zip(received, paths, strict=True):
        kept, original_object = dcmread(row.path), dcmread(path)
        assert kept.SOPInstanceUID == original_object.SOPInstanceUID
        assert kept.get("PixelData") == original_object.get("PixelData")


def open_association(port: int):
    entity = client()
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    association = entity.associate("127.0.0.1", port, ae_title="READINGROOM")
    assert association.is_established
    return association


def original(instance: Instance):
    from annotator.imaging.store.filing import open_place, original_place

    return open_place(original_place(instance.sha256))
