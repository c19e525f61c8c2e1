"""Give a person another role."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.admins import check_another_admin_stays
from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person
from annotator.accounts.queries import person_for
from annotator.accounts.roles import role_named


def change_role(person: Person, user_id: int, *, role: Role | str) -> User:
    """Change what a person may do; the same role again changes nothing.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such person.
    InvalidError : there is no such role.
    ConflictError : it would leave the house without an admin.
    """
    new = role_named(role)
    with transaction.atomic():
        user = person_for(person, user_id)
        before = user.role
        if before == new:
            return user
        if before == Role.ADMIN:
            check_another_admin_stays(user)
        user.role = new
        user.save(update_fields=["role"])
        detail: dict[str, object] = {"username": user.username, "from": str(before), "to": str(new)}
        record_audit(person, "change_role", target_kind="person", target_id=user.pk, detail=detail)
    return user
