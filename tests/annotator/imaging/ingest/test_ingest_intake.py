"""Taking an intake in: what is filed, what is refused, and that nothing is lost or counted twice."""

import errno
import hashlib
import shutil
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pydicom import dcmread

from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions import ingest_intake as ingesting
from annotator.imaging.actions.ingest_intake import IntakeSummary, ingest_intake, summarise
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.models import Instance, Intake, IntakeFile, Outcome, Patient, Series, Study
from annotator.imaging.store.filing import original_place, place_exists, remove
from annotator.imaging.store.staging import move, sweep_staging
from tests.annotator.imaging.conftest import Take, Upload
from tests.annotator.imaging.stored_files import bytes_at, names_in
from tests.builders import (
    ct_series,
    not_dicom,
    promising_pixels,
    truncated,
    unknown_syntax,
    without_pixels,
)
from tests.fixtures.stores import on_both_stores


def counts(summary: IntakeSummary) -> tuple[int, int, int]:
    return summary.ingested, summary.already_there, summary.quarantined


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@on_both_stores
def test_original_bytes_are_filed_unchanged_under_their_sha256(take: Take, tmp_path: Path) -> None:
    paths = ct_series(tmp_path / "in", slices=3)
    assert str(take(tmp_path / "in")) == "ingested 3, already there 0, quarantined 0"
    for path in paths:
        kept = original_place(hashlib.sha256(path.read_bytes()).hexdigest())
        assert bytes_at(kept) == path.read_bytes()
    assert Instance.objects.count() == 3
    assert (Patient.objects.count(), Study.objects.count(), Series.objects.count()) == (1, 1, 1)


def test_the_same_file_twice_is_one_instance(take: Take, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path / "in", slices=1)
    shutil.copy(path, tmp_path / "in" / "copy.dcm")
    assert counts(take(tmp_path / "in")) == (1, 1, 0)
    assert counts(take(tmp_path / "in")) == (0, 2, 0)
    assert Instance.objects.count() == 1


@on_both_stores
def test_the_same_sop_uid_with_other_bytes_is_refused_and_both_are_named(
    take: Take, tmp_path: Path, store: Path
) -> None:
    (first,) = ct_series(tmp_path / "first", slices=1)
    (second,) = ct_series(tmp_path / "second", slices=1, seed=1)
    take(first)
    summary = take(second)
    assert counts(summary) == (0, 0, 1)
    row = IntakeFile.objects.get(intake=summary.intake_id)
    shas = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
    assert all(sha[:12] in row.reason for sha in shas)
    assert first.name in row.reason
    # The refused bytes wait in the quarantine; the first ones are untouched.
    assert bytes_at(row.path) == second.read_bytes()
    assert bytes_at(original_place(shas[0])) == first.read_bytes()
    assert not place_exists(original_place(shas[1]))


def test_other_bytes_of_one_sop_uid_are_refused_within_one_batch_too(take: Take, tmp_path: Path) -> None:
    ct_series(tmp_path / "in" / "a", slices=1)
    ct_series(tmp_path / "in" / "b", slices=1, seed=1)
    assert counts(take(tmp_path / "in")) == (1, 0, 1)


@on_both_stores
def test_bad_files_land_in_quarantine_with_the_reason_and_nothing_else_is_lost(take: Take, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    ct_series(folder, slices=4)
    bad = {
        not_dicom(folder): "Not DICOM",
        truncated(folder): "Truncated",
        without_pixels(folder): "No pixel data",
        promising_pixels(folder): "65,535",
        unknown_syntax(folder): "Unsupported transfer syntax",
    }
    summary = take(folder)
    assert counts(summary) == (4, 0, len(bad))
    reasons = dict(
        IntakeFile.objects.filter(intake=summary.intake_id, outcome=Outcome.QUARANTINED).values_list("name", "reason")
    )
    for path, words in bad.items():
        assert words in reasons[str(path)]


@on_both_stores
def test_a_quarantined_upload_keeps_its_bytes(upload: Upload, tmp_path: Path) -> None:
    letter = not_dicom(tmp_path)
    intake = upload(letter)
    row = intake.files.get()
    assert row.outcome == Outcome.QUARANTINED
    assert bytes_at(row.path) == letter.read_bytes()


@on_both_stores
def test_uploads_are_removed_when_they_are_filed(upload: Upload, tmp_path: Path, store: Path) -> None:
    intake = upload(*ct_series(tmp_path, slices=3))
    assert counts(summarise(intake.pk)) == (3, 0, 0)
    assert files_in(store / "uploads") == []
    assert len(names_in("originals")) == 3


def test_a_study_of_another_patient_is_refused(take: Take, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path / "a", slices=1)
    (other,) = ct_series(tmp_path / "b", slices=2)[1:]
    stranger = dcmread(other)
    stranger.PatientID = "SOMEBODY-ELSE"
    stranger.save_as(other)
    take(path)
    summary = take(other)
    assert counts(summary) == (0, 0, 1)
    assert "belongs to patient PAT-CT" in IntakeFile.objects.get(intake=summary.intake_id).reason
    assert Patient.objects.count() == 1


def test_a_series_of_another_study_is_refused(take: Take, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path / "a", slices=1)
    (other,) = ct_series(tmp_path / "b", slices=1, study="other")
    wrong = dcmread(other)
    wrong.SeriesInstanceUID = dcmread(path).SeriesInstanceUID
    wrong.save_as(other)
    take(path)
    summary = take(other)
    assert counts(summary) == (0, 0, 1)
    assert "belongs to another study" in IntakeFile.objects.get(intake=summary.intake_id).reason


def test_a_zip_is_taken_in_member_by_member(upload: Upload, tmp_path: Path, store: Path) -> None:
    paths = [*ct_series(tmp_path / "in", slices=3), not_dicom(tmp_path / "in")]
    with zipfile.ZipFile(tmp_path / "study.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, f"../../outside/{path.name}")
    before = set(files_in(tmp_path))
    intake = upload(tmp_path / "study.zip")
    assert counts(summarise(intake.pk)) == (3, 0, 1)
    names = set(intake.files.values_list("name", flat=True))
    assert all(name.startswith("study.zip!../../outside/") for name in names)
    # Nothing was written by the names that the zip gave, and the zip itself is gone.
    assert {path for path in files_in(tmp_path) if store not in path.parents} == {
        path for path in before if store not in path.parents
    }
    assert files_in(store / "uploads") == []


def test_a_zip_bomb_is_quarantined_and_the_rest_is_taken_in(upload: Upload, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.dcm", bytes(30_000_000))
    intake = upload(tmp_path / "bomb.zip", *ct_series(tmp_path, slices=2))
    assert counts(summarise(intake.pk)) == (2, 0, 1)
    bomb = intake.files.get(outcome=Outcome.QUARANTINED)
    assert "zip bomb" in bomb.reason
    assert bytes_at(bomb.path) == (tmp_path / "bomb.zip").read_bytes()


def test_a_zip_that_repeats_a_name_loses_no_member(take: Take, tmp_path: Path) -> None:
    paths = ct_series(tmp_path / "in", slices=2)
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.write(paths[0], "same.dcm")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.write(paths[1], "same.dcm")
    assert counts(take(tmp_path / "twice.zip")) == (2, 0, 0)


def test_a_folder_of_the_command_is_left_as_it_was(take: Take, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    ct_series(folder, slices=2)
    not_dicom(folder)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.dcm", bytes(3_000_000))
    before = {path: path.read_bytes() for path in files_in(folder)}
    take(folder)
    assert {path: path.read_bytes() for path in files_in(folder)} == before


def test_a_file_that_went_away_is_quarantined(db: None, store: Path, tmp_path: Path) -> None:
    intake = Intake.objects.create(source="gone")
    IntakeFile.objects.create(intake=intake, name="gone.dcm", path=str(tmp_path / "gone.dcm"))
    assert counts(ingest_intake(intake.pk)) == (0, 0, 1)
    assert "can't be opened" in intake.files.get().reason


class KilledError(BaseException):
    """Stands for the moment at which a worker dies."""


@on_both_stores
@pytest.mark.parametrize("place", ["file_all", "record_instances", "_move_refused_originals", "discard"])
@pytest.mark.parametrize("after", [False, True])
def test_after_a_death_anywhere_a_second_run_ends_with_the_same_counts(
    place: str, after: bool, upload: Upload, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dies in the second batch, before or after each step; what dies is a call, as a signal can't be aimed so well."""
    monkeypatch.setattr(ingesting, "BATCH", 2)
    paths = [*ct_series(tmp_path / "in", slices=6), not_dicom(tmp_path / "in"), truncated(tmp_path / "in")]
    shutil.copy(paths[0], tmp_path / "in" / "copy.dcm")
    intake = upload(*paths, tmp_path / "in" / "copy.dcm", ingest=False)
    with monkeypatch.context() as patch:
        patch.setattr(ingesting, place, _dying(getattr(ingesting, place), after=after))
        with pytest.raises(KilledError):
            ingest_intake(intake.pk)
    assert counts(ingest_intake(intake.pk)) == (6, 1, 2)
    assert Instance.objects.count() == 6
    assert len(names_in("originals")) == 6
    for row in intake.files.filter(outcome=Outcome.QUARANTINED):
        assert hashlib.sha256(bytes_at(row.path)).hexdigest() == row.sha256


def _dying(step: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    calls = 0

    def stepped(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3 and not after:
            raise KilledError
        result = step(*arguments)
        if calls == 3:
            raise KilledError
        return result

    return stepped


def test_running_a_finished_intake_again_changes_nothing(upload: Upload, tmp_path: Path) -> None:
    intake = upload(*ct_series(tmp_path, slices=2), not_dicom(tmp_path))
    assert counts(ingest_intake(intake.pk)) == (2, 0, 1)


def test_progress_is_reported_between_batches(upload: Upload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingesting, "BATCH", 2)
    intake = upload(*ct_series(tmp_path, slices=4), ingest=False)
    heard: list[tuple[int, str]] = []
    ingest_intake(intake.pk, report=lambda percent, doing: heard.append((percent, doing)))
    assert heard == [(50, "2 of 4 files"), (100, "4 of 4 files")]


def test_what_killed_processes_staged_is_swept_a_day_later(store: Path) -> None:
    left = store / "originals" / "staging" / "left-over"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a file")
    now = left.stat().st_mtime
    assert sweep_staging(now + 3600) == 0
    assert sweep_staging(now + 2 * 24 * 3600) == 1
    assert not left.exists()


def test_an_ingest_is_audited_with_its_counts(upload: Upload, tmp_path: Path, data_manager: User) -> None:
    intake = upload(*ct_series(tmp_path, slices=2))
    entry = AuditEntry.objects.get(action="ingest_files")
    assert (entry.actor, entry.target_id) == (data_manager, str(intake.pk))
    assert entry.detail == {"end": "ingested 2, already there 0, quarantined 0"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_may_take_the_same_files_in_at_once(tmp_path: Path, store: Path) -> None:
    folder = tmp_path / "in"
    ct_series(folder, slices=40)
    ends: list[IntakeSummary] = []
    faults: list[Exception] = []
    together = threading.Barrier(2)

    def run() -> None:
        try:
            together.wait()
            ends.append(ingest_paths(None, [folder]))
        except Exception as error:  # noqa: BLE001  a thread's fault is the test's
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sum(end.ingested for end in ends) == 40
    assert sum(end.already_there for end in ends) == 40
    assert Instance.objects.count() == 40
    assert Study.objects.count() == 1


def test_a_second_name_for_the_same_upload_is_already_there(upload: Upload, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path, slices=1)
    copy = tmp_path / "copy.dcm"
    shutil.copy(path, copy)
    assert counts(summarise(upload(path, copy).pk)) == (1, 1, 0)


def test_a_member_may_not_pass_for_a_path(data_manager: User, store: Path, tmp_path: Path) -> None:
    """A name that looks like another place on this disk is a label and nothing else."""
    (path,) = ct_series(tmp_path, slices=1)
    intake = start_intake(data_manager)
    with path.open("rb") as content:
        row = receive_file(data_manager, intake.pk, name="../../../../etc/cron.d/x", content=content)
    assert Path(row.path).resolve().is_relative_to((store / "uploads").resolve())
    assert counts(ingest_intake(intake.pk)) == (1, 0, 0)


@pytest.mark.parametrize(("number", "blamed"), [(errno.ENOSPC, False), (errno.EIO, False), (None, True)])
def test_a_full_disk_is_no_fault_of_the_file(
    number: int | None, blamed: bool, upload: Upload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is made here: a disk can't be filled in a test."""

    def failing(*_: Any, **__: Any) -> Any:
        raise OSError(number, "full") if number else OSError("a decoder's own words")

    intake = upload(*ct_series(tmp_path, slices=2), ingest=False)
    with monkeypatch.context() as patch:
        patch.setattr(ingesting, "prepare_arrival", failing)
        if blamed:
            assert counts(ingest_intake(intake.pk)) == (0, 0, 2)
            return
        with pytest.raises(OSError, match="full"):
            ingest_intake(intake.pk)
    assert counts(ingest_intake(intake.pk)) == (2, 0, 0)


def test_a_stopped_ingest_leaves_no_copies_behind(
    upload: Upload, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a batch is recorded the next one is being copied."""

    def stopping(_percent: int, doing: str) -> None:
        raise KilledError(doing)

    monkeypatch.setattr(ingesting, "BATCH", 2)
    intake = upload(*ct_series(tmp_path, slices=6), ingest=False)
    with pytest.raises(KilledError, match="2 of 6"):
        ingest_intake(intake.pk, report=stopping)
    assert files_in(store / "originals" / "staging") == []
    assert intake.files.filter(outcome=Outcome.WAITING).count() == 4


def test_what_was_changed_after_it_came_in_is_known_by_what_it_was(take: Take, tmp_path: Path) -> None:
    """A picture whose text was blanked, or whose patient was renamed, lies under another hash."""
    (path,) = ct_series(tmp_path, slices=1)
    take(path)
    kept = original_place(Instance.objects.get().sha256)
    changed = original_place("f" * 64)
    move(kept, changed)
    Instance.objects.update(sha256="f" * 64)
    assert counts(take(path)) == (0, 1, 0)
    assert names_in("originals") == [changed.name]
    # The changed bytes, handed out and sent back, are known too.
    (tmp_path / "back.dcm").write_bytes(path.read_bytes() + bytes(2))
    Instance.objects.update(sha256=hashlib.sha256((tmp_path / "back.dcm").read_bytes()).hexdigest())
    assert counts(take(tmp_path / "back.dcm")) == (0, 1, 0)


@on_both_stores
def test_a_lost_original_comes_back_when_it_is_sent_again(take: Take, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path, slices=1)
    take(path)
    place = original_place(Instance.objects.get().sha256)
    remove(place)
    assert counts(take(path)) == (0, 1, 0)
    assert bytes_at(place) == path.read_bytes()
