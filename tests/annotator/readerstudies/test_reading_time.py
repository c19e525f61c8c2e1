"""How long a case was read: each sitting's time, told again and again, only grows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import User
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.record_reading_time import record_reading_time
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.models import Assignment, ReadingTime
from annotator.readerstudies.queries import assignments_for, worklist_for
from tests.annotator.case_rows import make_case, make_stack, make_study


@pytest.fixture
def assignment(admin: User, radiologist: User) -> Assignment:
    study = make_study()
    return assign_cases(admin, [make_case(study, make_stack(study, frames=1)).pk], [radiologist.pk])[0]


def test_sittings_add_up_and_late_words_take_nothing_away(
    admin: User, radiologist: User, assignment: Assignment
) -> None:
    first, second = uuid4(), uuid4()
    for sitting, seconds in ((first, 10), (first, 25), (first, 15), (second, 5), (second, 5)):
        record_reading_time(radiologist, assignment.pk, sitting, active_seconds=seconds)
    assert worklist_for(radiologist).get().active_seconds == 30
    assert assignments_for(admin).get().active_seconds == 30


def test_a_case_that_nobody_opened_was_read_for_no_time(radiologist: User, assignment: Assignment) -> None:
    assert worklist_for(radiologist).get().active_seconds == 0


def test_the_last_word_may_come_after_submitting(radiologist: User, assignment: Assignment) -> None:
    submit_assignment(radiologist, assignment.pk)
    assert record_reading_time(radiologist, assignment.pk, uuid4(), active_seconds=4).active_seconds == 4


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 3600])
def test_no_more_is_kept_than_can_have_passed(radiologist: User, assignment: Assignment, seconds: float) -> None:
    with pytest.raises(InvalidError):
        record_reading_time(radiologist, assignment.pk, uuid4(), active_seconds=seconds)
    sitting = uuid4()
    record_reading_time(radiologist, assignment.pk, sitting, active_seconds=1)
    ReadingTime.objects.filter(pk=sitting).update(started_at=timezone.now() - timedelta(hours=2))
    assert record_reading_time(radiologist, assignment.pk, sitting, active_seconds=3600).active_seconds == 3600


def test_nobody_tells_anothers_time(
    admin: User, radiologist: User, second_radiologist: User, assignment: Assignment
) -> None:
    sitting = uuid4()
    record_reading_time(radiologist, assignment.pk, sitting, active_seconds=1)
    with pytest.raises(NotFoundError):
        record_reading_time(second_radiologist, assignment.pk, uuid4(), active_seconds=1)
    with pytest.raises(NotAllowedError):
        record_reading_time(admin, assignment.pk, uuid4(), active_seconds=1)
    study = make_study()
    other = assign_cases(admin, [make_case(study, make_stack(study, frames=1)).pk], [second_radiologist.pk])[0]
    with pytest.raises(NotFoundError):
        record_reading_time(second_radiologist, other.pk, sitting, active_seconds=2)
    assert ReadingTime.objects.get().active_seconds == 1
