"""Write many lines of one kind into the audit trail at once, in the caller's transaction."""

from collections.abc import Iterable

from annotator.accounts.models import AuditEntry
from annotator.accounts.policies import Person

_BATCH = 500


def record_audits(
    actor: Person | None, action: str, *, target_kind: str, targets: Iterable[tuple[object, dict[str, object]]]
) -> None:
    """Add an audit entry for each target.

    Parameters
    ----------
    actor, action, target_kind : as for record_audit.
    targets : (identifier, detail) of each.
    """
    actor_id = actor.pk if actor is not None and actor.is_authenticated else None
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                actor_id=actor_id, action=action, target_kind=target_kind, target_id=str(target_id), detail=detail
            )
            for target_id, detail in targets
        ),
        batch_size=_BATCH,
    )
