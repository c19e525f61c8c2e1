"""Set a new password for a person who lost theirs, or whose password somebody else knows."""

from django.db import transaction
from rest_framework.authtoken.models import Token

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.models import User
from annotator.accounts.passwords import check_password_strength
from annotator.accounts.policies import Person
from annotator.accounts.queries import person_for
from annotator.accounts.sources import check_is_no_source


def reset_password(person: Person, user_id: int, *, password: str) -> User:
    """Replace a person's password. Their sessions end with it, and so do the tokens of their programs.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such person.
    InvalidError : the password is too weak, or nobody signs in under this name.
    """
    with transaction.atomic():
        user = person_for(person, user_id)
        check_is_no_source(user, path="username")
        check_password_strength(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        # A token outlives a password unless it is taken away: whoever knew the old one may hold one.
        Token.objects.filter(user=user).delete()
        detail: dict[str, object] = {"username": user.username}
        record_audit(person, "reset_password", target_kind="person", target_id=user.pk, detail=detail)
    return user
