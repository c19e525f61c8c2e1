"""Which hangings there are. They hold nothing of patients."""

from django.db.models import QuerySet

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.cases.hangings.contents import content_of
from annotator.cases.hangings.definition import Protocol, protocol_of
from annotator.cases.hangings.shipped import shipped_protocols
from annotator.cases.models import HangingProtocol
from annotator.cases.policies import may_edit_hangings


def enabled_protocols() -> list[Protocol]:
    """What cases may hang by. Where none was ever installed, all that are shipped."""
    rows = list(HangingProtocol.objects.all())
    if not rows:
        return list(shipped_protocols())
    return [protocol_of(content_of(row)) for row in rows if row.enabled]


def hangings_for(person: Person) -> QuerySet[HangingProtocol]:
    """All of them, for admins, by modality, the first choice first."""
    rows = HangingProtocol.objects.select_related("changed_by")
    return rows if may_edit_hangings(person) else rows.none()


def hanging_for(person: Person, key: str) -> HangingProtocol:
    """One of them.

    Raises
    ------
    NotFoundError : there is none, or this person may not edit them.
    """
    found = hangings_for(person).filter(key=key).first()
    if found is None:
        raise NotFoundError(f"There is no hanging {key!r}.")
    return found
