"""End a reader's writing in a case."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.annotations.models import CaseLock
from annotator.annotations.policies import may_lock
from annotator.cases.models import Case, CaseGrant


def lock_case(person: Person, case: Case, *, owner: User, reason: str) -> CaseLock:
    """Make the owner's marks, findings and answers in a case unchangeable; a lock that is there stays.

    Parameters
    ----------
    reason : in words for the reader, e.g. "it was submitted".

    Raises
    ------
    NotAllowedError : neither the owner nor an admin.
    """
    if not may_lock(person, owner):
        raise NotAllowedError("Only the reader or an admin may lock a reading.")
    with transaction.atomic():
        # The turn of the owner (turns.py): a save that has begun ends first, one that comes later finds the lock.
        list(CaseGrant.objects.select_for_update().filter(case=case, person=owner).values_list("pk"))
        lock, is_new = CaseLock.objects.get_or_create(case=case, owner=owner, defaults={"reason": reason})
        if is_new:
            detail: dict[str, object] = {"owner": owner.username, "reason": reason}
            record_audit(person, "lock_case", target_kind="case", target_id=case.pk, detail=detail)
    return lock
