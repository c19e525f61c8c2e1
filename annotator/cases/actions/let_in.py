"""Open cases to a reader on terms, and close them again, on behalf of a room above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotator.accounts.actions.record_audits import record_audits
from annotator.cases.models import CaseGrant


@dataclass(frozen=True)
class Terms:
    """What a reader is let in on.

    Attributes
    ----------
    mark_kinds, schemas : that may be used; None: all.
    """

    shows_suggestions: bool
    valid_from: datetime | None = None
    mark_kinds: tuple[str, ...] | None = None
    schemas: tuple[str, ...] | None = None


def let_in(reader_id: int, cases: Iterable[tuple[UUID, Terms]]) -> None:
    """Open cases to a reader, blinded to whose they are; terms that are there already are replaced.

    The system's own: reader studies call it along an order that an admin launched; no person does.
    """
    with transaction.atomic():
        rows = [
            CaseGrant(
                case_id=case_id,
                person_id=reader_id,
                shows_identity=False,
                shows_suggestions=terms.shows_suggestions,
                valid_from=terms.valid_from,
                valid_until=None,
                mark_kinds=None if terms.mark_kinds is None else list(terms.mark_kinds),
                schemas=None if terms.schemas is None else list(terms.schemas),
            )
            for case_id, terms in cases
        ]
        CaseGrant.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["case", "person"],
            update_fields=CaseGrant.TERMS,
        )
        record_audits(
            None,
            "let_in",
            target_kind="case",
            targets=(
                (
                    one.case_id,
                    {
                        "reader_id": reader_id,
                        "valid_from": one.valid_from.isoformat() if one.valid_from else None,
                        "shows_suggestions": one.shows_suggestions,
                    },
                )
                for one in rows
            ),
        )


def let_out(reader_id: int, case_ids: Sequence[UUID]) -> None:
    """Close cases to a reader from now on; what they made stays. The system's own, as `let_in`."""
    with transaction.atomic():
        now = timezone.now()
        grants = CaseGrant.objects.filter(person_id=reader_id, case__in=case_ids)
        # A grant that hasn't begun can't end; it goes.
        grants.filter(valid_from__gte=now).delete()
        closing = grants.filter(Q(valid_until=None) | Q(valid_until__gt=now))
        closed = list(closing.values_list("case_id", flat=True))
        closing.update(valid_until=now)
        detail: dict[str, object] = {"reader_id": reader_id}
        record_audits(None, "let_out", target_kind="case", targets=((case_id, detail) for case_id in closed))
