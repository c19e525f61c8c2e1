"""Take the token of a person's programs away."""

from django.db import transaction
from rest_framework.authtoken.models import Token

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in


def revoke_token(person: Person) -> None:
    """Make the person's own token worthless at once; without one nothing happens.

    Raises
    ------
    NotAllowedError : nobody, or a deactivated account.
    """
    user = signed_in(person)
    with transaction.atomic():
        removed, _ = Token.objects.filter(user=user).delete()
        if removed:
            record_audit(user, "revoke_token", target_kind="person", target_id=user.pk)
