"""What becomes of a picture that may show a name, decided by a person."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import imagecodecs
import numpy as np
import pydicom
import pytest
from django.db import connection
from pydicom.encaps import generate_frames
from pydicom.uid import HTJ2KLossless

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions import decide_text_review as deciding
from annotator.imaging.actions.decide_text_review import decide_text_review
from annotator.imaging.actions.put_back_text_review import put_back_text_review
from annotator.imaging.models import Frame, Instance, InstanceState, IntakeFile, Outcome, TextReview
from annotator.imaging.store.filing import open_place, original_place, place_exists
from tests.annotator.imaging.burned_in.conftest import Waiting
from tests.annotator.imaging.conftest import Take
from tests.builders.burned_in import SECRET, written_ultrasound
from tests.fixtures.queued_jobs import RunQueuedJobs

BAND = {"column": 0, "row": 0, "columns": 320, "rows": 40}
Holding = Callable[[bytes], list[Path]]


def stored(instance: Instance) -> pydicom.Dataset:
    with open_place(original_place(instance.sha256)) as file:
        return pydicom.dcmread(file)


def read_by_others(dataset: pydicom.Dataset) -> np.ndarray:
    """Pixels by pydicom; HTJ2K, which we wrote with OpenJPH, by OpenJPEG."""
    if dataset.file_meta.TransferSyntaxUID != HTJ2KLossless:
        return dataset.pixel_array
    frames = generate_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1)))
    return np.stack([imagecodecs.jpeg2k_decode(frame) for frame in frames])


def test_a_picture_that_may_show_a_name_waits_and_gets_no_frames(
    waiting: Waiting, tmp_path: Path, run_queued_jobs: RunQueuedJobs
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    run_queued_jobs()
    review.instance.refresh_from_db()
    assert review.instance.state == InstanceState.REVIEW
    assert not Frame.objects.exists()
    (name, *_) = review.suspected
    assert name["row"] <= 18
    assert name["row"] + name["rows"] >= 30
    assert review.suspicion == name["score"] > 0.75
    assert review.layout == "Maker Model 320 x 120"


def test_without_deidentification_nothing_waits(take: Take, tmp_path: Path) -> None:
    take(written_ultrasound(tmp_path / "in"))
    assert Instance.objects.get().state == InstanceState.RECEIVED
    assert not TextReview.objects.exists()


def test_a_picture_that_says_it_shows_no_text_does_not_wait(waiting: Waiting, tmp_path: Path) -> None:
    assert waiting(written_ultrasound(tmp_path / "in", annotation="NO")) == []
    assert Instance.objects.get().state == InstanceState.RECEIVED


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize("compressed", [False, True])
def test_blanked_pixels_are_in_no_file_any_more_and_the_rest_of_the_picture_is_unchanged(
    waiting: Waiting,
    tmp_path: Path,
    data_manager: User,
    bytes_kept: Holding,
    run_queued_jobs: RunQueuedJobs,
    frames: int,
    compressed: bool,
) -> None:
    path = written_ultrasound(tmp_path / "in", frames=frames, compressed=compressed)
    before = pydicom.dcmread(path).pixel_array.reshape(frames, 120, 320)
    (review,) = waiting(path)
    old = review.instance.sha256
    if not compressed:
        assert bytes_kept(SECRET)  # the test would find it
    decide_text_review(data_manager, review.pk, verdict="blanked", regions=[BAND])
    run_queued_jobs()
    instance = Instance.objects.get()
    assert instance.state == InstanceState.READY
    assert bytes_kept(SECRET) == []
    assert not place_exists(original_place(old))
    after = read_by_others(stored(instance)).reshape(frames, 120, 320)
    assert (after[:, :40] == after[0, 0, 0]).all()
    assert np.array_equal(after[:, 40:], before[:, 40:])


def test_the_blanked_file_says_what_was_done(waiting: Waiting, tmp_path: Path, data_manager: User) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    uid = review.instance.sop_instance_uid
    decide_text_review(data_manager, review.pk, verdict="blanked", regions=[BAND])
    instance = Instance.objects.get()
    header = stored(instance)
    assert header.BurnedInAnnotation == "NO"
    assert header.ImageType[0] == "DERIVED"
    assert header.SOPInstanceUID == header.file_meta.MediaStorageSOPInstanceUID == uid
    codes = [code.CodeValue for code in header.DeidentificationMethodCodeSequence]
    assert codes.count("113101") == 1
    assert "Burned-in text blanked by a person" in str(header.DeidentificationMethod)
    assert instance.header["00280301"]["Value"] == ["NO"]
    with open_place(original_place(instance.sha256)) as file:
        assert instance.byte_size == len(file.read())


def test_the_same_original_sent_again_is_recognised_after_its_text_was_blanked(
    waiting: Waiting, take: Take, tmp_path: Path, data_manager: User, bytes_kept: Holding
) -> None:
    path = written_ultrasound(tmp_path / "in")
    (review,) = waiting(path)
    decide_text_review(data_manager, review.pk, verdict="blanked", regions=[BAND])
    assert take(path).already_there == 1
    assert Instance.objects.count() == 1
    assert Instance.objects.get().state == InstanceState.RECEIVED
    assert bytes_kept(SECRET) == []


def test_a_picture_without_a_name_is_released_as_it_is(
    waiting: Waiting, tmp_path: Path, data_manager: User, run_queued_jobs: RunQueuedJobs
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    decide_text_review(data_manager, review.pk, verdict="clean")
    run_queued_jobs()
    instance = Instance.objects.get()
    assert instance.state == InstanceState.READY
    assert instance.sha256 == review.instance.sha256


def test_a_withheld_picture_stays_and_can_be_put_back(
    waiting: Waiting, take: Take, tmp_path: Path, data_manager: User, run_queued_jobs: RunQueuedJobs
) -> None:
    path = written_ultrasound(tmp_path / "in")
    (review,) = waiting(path)
    decide_text_review(data_manager, review.pk, verdict="withheld")
    take(path)  # sent again it is still withheld
    run_queued_jobs()
    assert Instance.objects.get().state == InstanceState.WITHHELD
    put_back_text_review(data_manager, review.pk)
    put_back_text_review(data_manager, review.pk)
    assert Instance.objects.get().state == InstanceState.REVIEW
    decide_text_review(data_manager, review.pk, verdict="clean")
    with pytest.raises(ConflictError, match="released"):
        put_back_text_review(data_manager, review.pk)


def test_the_same_decision_again_changes_nothing_and_another_is_refused_with_who_was_first(
    waiting: Waiting, tmp_path: Path, data_manager: User, admin: User
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    decide_text_review(data_manager, review.pk, verdict="blanked", regions=[BAND])
    sha256 = Instance.objects.get().sha256
    decide_text_review(admin, review.pk, verdict="blanked", regions=[BAND])
    assert Instance.objects.get().sha256 == sha256
    assert AuditEntry.objects.filter(action="decide_text_review").count() == 1
    with pytest.raises(ConflictError, match=data_manager.full_name):
        decide_text_review(admin, review.pk, verdict="clean")


def test_readers_decide_nothing(waiting: Waiting, tmp_path: Path, radiologist: User) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    with pytest.raises(NotAllowedError):
        decide_text_review(radiologist, review.pk, verdict="clean")
    with pytest.raises(NotAllowedError):
        put_back_text_review(radiologist, review.pk)


@pytest.mark.parametrize(
    "asked",
    [
        {"verdict": "blanked"},
        {"verdict": "blanked", "regions": [{"column": 0, "row": 0, "columns": 0, "rows": 5}]},
        {"verdict": "blanked", "regions": [{"column": 320, "row": 0, "columns": 9, "rows": 5}]},
        {"verdict": "blanked", "regions": [{"column": 0.5, "row": 0, "columns": 9, "rows": 5}]},
        {"verdict": "blanked", "regions": ["all"]},
        {"verdict": "blanked", "regions": [BAND] * 201},
        {"verdict": "clean", "regions": [BAND]},
        {"verdict": ""},
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    waiting: Waiting, tmp_path: Path, data_manager: User, asked: dict[str, object]
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    with pytest.raises(InvalidError):
        decide_text_review(data_manager, review.pk, **asked)  # type: ignore[arg-type]
    assert Instance.objects.get().state == InstanceState.REVIEW
    with pytest.raises(NotFoundError):
        decide_text_review(data_manager, review.pk + 1000, verdict="clean")


def test_a_process_that_dies_before_the_row_is_written_leaves_the_picture_waiting_with_its_file(
    waiting: Waiting, tmp_path: Path, data_manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))

    def dies(*_args: object, **_more: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "record_audit", dies)
        with pytest.raises(SystemExit):
            decide_text_review(data_manager, review.pk, verdict="blanked", regions=[BAND])
    assert Instance.objects.get().state == InstanceState.REVIEW
    assert place_exists(original_place(review.instance.sha256))
    decide_text_review(data_manager, review.pk, verdict="blanked", regions=[BAND])
    assert Instance.objects.get().state == InstanceState.RECEIVED


def test_a_process_that_dies_before_the_old_file_is_gone_leaves_that_to_the_job(
    waiting: Waiting,
    tmp_path: Path,
    data_manager: User,
    monkeypatch: pytest.MonkeyPatch,
    run_queued_jobs: RunQueuedJobs,
    bytes_kept: Holding,
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))

    def dies(_hashes: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "remove_superseded", dies)
        with pytest.raises(SystemExit):
            decide_text_review(data_manager, review.pk, verdict="blanked", regions=[BAND])
    assert bytes_kept(SECRET)
    run_queued_jobs()
    assert bytes_kept(SECRET) == []
    assert Instance.objects.get().state == InstanceState.READY


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told(
    waiting: Waiting, tmp_path: Path, data_manager: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    both = Barrier(2, timeout=20)
    blank = deciding._blank

    def at_once(*args: object) -> object:
        blanked = blank(*args)  # type: ignore[arg-type]
        both.wait()
        return blanked

    monkeypatch.setattr(deciding, "_blank", at_once)
    told: list[str] = []

    def decide(person: User, rows: int) -> None:
        try:
            decide_text_review(person, review.pk, verdict="blanked", regions=[{**BAND, "rows": rows}])
        except ConflictError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=decide, args=(data_manager, 40)), Thread(target=decide, args=(admin, 41))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == 1
    assert "decided about this picture meanwhile" in told[0]
    instance, review = Instance.objects.get(), TextReview.objects.get()
    assert len(review.blanked) == 1
    dark = stored(instance).pixel_array[: review.blanked[0]["rows"]]
    assert (dark == dark[0, 0]).all()
    assert IntakeFile.objects.get().outcome == Outcome.INGESTED
    kept = {path.stem for path in (tmp_path).rglob("*.dcm") if path.parent.parent.name == "originals"}
    assert kept <= {instance.sha256}
