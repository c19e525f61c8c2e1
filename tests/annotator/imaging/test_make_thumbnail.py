"""The small picture of a stack."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.files.storage import storages

from annotator.accounts.errors import NotFoundError
from annotator.imaging.actions import make_thumbnail
from annotator.imaging.actions.make_thumbnail import SIDE, forget_thumbnails, plan_thumbnail, thumbnail_of_stack
from annotator.imaging.models import Instance, InstanceState, Series, Stack
from annotator.imaging.queries import frame_keys_in_order
from annotator.imaging.store.frame_source import forget_stacks
from tests.annotator.imaging.conftest import Take
from tests.builders import ct_series, multi_frame, ultrasound
from tests.fixtures.stores import on_both_stores


def files_of(stack: Stack) -> list[str]:
    folder = f"{stack.key[:2]}/{stack.key}"
    try:
        return list(storages["thumbnails"].listdir(folder)[1])
    except FileNotFoundError:
        return []


def only_stack() -> Stack:
    return Stack.objects.select_related("series").get()


def decoded(content: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


@pytest.fixture
def ct(take: Take, tmp_path: Path) -> Stack:
    ct_series(tmp_path / "ct", slices=5)
    take(tmp_path / "ct", derive=True)
    return only_stack()


@on_both_stores
def test_it_is_made_once_and_read_afterwards(ct: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    first = thumbnail_of_stack(ct)
    assert first.media_type == "image/jpeg"
    assert len(files_of(ct)) == 1
    monkeypatch.delattr(make_thumbnail, "render_frame")
    assert thumbnail_of_stack(ct) == first


def test_it_shows_the_middle_frame_that_fits_a_square(ct: Stack) -> None:
    planned = plan_thumbnail(ct)
    assert planned.frame_key == frame_keys_in_order(ct)[2]
    rows, columns = decoded(thumbnail_of_stack(ct).content).shape[:2]
    instance = Instance.objects.filter(stack=ct).first()
    assert instance is not None
    assert (rows, columns) == (min(instance.rows, SIDE), min(instance.columns, SIDE))


def test_a_picture_that_is_larger_is_scaled_and_keeps_its_aspect(take: Take, tmp_path: Path) -> None:
    take(ultrasound(tmp_path, rows=300, columns=600), derive=True)
    assert decoded(thumbnail_of_stack(only_stack()).content).shape[:2] == (128, 256)


def test_a_stack_that_grew_has_another_and_the_old_one_goes(ct: Stack, take: Take, tmp_path: Path) -> None:
    before = thumbnail_of_stack(ct)
    ct_series(tmp_path / "more", slices=9)
    take(tmp_path / "more", derive=True)
    forget_stacks()
    after = thumbnail_of_stack(only_stack())
    assert after.etag != before.etag
    assert files_of(ct) == [f"{after.etag.strip(chr(34))}.jpg"]


@pytest.mark.parametrize("state", [InstanceState.REVIEW, InstanceState.WITHHELD, InstanceState.FAILED])
def test_what_waits_or_is_withheld_is_never_shown(state: InstanceState, ct: Stack) -> None:
    middle = Instance.objects.get(frames__key=plan_thumbnail(ct).frame_key)
    Instance.objects.filter(pk=middle.pk).update(state=state)
    assert plan_thumbnail(ct).frame_key not in set(middle.frames.values_list("key", flat=True))
    Instance.objects.filter(stack=ct).update(state=state)
    with pytest.raises(NotFoundError):
        thumbnail_of_stack(ct)


@on_both_stores
def test_it_can_be_removed_again(ct: Stack) -> None:
    forget_thumbnails(ct)
    thumbnail_of_stack(ct)
    forget_thumbnails(ct)
    assert files_of(ct) == []


def test_a_head_ct_shows_three_windows_at_once_and_a_chest_one(ct: Stack) -> None:
    Series.objects.update(body_part="HEAD")
    head = plan_thumbnail(only_stack()).etag
    assert decoded(thumbnail_of_stack(only_stack()).content).ndim == 3
    Series.objects.update(body_part="CHEST")
    assert plan_thumbnail(only_stack()).etag != head
    assert decoded(thumbnail_of_stack(only_stack()).content).ndim == 2


def test_a_head_ct_without_hounsfield_units_and_a_localizer_show_one_window(ct: Stack) -> None:
    Series.objects.update(body_part="HEAD")
    Stack.objects.update(grouping="80x64 localizer")
    assert plan_thumbnail(only_stack()).composition is None
    Stack.objects.update(grouping="80x64")
    for instance in Instance.objects.all():
        for frame in instance.frames.all():
            frame.grey = {**frame.grey, "units": "US"}
            frame.save()
    forget_stacks()
    assert plan_thumbnail(only_stack()).composition is None


def test_colour_stays_colour(take: Take, tmp_path: Path) -> None:
    take(ultrasound(tmp_path, colour=True), derive=True)
    stack = only_stack()
    assert decoded(thumbnail_of_stack(stack).content).ndim == 3


def test_the_middle_of_one_instance_with_many_frames_is_its_middle_frame(take: Take, tmp_path: Path) -> None:
    take(multi_frame(tmp_path), derive=True)
    keys = frame_keys_in_order(only_stack())
    assert plan_thumbnail(only_stack()).frame_key == keys[len(keys) // 2]
