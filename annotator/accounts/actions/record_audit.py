"""Write a line into the audit trail, in the caller's transaction."""

from annotator.accounts.models import AuditEntry
from annotator.accounts.policies import Person


def record_audit(
    actor: Person | None, action: str, *, target_kind: str, target_id: object, detail: dict[str, object] | None = None
) -> AuditEntry:
    """Add one audit entry.

    Parameters
    ----------
    actor : who did it; None for the system itself.
    action : a verb and a noun, e.g. "create_annotation".
    """
    return AuditEntry.objects.create(
        actor_id=actor.pk if actor is not None and actor.is_authenticated else None,
        action=action,
        target_kind=target_kind,
        target_id=str(target_id),
        detail=detail or {},
    )
