"""Note how long a reader has attended to a case so far in one sitting."""

import math
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.readerstudies.freeze_read import unaccounted_seconds
from annotator.readerstudies.locked_assignment import locked_assignment
from annotator.readerstudies.models import Assignment, AssignmentState, ReadingTime
from annotator.readerstudies.policies import may_read_cases

# A page tells every quarter of a minute; its first word comes at most this long after it began to count, and so may
# one that a closing page or a lost network delayed.
LONGEST_UNTOLD = timedelta(minutes=10)
# How long after a reading was handed in its page may still tell the last seconds of it.
LAST_WORDS = timedelta(minutes=1)


def record_reading_time(
    person: Person, assignment_id: UUID | str, sitting: UUID, *, active_seconds: float
) -> ReadingTime:
    """Keep the time of a sitting; it only grows, so that late and repeated words do no harm.

    Parameters
    ----------
    sitting : made by the page when it opened the case.
    active_seconds : since the sitting began, pauses left out.

    Raises
    ------
    NotAllowedError : `person` is no radiologist.
    NotFoundError : it isn't on their worklist, or the sitting is another's.
    InvalidError : more than can have passed.
    """
    if not may_read_cases(person):
        raise NotAllowedError("Only radiologists read cases.")
    if not math.isfinite(active_seconds) or active_seconds < 0:
        raise InvalidError("The time read is a number of seconds from 0.", path="active_seconds")
    with transaction.atomic():
        assignment = _own(person, assignment_id)
        kept = ReadingTime.objects.filter(pk=sitting).first()
        if kept is not None and kept.assignment_id != assignment.pk:
            raise NotFoundError("This sitting belongs to another assignment.")
        begun = kept.started_at if kept else timezone.now()
        if timedelta(seconds=active_seconds) > timezone.now() - begun + LONGEST_UNTOLD:
            raise InvalidError("More time than has passed since the case was opened.", path="active_seconds")
        if kept is None:
            kept = ReadingTime.objects.create(pk=sitting, assignment=assignment, active_seconds=active_seconds)
        elif active_seconds > kept.active_seconds:
            kept.active_seconds = active_seconds
            kept.save(update_fields=["active_seconds", "updated_at"])
        if assignment.study_id is not None:
            _add_last_words(assignment)
    return kept


def _own(person: Person, assignment_id: UUID | str) -> Assignment:
    """One's own; of a study also one that was handed in a moment ago: its page tells the last seconds after that."""
    own = Assignment.objects.filter(pk=assignment_id, reader_id=person.pk, study__isnull=False)
    if own.filter(submitted_at__gt=timezone.now() - LAST_WORDS).exists():
        return own.select_for_update(of=("self",)).get()
    assignment = locked_assignment(person, assignment_id)
    if assignment.reader_id != person.pk:
        raise NotFoundError("There is no such assignment among those that you may see.")
    return assignment


def _add_last_words(assignment: Assignment) -> None:
    """What a page told as it was left belongs to the step that it had just handed in."""
    fresh = assignment.reads.filter(handed_in_at__gt=timezone.now() - LAST_WORDS, set_aside_at=None).last()
    more = unaccounted_seconds(assignment)
    if fresh is not None and assignment.state == AssignmentState.SUBMITTED and more > 0:
        fresh.active_seconds += more
        fresh.save(update_fields=["active_seconds"])
