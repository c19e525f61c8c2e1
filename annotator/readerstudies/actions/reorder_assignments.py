"""Change the order of a reader's worklist."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.readerstudies.models import Assignment
from annotator.readerstudies.policies import may_assign


def reorder_assignments(person: Person, reader_id: int, assignment_ids: Iterable[UUID | str]) -> list[Assignment]:
    """Put assignments of one reader into this order, on the places that they hold now; others stay where they are.

    Returns them in the new order.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    InvalidError : one is named twice, or isn't this reader's; path "assignments".
    """
    if not may_assign(person):
        raise NotAllowedError("Only an admin may reorder a worklist.")
    wanted = [str(one).lower() for one in assignment_ids]
    if len(set(wanted)) != len(wanted):
        raise InvalidError("An assignment is named twice.", path="assignments")
    with transaction.atomic():
        # As in assign_cases: whoever gives out places of a worklist locks its reader first.
        User.objects.select_for_update(no_key=True).filter(pk=reader_id).values_list("pk").first()
        held = {
            str(one.pk): one for one in Assignment.objects.select_related("case", "reader").filter(reader_id=reader_id)
        }
        if unknown := [one for one in wanted if one not in held]:
            raise InvalidError(f"This reader has no assignment {unknown[0]}.", path="assignments")
        moved = [held[one] for one in wanted]
        places = sorted(one.place for one in moved)
        _set_places(reader_id, moved, places)
        detail: dict[str, object] = {"order": [str(one.pk) for one in moved]}
        record_audit(person, "reorder_assignments", target_kind="person", target_id=reader_id, detail=detail)
    return moved


def _set_places(reader_id: int, moved: list[Assignment], places: list[int]) -> None:
    # The database holds one assignment a place at every moment, so all step aside before any takes its new place.
    last = Assignment.objects.filter(reader_id=reader_id).aggregate(last=Max("place"))["last"] or 0
    for at, assignment in enumerate(moved):
        assignment.place = last + 1 + at
    Assignment.objects.bulk_update(moved, ["place"])
    for assignment, place in zip(moved, places, strict=True):
        assignment.place = place
    Assignment.objects.bulk_update(moved, ["place"])
