"""Give a person's programs a token to sign in with."""

from django.db import transaction
from rest_framework.authtoken.models import Token

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in


def issue_token(person: Person) -> str:
    """Return the person's token; there is one a person, made at the first call.

    Whoever calls this has checked the password. The token holds until it is revoked or the password is reset.

    Raises
    ------
    NotAllowedError : nobody, or a deactivated account.
    """
    user = signed_in(person)
    with transaction.atomic():
        token, is_new = Token.objects.get_or_create(user=user)
        if is_new:
            record_audit(user, "issue_token", target_kind="person", target_id=user.pk)
    return str(token.key)
