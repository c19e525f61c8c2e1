"""Give a person the key under which their browser keeps what it has not sent yet."""

import secrets

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.models import KeepingKey
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in

KEY_BYTES = 32


def issue_keeping_key(person: Person) -> KeepingKey:
    """Return the person's own key; there is one a person, random, made at the first call and never changed.

    It is never changed because what a browser holds under it could not be read any more.

    Raises
    ------
    NotAllowedError : nobody, or a deactivated account.
    """
    user = signed_in(person)
    found = KeepingKey.objects.filter(person=user).first()
    if found is not None:
        return found
    with transaction.atomic():
        # Two windows that ask at once get the same key.
        key, is_new = KeepingKey.objects.get_or_create(person=user, defaults={"secret": secrets.token_bytes(KEY_BYTES)})
        if is_new:
            record_audit(user, "issue_keeping_key", target_kind="person", target_id=user.pk)
    return key
