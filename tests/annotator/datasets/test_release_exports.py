"""A frozen release goes out as a zip: whole or not at all, resumed after a kill, alike each time, gone in time."""

import errno
import hashlib
import io
import json
import zipfile
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.actions import build_release_export as building
from annotator.datasets.actions.request_release_export import request_release_export
from annotator.datasets.actions.withdraw_patient import withdraw_patient
from annotator.datasets.export_queries import release_export_place
from annotator.datasets.exporters.stack_pixels import ChangedPictureError, StackPixels
from annotator.datasets.exporting.export_files import archive_place, delete_expired
from annotator.datasets.exporting.request import ReleaseExportRequest
from annotator.datasets.exporting.work_folder import work_folder_of
from annotator.datasets.models import FramePrint, Release, ReleaseExport, ReleaseStack
from annotator.imaging.models import Frame, Instance
from annotator.imaging.store.filing import open_place, place_exists
from annotator.jobs.actions.cancel_job import cancel_job
from annotator.jobs.actions.retry_job import retry_job
from annotator.jobs.models import JobState

COCO = {"format": "coco", "options": {}}


def content_of(export: ReleaseExport) -> bytes:
    with open_place(archive_place(export.pk)) as file:
        return file.read()


def quietly(percent: int, doing: str) -> None:
    """Nobody listens."""


def test_a_release_goes_out_whole_twice_alike_and_its_manifest_names_every_byte(
    release: Release, data_manager: User, run_queued_jobs
):
    first, second = (request_release_export(data_manager, release.pk, COCO) for _ in range(2))
    run_queued_jobs()
    export, _ = release_export_place(data_manager, first.pk)
    content = content_of(export)
    assert content == content_of(second), "two exports at once, the same bytes"
    assert export.sha256 == hashlib.sha256(content).hexdigest()
    assert export.byte_size == len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = dict(line.split("  ", 1)[::-1] for line in archive.read("MANIFEST").decode().splitlines())
        assert set(listed) | {"MANIFEST"} == set(archive.namelist())
        for name, sha256 in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == sha256
        assert "DATASHEET.md" in listed
        assert b"ignore" in archive.read("release.json")
    assert not work_folder_of(export.pk).exists()


def test_after_a_kill_no_finished_stack_is_read_again_and_the_bytes_are_the_same(
    release: Release, data_manager: User, run_queued_jobs, monkeypatch: pytest.MonkeyPatch
):
    """Mocked: the kill, by an exception that nothing catches while a picture of the second stack is read."""
    whole, cut = (request_release_export(data_manager, release.pk, COCO) for _ in range(2))
    building.build_release_export(whole.pk, report=quietly)
    stacks = list(ReleaseStack.objects.filter(release=release).order_by("place").values_list("stack_key", flat=True))
    assert len(stacks) > 1
    read: list[str] = []
    real = StackPixels.source

    def watched(self: StackPixels, place: int):
        read.append(self.stack.stack_key)
        if self.stack.stack_key == stacks[1] and not recovered:
            raise KeyboardInterrupt
        return real(self, place)

    recovered: list[bool] = []
    monkeypatch.setattr(StackPixels, "source", watched)
    with pytest.raises(KeyboardInterrupt):
        building.build_release_export(cut.pk, report=quietly)
    assert stacks[0] in read
    lines = work_folder_of(cut.pk) / "fragments.jsonl"
    with lines.open("ab") as half:
        half.write(b'{"place": 1, "frag')
    read.clear()
    recovered.append(True)
    building.build_release_export(cut.pk, report=quietly)
    assert stacks[0] not in read
    assert content_of(cut) == content_of(whole)


def test_a_full_disk_is_said_and_the_next_run_goes_on(
    release: Release, data_manager: User, run_queued_jobs, monkeypatch: pytest.MonkeyPatch
):
    """Mocked: the disk, which is full when the zip is written."""
    export = request_release_export(data_manager, release.pk, COCO)

    def full(*_: object, **__: object):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(building, "write_archive", full)
        run_queued_jobs(may_fail=True)
    export = ReleaseExport.objects.select_related("job").get(pk=export.pk)
    assert export.job.state == JobState.FAILED
    assert "disk is full" in export.job.error
    assert work_folder_of(export.pk).exists()
    retry_job(data_manager, export.job_id)
    run_queued_jobs()
    assert release_export_place(data_manager, export.pk)


def test_a_cancelled_export_leaves_nothing(release: Release, data_manager: User, run_queued_jobs):
    export = request_release_export(data_manager, release.pk, COCO)
    cancel_job(data_manager, export.job_id)
    run_queued_jobs(may_fail=True)
    assert not work_folder_of(export.pk).exists()
    with pytest.raises(ConflictError, match="cancelled"):
        release_export_place(data_manager, export.pk)


def test_zips_go_when_their_time_is_over_and_when_a_patient_withdraws(
    release: Release, data_manager: User, run_queued_jobs, django_capture_on_commit_callbacks
):
    old, kept = (request_release_export(data_manager, release.pk, COCO) for _ in range(2))
    run_queued_jobs()
    ReleaseExport.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(ConflictError, match="Make it again"):
        release_export_place(data_manager, old.pk)
    assert delete_expired() == 1
    assert not place_exists(archive_place(old.pk))
    assert place_exists(archive_place(kept.pk))

    patient = ReleaseStack.objects.filter(release=release).values_list("patient", flat=True)[0]
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_patient(data_manager, patient, reason="Asked to.")
    assert not place_exists(archive_place(kept.pk))
    with pytest.raises(ConflictError, match="withdrew"):
        release_export_place(data_manager, kept.pk)
    again = request_release_export(data_manager, release.pk, COCO)
    run_queued_jobs()
    with zipfile.ZipFile(io.BytesIO(content_of(again))) as archive:
        assert patient.encode() not in b"".join(archive.read(name) for name in archive.namelist())


def test_a_picture_that_went_or_was_replaced_since_leaves_its_stack_out_and_says_so(
    release: Release, data_manager: User, run_queued_jobs, marked_studies
):
    """A mark on a frame that came in again with other pixels must not be laid over those."""
    shown = [{"format": name, "options": {}} for name in ("png", "rtstruct")]
    ct, us = marked_studies.ct.study.study_instance_uid, marked_studies.ultrasound.study.study_instance_uid
    frames = Frame.objects.filter(instance__series__study__study_instance_uid=us)
    prints = FramePrint.objects.filter(frame__in=frames)
    prints.update(instance_sha256="0" * 64)
    same = request_release_export(data_manager, release.pk, shown[0])
    run_queued_jobs()
    same.job.refresh_from_db()
    assert "left_out_stacks" not in same.job.result, "another file with the same pixels is the same picture"

    Instance.objects.filter(series__study__study_instance_uid=ct, instance_number=1).update(state="withheld")
    exports = [request_release_export(data_manager, release.pk, asked) for asked in shown]
    marks_alone = request_release_export(data_manager, release.pk, {"format": "coco", "options": {"pictures": False}})
    run_queued_jobs()
    for export in exports:
        export.job.refresh_from_db()
        assert (export.job.state, export.job.result["left_out_stacks"]) == (JobState.DONE, 1)
        with zipfile.ZipFile(io.BytesIO(content_of(export))) as archive:
            [row] = json.loads(archive.read("not_whole.json"))
            assert row["reason"] == "1 of its 3 pictures are not here any more: deleted or withheld since the freeze"
            assert row["series_uid"] not in "".join(archive.namelist())
    with zipfile.ZipFile(io.BytesIO(content_of(marks_alone))) as archive:
        assert "not_whole.json" not in archive.namelist(), "no picture was asked for"
    with monkeypatch_pixel_hash(release, us):
        other = request_release_export(data_manager, release.pk, shown[0])
        run_queued_jobs(may_fail=True)
    other.job.refresh_from_db()
    assert other.job.state == JobState.FAILED
    assert "Every stack of this release is left out" in other.job.error


@contextmanager
def monkeypatch_pixel_hash(release: Release, study_uid: str):
    """Mocked: the pixels of a study, which hash to something else by now."""
    real = StackPixels.stored

    def changed(self: StackPixels, place: int):
        if self.stack.study_uid == study_uid:
            raise ChangedPictureError("The pixels are others.")
        return real(self, place)

    with mock.patch.object(StackPixels, "stored", changed):
        yield


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({}, "format"),
        ({"format": "floppy"}, "format"),
        ({"format": "coco", "options": {"colour": 1}}, "options.colour"),
        ({"format": "coco", "options": []}, "options"),
        ({"format": "coco", "preprocessing": {"pixel_mm": -1}}, "preprocessing.pixel_mm"),
        ({"format": "rtstruct", "preprocessing": {"halve": True}}, "preprocessing"),
        ({"format": "coco", "splitz": []}, "splitz"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_path(asked: dict[str, object], path: str):
    with pytest.raises(InvalidError) as refused:
        ReleaseExportRequest.from_json(asked)
    assert refused.value.path == path


def test_a_side_that_the_release_does_not_have_is_refused(release: Release, data_manager: User):
    with pytest.raises(InvalidError) as refused:
        request_release_export(data_manager, release.pk, COCO | {"splits": ["holdout"]})
    assert refused.value.path == "splits[0]"


def test_radiologists_export_nothing(radiologist: User):
    with pytest.raises(NotAllowedError):
        request_release_export(radiologist, Release().pk, COCO)
