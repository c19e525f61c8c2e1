"""Received instances become ready: frames, stacks, and what can't be decoded."""

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from annotator.accounts.models import User
from annotator.imaging.actions import derive_frames as actions
from annotator.imaging.actions.derive_frames import derive_frames
from annotator.imaging.models import (
    DerivedFormat,
    Frame,
    Instance,
    InstanceState,
    IntakeFile,
    Outcome,
    Stack,
    StackKind,
)
from annotator.imaging.pixels.htj2k import decode_htj2k
from annotator.imaging.queries import frames_in_order, stacks_of
from annotator.imaging.store import derive_instance as deriving
from annotator.imaging.store.filing import frames_place, open_place, original_place, place_exists, read_span
from tests.annotator.imaging.conftest import Take
from tests.builders import ct_series, multi_frame, tomosynthesis_four_views, ultrasound, ultrasound_pair
from tests.fixtures.stores import on_both_stores


def derived_values(frame: Frame) -> np.ndarray:
    assert frame.derived_offset is not None
    assert frame.derived_length is not None
    return decode_htj2k(read_span(frames_place(frame.instance.sha256), frame.derived_offset, frame.derived_length))


def native_bytes(frame: Frame) -> bytes:
    assert frame.native_offset is not None
    assert frame.native_length is not None
    return read_span(original_place(frame.instance.sha256), frame.native_offset, frame.native_length)


def ready(take: Take, *paths: Path) -> list[Frame]:
    summary = take(*paths)
    derive_frames(intake_id=summary.intake_id)
    return list(Frame.objects.select_related("instance__stack").order_by("instance__instance_number", "number"))


@on_both_stores
def test_a_ct_series_is_one_stack_in_order_along_its_normal(take: Take, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=5)
    ready(take, tmp_path)
    stack = Stack.objects.get()
    assert stack.kind == StackKind.VOLUME
    frames = frames_in_order(stack)
    assert [frame.position_along_normal for frame in frames] == [0, 5, 10, 15, 20]
    assert all(frame.key.startswith(f"{stack.key}.") and len(frame.key) == 34 for frame in frames)
    assert set(Instance.objects.values_list("state", flat=True)) == {InstanceState.READY}
    assert [one.frame_count for one in stacks_of(stack.series.study)] == [5]  # type: ignore[attr-defined]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEGLSLossless, HTJ2KLossless, RLELossless])
def test_derived_frames_hold_the_stored_values_whatever_the_source_syntax(
    syntax: str, take: Take, tmp_path: Path
) -> None:
    stored = dcmread(multi_frame(tmp_path / "plain")).pixel_array
    frames = ready(take, multi_frame(tmp_path / "coded", syntax=syntax))
    assert frames[0].instance.transfer_syntax_uid == syntax
    for frame, values in zip(frames, stored, strict=True):
        assert frame.derived_format == DerivedFormat.HTJ2K
        found = derived_values(frame)
        assert found.dtype == values.dtype
        np.testing.assert_array_equal(found, values)


def test_signed_values_stay_signed(take: Take, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path, slices=1)
    stored = dcmread(path).pixel_array
    (frame,) = ready(take, path)
    assert derived_values(frame).dtype == stored.dtype == np.int16
    np.testing.assert_array_equal(derived_values(frame), stored)


@on_both_stores
def test_native_bytes_of_each_frame_lie_where_the_row_says(take: Take, tmp_path: Path) -> None:
    path = multi_frame(tmp_path, frames=4)
    stored = dcmread(path).pixel_array
    frames = ready(take, path)
    for index, frame in enumerate(frames):
        assert native_bytes(frame) == stored[index].tobytes()
        np.testing.assert_array_equal(derived_values(frame), stored[index])


def test_an_enhanced_volume_is_scrolled_by_position_not_by_number(take: Take, tmp_path: Path) -> None:
    ready(take, multi_frame(tmp_path, frames=4))
    stack = Stack.objects.get()
    assert stack.kind == StackKind.VOLUME
    assert [frame.number for frame in frames_in_order(stack)] == [4, 3, 2, 1]


def test_a_deflated_source_has_no_native_span(take: Take, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path, slices=1)
    whole = dcmread(path)
    stored = whole.pixel_array
    whole.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    whole.save_as(path)
    (frame,) = ready(take, path)
    assert (frame.native_offset, frame.native_length) == (None, None)
    np.testing.assert_array_equal(derived_values(frame), stored)


@on_both_stores
def test_a_cine_of_baseline_jpeg_keeps_its_jpeg(take: Take, tmp_path: Path) -> None:
    frames = ready(take, ultrasound(tmp_path, frames=6))
    assert {frame.derived_format for frame in frames} == {DerivedFormat.JPEG}
    assert {frame.derived_offset for frame in frames} == {None}
    assert all(native_bytes(frame)[:2] == b"\xff\xd8" for frame in frames)
    assert not place_exists(frames_place(frames[0].instance.sha256))
    assert Stack.objects.get().kind == StackKind.CINE
    assert frames[0].geometry["frame_time_ms"] == 40


def test_a_frame_in_several_fragments_has_no_native_length_and_is_derived(take: Take, tmp_path: Path) -> None:
    path = ultrasound(tmp_path, frames=2)
    whole = dcmread(path)
    jpegs = list(generate_frames(whole.PixelData, number_of_frames=2))
    whole.PixelData = encapsulate(jpegs, fragments_per_frame=2)
    whole["PixelData"].VR = "OB"
    whole["PixelData"].is_undefined_length = True
    whole.save_as(path)
    frames = ready(take, path)
    assert {frame.native_length for frame in frames} == {None}
    assert {frame.derived_format for frame in frames} == {DerivedFormat.HTJ2K}
    assert derived_values(frames[1]).shape == (60, 80)


def test_colour_is_marked_and_stored_as_rgb(take: Take, tmp_path: Path) -> None:
    path = ultrasound(tmp_path, colour=True)
    (frame,) = ready(take, path)
    assert frame.grey["colour"]
    np.testing.assert_array_equal(derived_values(frame), dcmread(path).pixel_array)


def test_four_tomosynthesis_views_are_four_stacks_with_side_and_view(take: Take, tmp_path: Path) -> None:
    ready(take, *tomosynthesis_four_views(tmp_path))
    found = {(stack.laterality, stack.view, stack.kind) for stack in Stack.objects.all()}
    assert found == {(side, view, StackKind.VOLUME) for side in "LR" for view in ("CC", "MLO")}


def test_an_ultrasound_pair_is_two_stills_that_know_their_planes(take: Take, tmp_path: Path) -> None:
    ready(take, *ultrasound_pair(tmp_path))
    assert {(stack.view, stack.kind) for stack in Stack.objects.all()} == {
        ("transverse", StackKind.STILL),
        ("longitudinal", StackKind.STILL),
    }


def test_a_localizer_and_slices_of_another_matrix_are_stacks_of_their_own(take: Take, tmp_path: Path) -> None:
    paths = ct_series(tmp_path, slices=4)
    scout = dcmread(paths[0])
    scout.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    scout.save_as(paths[0])
    small = dcmread(paths[1])
    small.Rows, small.PixelData = 16, small.PixelData[: 16 * 40 * 2]
    small.save_as(paths[1])
    ready(take, tmp_path)
    assert sorted(stack.instances.count() for stack in Stack.objects.all()) == [1, 1, 2]
    assert Stack.objects.get(grouping__contains="localizer").kind == StackKind.STILL


def test_slices_that_come_later_join_their_stack(take: Take, tmp_path: Path) -> None:
    paths = ct_series(tmp_path, slices=4)
    ready(take, *paths[:2])
    ready(take, *paths[2:])
    assert len(frames_in_order(Stack.objects.get())) == 4


def broken_jpeg(folder: Path) -> Path:
    """A cine whose second frame is no JPEG."""
    path = ultrasound(folder, frames=3, study="broken")
    whole = dcmread(path)
    jpegs = list(generate_frames(whole.PixelData, number_of_frames=3))
    whole.PixelData = encapsulate([jpegs[0], b"\xff\xd8" + b"not a picture" * 9, jpegs[2]])
    whole["PixelData"].VR = "OB"
    whole["PixelData"].is_undefined_length = True
    whole.save_as(path)
    return path


@on_both_stores
def test_a_picture_that_cannot_be_decoded_fails_and_shows_as_quarantined(take: Take, tmp_path: Path) -> None:
    path = broken_jpeg(tmp_path / "in")
    ct_series(tmp_path / "in", slices=2)
    summary = take(tmp_path / "in")
    derived = derive_frames(intake_id=summary.intake_id)
    assert (derived.ready, derived.failed) == (2, 1)
    failed = Instance.objects.get(state=InstanceState.FAILED)
    assert failed.failure.startswith("Frame 2 of 3 can't be decoded")
    assert failed.frames.count() == 0
    row = IntakeFile.objects.get(name=str(path))
    assert (row.outcome, row.reason) == (Outcome.QUARANTINED, failed.failure)


def test_a_picture_that_failed_is_tried_again_when_it_is_sent_again(take: Take, tmp_path: Path) -> None:
    path = broken_jpeg(tmp_path / "in")
    derive_frames(intake_id=take(path).intake_id)
    again = take(path)
    assert again.already_there == 1
    assert Instance.objects.get().state == InstanceState.RECEIVED
    assert derive_frames(intake_id=again.intake_id).failed == 1
    assert IntakeFile.objects.filter(outcome=Outcome.QUARANTINED).count() == 2


def test_memory_holds_one_frame_at_a_time(take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts decoded frames that are alive at once, by weak references."""
    alive: list[weakref.ref[Any]] = []
    most = 0
    decode = deriving.decode_frame

    def counted(*arguments: Any) -> Any:
        nonlocal most
        values = decode(*arguments).copy()
        alive.append(weakref.ref(values))
        gc.collect()
        most = max(most, sum(one() is not None for one in alive))
        return values

    monkeypatch.setattr(deriving, "decode_frame", counted)
    ready(take, multi_frame(tmp_path, frames=10))
    assert len(alive) == 10
    assert most == 1


def test_deriving_again_changes_nothing(take: Take, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=3)
    summary = take(tmp_path)
    first = derive_frames(intake_id=summary.intake_id)
    keys = set(Frame.objects.values_list("key", flat=True))
    again = derive_frames(intake_id=summary.intake_id)
    assert (first.ready, again.ready) == (3, 0)
    assert again.study_ids == first.study_ids
    assert set(Frame.objects.values_list("key", flat=True)) == keys


@on_both_stores
@pytest.mark.parametrize("place", ["file_all", "_write"])
def test_after_a_death_in_the_middle_a_second_run_makes_everything_ready(
    place: str, take: Take, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    monkeypatch.setattr(actions, "BATCH_INSTANCES", 2)
    ct_series(tmp_path / "in", slices=5)
    summary = take(tmp_path / "in")
    step, calls = getattr(actions, place), []

    def dying(*arguments: Any) -> Any:
        calls.append(1)
        result = step(*arguments)
        if len(calls) == 2:
            raise KilledError
        return result

    with monkeypatch.context() as patch:
        patch.setattr(actions, place, dying)
        with pytest.raises(KilledError):
            derive_frames(intake_id=summary.intake_id)
    assert Instance.objects.filter(state=InstanceState.READY).count() == 2
    assert derive_frames(intake_id=summary.intake_id).ready == 3
    assert Frame.objects.count() == 5
    assert all(derived_values(frame).shape == (32, 40) for frame in Frame.objects.select_related("instance"))


def test_only_ready_stacks_are_listed(take: Take, tmp_path: Path, data_manager: User) -> None:
    ct_series(tmp_path, slices=2)
    take(tmp_path)
    study = Instance.objects.select_related("series__study").first()
    assert study is not None
    assert list(stacks_of(study.series.study)) == []


def test_instances_may_be_named_one_by_one(take: Take, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=3)
    take(tmp_path)
    keys = list(Instance.objects.order_by("pk").values_list("pk", flat=True))
    assert derive_frames(instance_ids=keys[:2]).ready == 2
    assert Instance.objects.get(pk=keys[2]).state == InstanceState.RECEIVED


def test_a_jpeg_that_says_rgb_is_not_handed_to_browsers(take: Take, tmp_path: Path) -> None:
    path = ultrasound(tmp_path, frames=2, colour=True)
    whole = dcmread(path)
    whole.PhotometricInterpretation = "RGB"
    whole.SOPInstanceUID = whole.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    whole.save_as(path)
    assert {frame.derived_format for frame in ready(take, path)} == {DerivedFormat.HTJ2K}


@on_both_stores
def test_frame_files_hold_nothing_but_their_frames(take: Take, tmp_path: Path) -> None:
    frames = ready(take, multi_frame(tmp_path, frames=3))
    with open_place(frames_place(frames[0].instance.sha256)) as file:
        whole = file.read()
    assert sum(frame.derived_length or 0 for frame in frames) == len(whole)
