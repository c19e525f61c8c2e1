"""Who may open which case, and see whose it is."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person, has_role
from annotator.accounts.sources import is_source
from annotator.cases.models import Case, CaseGrant


def may_see_every_case(person: Person) -> bool:
    """Data managers and admins see all cases, and whose they are."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_grant_cases(person: Person) -> bool:
    return has_role(person, Role.ADMIN)


def may_grant_cases_to(person: Person, reader: User) -> bool:
    """Admins to anybody; data managers to a source, which is nobody: its marks must lie in a case."""
    return may_grant_cases(person) or (is_source(reader) and has_role(person, Role.DATA_MANAGER))


def may_make_cases(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_edit_hangings(person: Person) -> bool:
    return has_role(person, Role.ADMIN)


def grant_holds_at(moment: datetime) -> Q:
    """What a grant must fulfil to open its case at a moment: begun, and not yet ended."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=moment)
    not_ended = Q(valid_until__isnull=True) | Q(valid_until__gt=moment)
    return begun & not_ended


def may_open_case(person: Person, case: Case) -> bool:
    """Whether a person may open a case now: by role, or by a grant that holds."""
    if may_see_every_case(person):
        return True
    if not has_role(person, Role.RADIOLOGIST):
        return False
    return CaseGrant.objects.filter(grant_holds_at(timezone.now()), case=case, person_id=person.pk).exists()
