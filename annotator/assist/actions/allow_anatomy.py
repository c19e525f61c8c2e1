"""Let a model answer about an anatomy that it did not learn from, or take that back."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import User
from annotator.annotations.storable_checks import check_line
from annotator.assist.fitness import plain_anatomy
from annotator.assist.models import AnatomyAllowance, ModelVersion
from annotator.assist.policies import may_promote_models


def allow_anatomy(person: User, name: str, anatomy: str, *, allowed: bool, reason: str) -> None:
    """Allow or forbid; doing it twice changes nothing.

    Parameters
    ----------
    anatomy : as pictures name it, "THYROID"; empty: pictures that name none.

    Raises
    ------
    NotAllowedError : the person is no admin.
    NotFoundError : there is no such model.
    InvalidError : no reason is given.
    """
    if not may_promote_models(person):
        raise NotAllowedError("Admins decide what a model is asked about.")
    words = check_line(reason, path="reason", longest=200)
    if not words:
        raise InvalidError("Say why: it stands in the list for those who come after you.", "reason")
    plain = check_line(plain_anatomy(anatomy), path="anatomy", longest=64)
    if not ModelVersion.objects.exclude(weights="").filter(name=name).exists():
        raise NotFoundError(f"There is no model {name}.")
    with transaction.atomic():
        if allowed:
            _, changed = AnatomyAllowance.objects.get_or_create(
                name=name, anatomy=plain, defaults={"by": person, "reason": words}
            )
        else:
            changed = bool(AnatomyAllowance.objects.filter(name=name, anatomy=plain).delete()[0])
        if changed:
            detail: dict[str, object] = {"anatomy": plain, "allowed": allowed, "reason": words}
            record_audit(person, "allow_anatomy", target_kind="model", target_id=name, detail=detail)
