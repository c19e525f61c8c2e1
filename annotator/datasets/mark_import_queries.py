"""Imports of marks as those may see them who bring marks in."""

import uuid

from django.db.models import QuerySet

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.datasets.models import MarkImport
from annotator.datasets.policies import may_import


def mark_imports_for(person: Person) -> QuerySet[MarkImport]:
    """All imports, newest first, with job and who asked; none for whoever may not import."""
    rows = MarkImport.objects.select_related("job", "requested_by").order_by("-created_at")
    return rows if may_import(person) else rows.none()


def mark_import_for(person: Person, import_id: uuid.UUID, *, locked: bool = False) -> MarkImport:
    """One import, locked for a change where that is asked for; call that in a transaction.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    """
    rows = mark_imports_for(person)
    if locked:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=import_id).first()
    if found is None:
        raise NotFoundError("There is no such import.")
    return found
