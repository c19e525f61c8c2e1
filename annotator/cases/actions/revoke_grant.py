"""Take a reader's access to a case away."""

from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person
from annotator.cases.models import CaseGrant
from annotator.cases.policies import may_grant_cases
from annotator.cases.queries import case_for


def revoke_grant(person: Person, case_id: UUID | str, *, reader_id: int) -> bool:
    """End a reader's access to a case; their marks stay. Returns whether there was one.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such case.
    """
    if not may_grant_cases(person):
        raise NotAllowedError("Only an admin may take access to a case away.")
    with transaction.atomic():
        case = case_for(person, case_id)
        removed, _ = CaseGrant.objects.filter(case=case, person_id=reader_id).delete()
        if removed:
            detail: dict[str, object] = {"reader_id": reader_id}
            record_audit(person, "revoke_grant", target_kind="case", target_id=case.pk, detail=detail)
    return bool(removed)
