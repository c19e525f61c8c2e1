"""The same regions blanked in every waiting picture of one machine and size."""

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.imaging.actions.blank_same_layout import request_same_layout, same_layout
from annotator.imaging.actions.decide_text_review import decide_text_review
from annotator.imaging.models import Instance, InstanceState
from tests.annotator.imaging.burned_in.conftest import Waiting
from tests.builders.burned_in import SECRET, written_ultrasound
from tests.fixtures.queued_jobs import RunQueuedJobs

BAND = {"column": 0, "row": 0, "columns": 320, "rows": 40}


def test_waiting_pictures_of_the_same_machine_and_size_are_blanked_and_no_others(
    waiting: Waiting,
    tmp_path: Path,
    data_manager: User,
    run_queued_jobs: RunQueuedJobs,
    bytes_kept: Callable[[bytes], list[Path]],
) -> None:
    folder = tmp_path / "in"
    for number in (1, 2, 3):
        written_ultrasound(folder / str(number), study=f"one{number}", number=number)
    written_ultrasound(folder / "size", study="size", number=4, columns=330)
    written_ultrasound(folder / "machine", study="machine", number=5, machine=("Maker", "Other"))
    reviews = waiting(folder)
    decide_text_review(data_manager, reviews[2].pk, verdict="withheld")
    assert same_layout(reviews[0]).count() == 2
    request_same_layout(data_manager, reviews[0].pk, regions=[BAND], expected=2)
    run_queued_jobs()
    states = list(Instance.objects.order_by("instance_number").values_list("state", flat=True))
    assert states == [InstanceState.READY] * 2 + [InstanceState.WITHHELD] + [InstanceState.REVIEW] * 2
    assert len(bytes_kept(SECRET)) == 3  # the withheld one and the two of other layouts


def test_pictures_of_machines_without_a_name_have_nothing_in_common(waiting: Waiting, tmp_path: Path) -> None:
    for number in (1, 2):
        written_ultrasound(tmp_path / "in" / str(number), study=f"one{number}", number=number, machine=("", ""))
    reviews = waiting(tmp_path / "in")
    assert list(same_layout(reviews[0])) == [reviews[0]]


def test_another_count_than_was_confirmed_asks_again(
    waiting: Waiting, tmp_path: Path, data_manager: User, radiologist: User
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    with pytest.raises(ConflictError, match="1 pictures of this layout wait now, not 2"):
        request_same_layout(data_manager, review.pk, regions=[BAND], expected=2)
    with pytest.raises(InvalidError):
        request_same_layout(data_manager, review.pk, regions=[], expected=1)
    with pytest.raises(NotAllowedError):
        request_same_layout(radiologist, review.pk, regions=[BAND], expected=1)


def test_a_picture_decided_meanwhile_keeps_its_decision(
    waiting: Waiting, tmp_path: Path, data_manager: User, admin: User, run_queued_jobs: RunQueuedJobs
) -> None:
    for number in (1, 2):
        written_ultrasound(tmp_path / "in" / str(number), study=f"one{number}", number=number)
    first, second = waiting(tmp_path / "in")
    request_same_layout(data_manager, first.pk, regions=[BAND], expected=2)
    decide_text_review(admin, second.pk, verdict="withheld")
    run_queued_jobs()
    states = list(Instance.objects.order_by("instance_number").values_list("state", flat=True))
    assert states == [InstanceState.READY, InstanceState.WITHHELD]
