"""Take a person's access away; what they made stays theirs."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.admins import check_another_admin_stays
from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person
from annotator.accounts.queries import person_for


def deactivate_person(person: Person, user_id: int) -> User:
    """End a person's sessions and programs at their next request; doing it twice changes nothing.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such person.
    ConflictError : it is the last admin.
    """
    with transaction.atomic():
        user = person_for(person, user_id)
        if not user.is_active:
            return user
        if user.role == Role.ADMIN:
            check_another_admin_stays(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        detail: dict[str, object] = {"username": user.username}
        record_audit(person, "deactivate_person", target_kind="person", target_id=user.pk, detail=detail)
    return user
