"""Give a deactivated person access again."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.accounts.queries import person_for


def activate_person(person: Person, user_id: int) -> User:
    """Let a person sign in again; doing it twice changes nothing.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such person.
    """
    with transaction.atomic():
        user = person_for(person, user_id)
        if user.is_active:
            return user
        user.is_active = True
        user.save(update_fields=["is_active"])
        detail: dict[str, object] = {"username": user.username}
        record_audit(person, "activate_person", target_kind="person", target_id=user.pk, detail=detail)
    return user
