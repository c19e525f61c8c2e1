"""Show a case's suggestions in its copies, as they are now."""

from collections.abc import Sequence
from uuid import UUID

from annotator.assist.models import Suggestion

_BATCH = 500


def copy_suggestions(copies: Sequence[tuple[UUID, UUID]], *, model: str = "") -> int:
    """Copy what models propose for cases to their copies; what is proposed later stays with the case. Returns how many.

    The system's own, as record_suggestions.

    Parameters
    ----------
    copies : (case, copy).
    model : "name version" of the only model whose suggestions count; empty: of all.
    """
    to: dict[UUID, list[UUID]] = {}
    for case_id, copy_id in copies:
        to.setdefault(case_id, []).append(copy_id)
    rows = Suggestion.objects.select_related("model_version").order_by("created_at", "pk")
    wanted = list(to)
    made: list[Suggestion] = []
    for start in range(0, len(wanted), _BATCH):
        for one in rows.filter(asked_by=None, case__in=wanted[start : start + _BATCH]):
            if model and str(one.model_version) != model:
                continue
            made += [
                Suggestion(
                    case_id=copy_id,
                    frame_id=one.frame_id,
                    model_version_id=one.model_version_id,
                    kind=one.kind,
                    points=one.points,
                    mask=one.mask,
                    label=one.label,
                    score=one.score,
                    note=one.note,
                    model_note=one.model_note,
                )
                for copy_id in to[one.case_id]
            ]
    Suggestion.objects.bulk_create(made, batch_size=_BATCH)
    return len(made)
