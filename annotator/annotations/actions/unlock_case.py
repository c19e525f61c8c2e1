"""Let a reader write in a case again."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.annotations.models import CaseLock
from annotator.annotations.policies import may_unlock
from annotator.cases.models import Case


def unlock_case(person: Person, case: Case, *, owner: User) -> bool:
    """Take the lock off an owner's reading. Returns whether there was one.

    Raises
    ------
    NotAllowedError : `person` is neither data manager nor admin.
    """
    if not may_unlock(person):
        raise NotAllowedError("Only data managers and admins may unlock a reading.")
    with transaction.atomic():
        removed, _ = CaseLock.objects.filter(case=case, owner=owner).delete()
        if removed:
            detail: dict[str, object] = {"owner": owner.username}
            record_audit(person, "unlock_case", target_kind="case", target_id=case.pk, detail=detail)
    return bool(removed)
