"""Every saved state is kept: one row a revision, and one audit entry."""

from typing import Literal
from uuid import UUID

from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.models import User
from annotator.annotations.models import Annotation, Answer, Finding, Revision
from annotator.annotations.records import record_as_dict

Verb = Literal["create", "change", "delete", "restore", "unlink"]


def save_as_next_revision(
    record: Annotation | Finding | Answer, *, saved_by: User, verb: Verb, change: UUID | None = None
) -> None:
    """Count the record's revision up, save it, keep the state and write the audit entry. Call it in a transaction.

    Parameters
    ----------
    record : with its new values; `deleted_at` is set here, by the verb.
    change : the identifier under which the reader's program sent this; see `was_saved`.
    """
    record.revision += 1
    record.deleted_at = timezone.now() if verb == "delete" else None
    record.save(force_insert=verb == "create")
    kind = str(record._meta.model_name)
    Revision.objects.create(
        target_kind=kind,
        target_id=record.pk,
        number=record.revision,
        state=record_as_dict(record),
        saved_by=saved_by,
        change=change,
    )
    detail: dict[str, object] = {"case": str(record.case_id), "revision": record.revision}
    record_audit(saved_by, f"{verb}_{kind}", target_kind=kind, target_id=record.pk, detail=detail)


def verb_for(record: Annotation | Finding | Answer) -> Verb:
    """What saving new values to this record is: making it, changing it, or bringing it back."""
    if record.revision == 0:
        return "create"
    return "change" if record.deleted_at is None else "restore"
