"""Make, change, copy, enable and delete hangings."""

from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.cases.hangings.contents import content_of, put_into
from annotator.cases.hangings.definition import HangingError, check_protocol
from annotator.cases.hangings.queries import hanging_for
from annotator.cases.models import HangingLevel, HangingProtocol
from annotator.cases.policies import may_edit_hangings

_KIND = "hanging"
HIGHEST_PRIORITY = 1000


def make_hanging(person: Person, content: dict[str, Any]) -> HangingProtocol:
    """Make a hanging of JSON as hangings/meta_schema.json describes it.

    Raises
    ------
    NotAllowedError : the person is no admin.
    HangingError : it does not hold together; `path` says where.
    ConflictError : the key is taken.
    """
    _check_may_edit(person)
    check_protocol(content)
    with transaction.atomic():
        if HangingProtocol.objects.filter(key=content["key"]).exists():
            raise ConflictError(f"There is a hanging {content['key']!r} already: choose another key.")
        row = HangingProtocol(level=HangingLevel.SITE, changed_by=signed_in(person))
        put_into(row, content)
        row.save()
        record_audit(person, "make_hanging", target_kind=_KIND, target_id=row.key, detail={"definition": content})
    return row


def change_hanging(person: Person, key: str, content: dict[str, Any]) -> HangingProtocol:
    """Change one that was made here; its key stays.

    Raises
    ------
    NotAllowedError, HangingError : as for make_hanging.
    NotFoundError : there is none.
    ConflictError : it is a shipped one: copy it.
    """
    _check_may_edit(person)
    check_protocol(content)
    if content["key"] != key:
        raise HangingError(f"the key of {key!r} can't be changed: readers' last choice is kept under it", "key")
    with transaction.atomic():
        row = _locked(person, key)
        _check_made_here(row)
        before = content_of(row)
        if before != content:
            put_into(row, content)
            row.changed_by = signed_in(person)
            row.save()
            detail: dict[str, object] = {"before": before, "after": content}
            record_audit(person, "change_hanging", target_kind=_KIND, target_id=key, detail=detail)
    return row


def arrange_hanging(
    person: Person, key: str, *, enabled: bool | None = None, priority: int | None = None
) -> HangingProtocol:
    """Offer a hanging or not, and say how early it comes among those that fit; shipped ones too. None leaves it.

    Raises
    ------
    NotAllowedError, NotFoundError : as for change_hanging.
    HangingError : a priority below 0 or above 1000.
    """
    _check_may_edit(person)
    if priority is not None and not 0 <= priority <= HIGHEST_PRIORITY:
        raise HangingError(f"a priority lies between 0 and {HIGHEST_PRIORITY}", "priority")
    with transaction.atomic():
        row = _locked(person, key)
        wished = {"enabled": enabled, "priority": priority}
        changed = {name: value for name, value in wished.items() if value is not None and getattr(row, name) != value}
        if changed:
            detail: dict[str, object] = {f"{name}_before": getattr(row, name) for name in changed}
            for name, value in changed.items():
                setattr(row, name, value)
            row.changed_by = signed_in(person)
            row.save()
            record_audit(person, "arrange_hanging", target_kind=_KIND, target_id=key, detail={**detail, **changed})
    return row


def copy_hanging(person: Person, key: str) -> HangingProtocol:
    """Make a copy that can be changed, under a free key; it is not offered until somebody enables it.

    Raises
    ------
    NotAllowedError, NotFoundError : as for change_hanging.
    """
    _check_may_edit(person)
    with transaction.atomic():
        source = hanging_for(person, key)
        taken = set(HangingProtocol.objects.values_list("key", flat=True))
        copied = next(name for at in range(1, len(taken) + 2) if (name := _copy_name(key, at)) not in taken)
        content = content_of(source) | {"key": copied, "name": f"{source.name[:70]} (copy)"}
        row = HangingProtocol(level=HangingLevel.SITE, enabled=False, changed_by=signed_in(person))
        put_into(row, content)
        row.save()
        record_audit(person, "copy_hanging", target_kind=_KIND, target_id=copied, detail={"of": key})
    return row


def delete_hanging(person: Person, key: str) -> None:
    """Delete one that was made here; its definition stays in the audit trail.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError : as for change_hanging.
    """
    _check_may_edit(person)
    with transaction.atomic():
        row = _locked(person, key)
        _check_made_here(row)
        detail: dict[str, object] = {"definition": content_of(row)}
        record_audit(person, "delete_hanging", target_kind=_KIND, target_id=key, detail=detail)
        row.delete()


def _copy_name(key: str, at: int) -> str:
    return f"{key[:55]}-copy" + (f"-{at}" if at > 1 else "")


def _locked(person: Person, key: str) -> HangingProtocol:
    hanging_for(person, key)
    return HangingProtocol.objects.select_for_update().get(key=key)


def _check_made_here(row: HangingProtocol) -> None:
    if row.level == HangingLevel.MANUFACTURER:
        raise ConflictError(f"{row.name!r} is a shipped hanging: make a copy and change that, or turn it off.")


def _check_may_edit(person: Person) -> None:
    if not may_edit_hangings(person):
        raise NotAllowedError("Only an admin may change hangings.")
