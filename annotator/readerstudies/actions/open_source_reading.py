"""Open the reading of a source, in which marks of another program are kept."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.sources import is_source
from annotator.annotations.actions.unlock_case import unlock_case
from annotator.cases.actions.grant_cases import grant_cases
from annotator.cases.queries import case_for
from annotator.readerstudies.assignment_states import move_assignment
from annotator.readerstudies.models import Assignment, AssignmentState
from annotator.readerstudies.policies import may_open_source_readings

_WHY = "More marks of this source are brought in."


def open_source_reading(person: User, case_id: UUID, source: User) -> Assignment:
    """Make a source's reading of a case, or open the one that was submitted; call it in a transaction.

    Parameters
    ----------
    source : the user that stands for it; nobody can sign in as it.

    Raises
    ------
    NotAllowedError : `person` is neither data manager nor admin.
    NotFoundError : there is no such case.
    InvalidError : the user is a person who reads; path "source".
    """
    if not may_open_source_readings(person):
        raise NotAllowedError("Readings of sources are opened by data managers and admins.")
    if not is_source(source):
        raise InvalidError(f"{source.username} is a person: an admin gives them cases.", path="source")
    case = case_for(person, case_id)
    with transaction.atomic():
        # One import of a source at a time: places on its list are counted.
        User.objects.select_for_update(no_key=True).get(pk=source.pk)
        reading = Assignment.objects.filter(case=case, reader=source).first()
        if reading is None:
            last = Assignment.objects.filter(reader=source).aggregate(last=Max("place"))["last"] or 0
            reading = Assignment.objects.create(case=case, reader=source, place=last + 1, assigned_by=person)
            grant_cases(person, [case], reader=source, shows_suggestions=False)
        elif reading.state == AssignmentState.SUBMITTED:
            move_assignment(reading, AssignmentState.OPENED, returned=_WHY)
            unlock_case(person, case, owner=source)
        else:
            return reading
        detail: dict[str, object] = {"case": str(case.pk), "source": source.username}
        record_audit(person, "open_source_reading", target_kind="assignment", target_id=reading.pk, detail=detail)
    return reading
