"""Files of an intake arrive, again and again if need be, until it is sealed."""

import io
from pathlib import Path
from typing import Any

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.seal_intake import seal_intake
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.models import Instance, Intake, Outcome
from annotator.imaging.queries import intake_for, names_received
from annotator.jobs.models import Job
from tests.builders import ct_series, not_dicom


@pytest.fixture
def intake(data_manager: User, store: Path) -> Intake:
    return start_intake(data_manager, expected_files=2)


def send(person: User, intake: Intake, name: str, body: bytes, **more: Any) -> Any:
    return receive_file(person, intake.pk, name=name, content=io.BytesIO(body), **more)


def test_a_file_is_stored_with_its_size_and_hash(data_manager: User, intake: Intake) -> None:
    row = send(data_manager, intake, "folder/a.dcm", b"abc", byte_size=3)
    assert (row.name, row.byte_size, row.outcome) == ("folder/a.dcm", 3, Outcome.WAITING)
    assert row.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert Path(row.path).read_bytes() == b"abc"


def test_the_same_name_and_size_again_changes_nothing(data_manager: User, intake: Intake) -> None:
    first = send(data_manager, intake, "a.dcm", b"abc", byte_size=3)
    again = send(data_manager, intake, "a.dcm", b"abc", byte_size=3)
    assert again.pk == first.pk
    assert names_received(intake) == [("a.dcm", 3)]


def test_the_same_name_with_another_size_is_a_conflict(data_manager: User, intake: Intake) -> None:
    send(data_manager, intake, "a.dcm", b"abc", byte_size=3)
    with pytest.raises(ConflictError, match="sent before with 3 bytes"):
        send(data_manager, intake, "a.dcm", b"abcd", byte_size=4)


@pytest.mark.parametrize("body", [b"ab", b"abcd"])
def test_a_file_that_is_not_as_long_as_announced_leaves_nothing(
    body: bytes, data_manager: User, intake: Intake, store: Path
) -> None:
    with pytest.raises(InvalidError, match="Send it again"):
        send(data_manager, intake, "a.dcm", body, byte_size=3)
    assert names_received(intake) == []
    assert [path for path in (store / "uploads").rglob("*") if path.is_file()] == []


def test_a_connection_that_breaks_leaves_nothing(data_manager: User, intake: Intake, store: Path) -> None:
    class Breaking:
        def read(self, size: int, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive_file(data_manager, intake.pk, name="a.dcm", content=Breaking(), byte_size=3)
    assert [path for path in (store / "uploads").rglob("*") if path.is_file()] == []


def test_memory_holds_a_piece_of_a_file_and_never_the_whole(data_manager: User, intake: Intake) -> None:
    class Long:
        largest = 0
        left = 5_000_000

        def read(self, size: int, /) -> bytes:
            self.largest = max(self.largest, size)
            piece = min(size, self.left)
            self.left -= piece
            return bytes(piece)

    content = Long()
    row = receive_file(data_manager, intake.pk, name="a.dcm", content=content, byte_size=5_000_000)
    assert row.byte_size == 5_000_000
    assert content.largest <= 1 << 20


def test_the_slower_of_two_connections_with_one_file_leaves_the_first_ones_bytes(
    data_manager: User, intake: Intake, store: Path
) -> None:
    class Overtaken:
        """While its bytes arrive, the same name comes over another connection."""

        left = [b"xyz"]

        def read(self, size: int, /) -> bytes:
            if self.left:
                send(data_manager, intake, "a.dcm", b"abc", byte_size=3)
                return self.left.pop()
            return b""

    row = receive_file(data_manager, intake.pk, name="a.dcm", content=Overtaken(), byte_size=3)
    assert Path(row.path).read_bytes() == b"abc"
    assert row.sha256.startswith("ba7816bf")
    assert len([path for path in (store / "uploads").rglob("*") if path.is_file()]) == 1


def test_an_intake_sealed_while_a_file_is_on_its_way_does_not_take_it(
    data_manager: User, intake: Intake, store: Path
) -> None:
    send(data_manager, intake, "a.dcm", b"abc")

    class Slow:
        def read(self, size: int, /) -> bytes:
            seal_intake(data_manager, intake.pk)
            return b""

    with pytest.raises(ConflictError, match="sealed while"):
        receive_file(data_manager, intake.pk, name="b.dcm", content=Slow())
    assert len([path for path in (store / "uploads").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("name", ["", "   ", "\x00", "/", "x" * 1025])
def test_a_name_that_is_no_name_is_refused(name: str, data_manager: User, intake: Intake) -> None:
    with pytest.raises(InvalidError):
        send(data_manager, intake, name, b"abc")


def test_a_sealed_intake_takes_no_more(data_manager: User, intake: Intake) -> None:
    send(data_manager, intake, "a.dcm", b"abc")
    seal_intake(data_manager, intake.pk)
    with pytest.raises(ConflictError, match="sealed"):
        send(data_manager, intake, "b.dcm", b"abc")


def test_an_intake_without_files_is_not_sealed(data_manager: User, intake: Intake) -> None:
    with pytest.raises(InvalidError, match="No file has arrived"):
        seal_intake(data_manager, intake.pk)


def test_sealing_again_gives_the_same_job(data_manager: User, intake: Intake) -> None:
    send(data_manager, intake, "a.dcm", b"abc")
    assert seal_intake(data_manager, intake.pk).pk == seal_intake(data_manager, intake.pk).pk
    assert Job.objects.filter(kind="imaging.ingest").count() == 1


def test_a_radiologist_may_not_bring_files_in(radiologist: User, intake: Intake) -> None:
    with pytest.raises(NotAllowedError):
        start_intake(radiologist)
    with pytest.raises(NotFoundError):
        send(radiologist, intake, "a.dcm", b"abc")
    with pytest.raises(NotFoundError):
        seal_intake(radiologist, intake.pk)


def test_starting_and_sealing_are_audited(data_manager: User, intake: Intake) -> None:
    send(data_manager, intake, "a.dcm", b"abc")
    seal_intake(data_manager, intake.pk)
    actions = set(AuditEntry.objects.filter(target_id=str(intake.pk)).values_list("action", flat=True))
    assert {"start_intake", "seal_intake"} <= actions


def test_a_sealed_intake_becomes_ready_pictures_by_its_jobs(
    data_manager: User, intake: Intake, tmp_path: Path, run_queued_jobs: Any
) -> None:
    for path in [*ct_series(tmp_path, slices=3), not_dicom(tmp_path)]:
        send(data_manager, intake, path.name, path.read_bytes())
    seal_intake(data_manager, intake.pk)
    ended = run_queued_jobs(may_fail=True)
    assert [job.kind for job in ended][:3] == ["imaging.ingest", "imaging.derive_frames", "cases.make_cases"]
    assert ended[0].result["summary"] == "ingested 3, already there 0, quarantined 1"
    assert (ended[1].result["ready"], ended[1].result["failed"]) == (3, 0)
    assert set(Instance.objects.values_list("state", flat=True)) == {"ready"}
    found = intake_for(data_manager, intake.pk)
    assert (found.file_count, found.ingested, found.quarantined, found.waiting) == (4, 3, 1, 0)  # type: ignore[attr-defined]
