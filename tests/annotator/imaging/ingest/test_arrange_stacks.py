"""Stacks of a whole series, however its slices arrived, and what marks hold in place."""

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.uid import UID

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.cases.models import Case
from annotator.imaging.actions.arrange_stacks import arrange_stacks
from annotator.imaging.actions.derive_frames import derive_frames
from annotator.imaging.models import Frame, Instance, Series, Stack
from annotator.imaging.queries import frames_in_order
from tests.annotator.case_rows import make_case, make_stack, make_study
from tests.annotator.imaging.conftest import Take
from tests.builders import ct_series, multi_frame

pytestmark = pytest.mark.django_db

ECHO, ACQUISITION = "00180086", "00200012"


def arrive(stack: Stack, *, heights: list[float], **attributes: str) -> list[Instance]:
    """More slices of a stack's series, as deriving them one by one leaves them."""
    study = stack.series.study
    made = make_stack(study, positions=heights, frames=len(heights))
    added = list(Instance.objects.filter(stack=made).order_by("instance_number"))
    header = {tag: {"vr": "IS", "Value": [value]} for tag, value in attributes.items()}
    for instance in added:
        frame = instance.frames.get()
        Frame.objects.filter(pk=frame.pk).update(key=f"{stack.key}.{frame.key.split('.')[1]}")
        Instance.objects.filter(pk=instance.pk).update(
            series=stack.series, stack=stack, header=header, sop_class_uid="1.2.840.10008.5.1.4.1.1.2"
        )
    series = made.series
    made.delete()
    series.delete()
    return added


@pytest.fixture
def stack(db: None) -> Stack:
    """An empty stack of a CT series."""
    made = make_stack(make_study(), frames=1)
    Frame.objects.filter(instance__stack=made).delete()
    Instance.objects.filter(stack=made).delete()
    return made


def partition(series: Series) -> set[frozenset[int]]:
    keys: dict[int, set[int]] = {}
    for instance, stack_id in Instance.objects.filter(series=series).values_list("pk", "stack_id"):
        keys.setdefault(stack_id, set()).add(instance)
    return {frozenset(one) for one in keys.values()}


def mark(frame: Frame, owner: User, case: Case) -> None:
    Annotation.objects.create(case=case, owner=owner, frame=frame, kind="box", points=[[1, 1], [9, 9]])


def keys_are_their_stacks(series: Series) -> bool:
    frames = Frame.objects.filter(instance__series=series).select_related("instance__stack")
    return all(frame.key.startswith(f"{frame.instance.stack.key}.") for frame in frames if frame.instance.stack)


def test_two_echoes_in_one_series_become_two_stacks_with_names(stack: Stack) -> None:
    first = arrive(stack, heights=[0, 5, 10], **{ECHO: "1"})
    second = arrive(stack, heights=[0, 5, 10], **{ECHO: "2"})
    assert arrange_stacks([stack.series_id]) == 3
    stacks = {frozenset(one.instances.values_list("pk", flat=True)): one for one in stack.series.stacks.all()}
    assert set(stacks) == {frozenset(one.pk for one in first), frozenset(one.pk for one in second)}
    assert sorted(one.grouping.rpartition("[")[2] for one in stacks.values()) == ["echo 1]", "echo 2]"]
    assert keys_are_their_stacks(stack.series)
    assert [frame.position_along_normal for one in stacks.values() for frame in frames_in_order(one)] == [0, 5, 10] * 2
    assert arrange_stacks([stack.series_id]) == 0, "a second look changes nothing"


@pytest.mark.parametrize("seed", range(4))
def test_the_batches_in_which_slices_come_change_nothing(stack: Stack, seed: int) -> None:
    """Two echoes and a table that counts acquisitions, in shuffled batches, arranged after each."""
    chance = random.Random(seed)
    expected: dict[str, set[int]] = {"1": set(), "2": set()}
    wanted = [(echo, height) for echo in ("1", "2") for height in (0.0, 5.0, 10.0, 15.0)]
    chance.shuffle(wanted)
    left = iter(wanted)
    while batch := list(itertools.islice(left, chance.randint(1, 4))):
        for echo, height in batch:
            (added,) = arrive(stack, heights=[height], **{ECHO: echo, ACQUISITION: str(int(height))})
            expected[echo].add(added.pk)
        arrange_stacks([stack.series_id])
    assert partition(stack.series) == {frozenset(keys) for keys in expected.values()}
    assert keys_are_their_stacks(stack.series)


def test_a_marked_frame_never_moves_and_its_part_keeps_the_stack(stack: Stack, radiologist: User) -> None:
    second = arrive(stack, heights=[0, 5, 10], **{ECHO: "2"})
    arrange_stacks([stack.series_id])
    frame = second[1].frames.get()
    mark(frame, radiologist, make_case(stack.series.study, stack))
    first = arrive(stack, heights=[0, 5, 10], **{ECHO: "1"})
    assert arrange_stacks([stack.series_id]) == 3
    assert Frame.objects.get(pk=frame.pk).key == frame.key
    assert {one.pk for one in second} == set(stack.instances.values_list("pk", flat=True))
    assert not stack.instances.filter(pk__in=[one.pk for one in first]).exists()


def test_where_both_parts_are_marked_no_marked_frame_moves(stack: Stack, radiologist: User) -> None:
    first = arrive(stack, heights=[0, 5], **{ECHO: "1"})
    second = arrive(stack, heights=[0, 5], **{ECHO: "2"})
    case = make_case(stack.series.study, stack)
    frames = [first[0].frames.get(), second[0].frames.get()]
    for frame in frames:
        mark(frame, radiologist, case)
    arrange_stacks([stack.series_id])
    assert [Frame.objects.get(pk=frame.pk).key for frame in frames] == [frame.key for frame in frames]
    assert stack.instances.count() == 4, "they stay together, and the manifest says so"


def test_slices_of_other_rooms_rows_are_seen_without_knowing_the_rooms(stack: Stack) -> None:
    """Suggestions refer to frames under no name of their own: they count as well."""
    relations: list[Any] = [*Frame._meta.get_fields(include_hidden=True)]
    related = {one.field.model.__name__ for one in relations if one.one_to_many and one.auto_created}
    assert {"Annotation", "Suggestion"} <= related


def test_a_scout_of_another_orientation_leaves_the_volume(take: Take, tmp_path: Path) -> None:
    paths = ct_series(tmp_path, slices=12)
    scout = dcmread(paths[0])
    scout.SOPInstanceUID = scout.file_meta.MediaStorageSOPInstanceUID = UID("1.2.826.0.1.77")
    scout.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    dcmwrite(tmp_path / "scout.dcm", scout)
    derive_frames(intake_id=take(tmp_path).intake_id)
    assert {one.grouping.endswith(" localizer"): one.kind for one in Stack.objects.all()} == {
        True: "still",
        False: "volume",
    }


def test_orientations_that_round_apart_are_joined_and_stand_in_order(take: Take, tmp_path: Path) -> None:
    paths = ct_series(tmp_path, slices=6)
    for at, path in enumerate(paths):
        made = dcmread(path)
        made.ImageOrientationPatient = [0.9949 + 0.0002 * (at % 2), 0.1, 0, -0.1, 0.9949 + 0.0002 * (at % 2), 0]
        made.save_as(path)
    derive_frames(intake_id=take(*paths[3:]).intake_id)
    derive_frames(intake_id=take(*paths[:3]).intake_id)
    (held,) = [one for one in Stack.objects.all() if one.instances.exists()]
    assert [frame.instance.instance_number for frame in frames_in_order(held)] == [1, 2, 3, 4, 5, 6]


def test_frames_of_one_instance_that_all_lie_at_one_place_are_a_film(take: Take, tmp_path: Path) -> None:
    path = multi_frame(tmp_path)
    made = dcmread(path)
    for group in made.PerFrameFunctionalGroupsSequence:
        group.PlanePositionSequence[0].ImagePositionPatient = [0, 0, 7]
    made.save_as(path)
    derive_frames(intake_id=take(path).intake_id)
    assert Stack.objects.get().kind == "cine"
