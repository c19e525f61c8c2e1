"""Let a reader open a case, from, until, shown what."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.cases.models import CaseGrant
from annotator.cases.policies import may_grant_cases
from annotator.cases.queries import case_for


def grant_case(
    person: Person,
    case_id: UUID | str,
    *,
    reader_id: int,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    shows_identity: bool = False,
    shows_suggestions: bool = True,
) -> CaseGrant:
    """Give access, or change the terms of the access that the reader has.

    Parameters
    ----------
    valid_from, valid_until : with a time zone; None means no limit on that side.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such case.
    InvalidError : there is no such active reader, or the grant would end before it begins.
    """
    if not may_grant_cases(person):
        raise NotAllowedError("Only an admin may give readers access to a case.")
    if valid_from is not None and valid_until is not None and valid_from >= valid_until:
        raise InvalidError("The access would end before it begins.", path="valid_until")
    with transaction.atomic():
        case = case_for(person, case_id)
        reader = User.objects.filter(pk=reader_id, is_active=True).first()
        if reader is None:
            raise InvalidError(f"There is no active person number {reader_id}.", path="reader")
        terms: dict[str, object] = {
            "valid_from": valid_from,
            "valid_until": valid_until,
            "shows_identity": shows_identity,
            "shows_suggestions": shows_suggestions,
        }
        grant, _ = CaseGrant.objects.update_or_create(case=case, person=reader, defaults=terms)
        detail: dict[str, object] = {
            "reader": reader.username,
            "valid_from": valid_from.isoformat() if valid_from else None,
            "valid_until": valid_until.isoformat() if valid_until else None,
            "shows_identity": shows_identity,
            "shows_suggestions": shows_suggestions,
        }
        record_audit(person, "grant_case", target_kind="case", target_id=case.pk, detail=detail)
    return grant
