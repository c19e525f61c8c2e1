"""Offer a schema for no new answers any more, or again. What was answered stays as it is."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotFoundError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.labels.actions.edit_draft import KIND, check_may_edit
from annotator.labels.actions.publish_draft import check_reason
from annotator.labels.models import LabelSchema, RetiredSchema


def retire_schema(person: Person, key: str, *, reason: str) -> None:
    """Retire every version of a schema, also of one that comes with the program.

    Raises
    ------
    NotAllowedError : the person is no admin.
    InvalidError : no reason; path "reason".
    NotFoundError : there is no such schema.
    ConflictError : it is retired already.
    """
    check_may_edit(person)
    why = check_reason(reason)
    with transaction.atomic():
        _check_exists(key)
        _row, is_new = RetiredSchema.objects.get_or_create(
            key=key, defaults={"reason": why, "retired_by": signed_in(person)}
        )
        if not is_new:
            raise ConflictError(f"{key!r} is retired already.")
        record_audit(person, "retire_schema", target_kind=KIND, target_id=key, detail={"reason": why})


def bring_back_schema(person: Person, key: str, *, reason: str) -> None:
    """Offer a retired schema again.

    Raises
    ------
    NotAllowedError, InvalidError, NotFoundError : as for retire_schema.
    ConflictError : it is not retired.
    """
    check_may_edit(person)
    why = check_reason(reason)
    with transaction.atomic():
        _check_exists(key)
        if not RetiredSchema.objects.filter(key=key).delete()[0]:
            raise ConflictError(f"{key!r} is offered already.")
        record_audit(person, "bring_back_schema", target_kind=KIND, target_id=key, detail={"reason": why})


def _check_exists(key: str) -> None:
    if not LabelSchema.objects.filter(key=key).exists():
        raise NotFoundError(f"There is no label schema {key!r}.")
