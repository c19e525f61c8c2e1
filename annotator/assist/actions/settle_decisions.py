"""Keep what a reader changed on accepted suggestions, when the reading is handed in."""

from uuid import UUID

from annotator.assist.change import Shape, change_of
from annotator.assist.models import Decision, Outcome, SuggestionDecision


def settle_decisions(case_id: UUID, reader_id: int) -> int:
    """Compare every suggestion that the reader decided on with the marks as they are now. Returns how many.

    The system's own: whatever locks a reading calls it, in its transaction, behind the lock. A reading that is
    reopened and handed in again is compared again.
    """
    decisions = SuggestionDecision.objects.filter(suggestion__case=case_id, reader=reader_id)
    rows = list(decisions.select_related("suggestion__frame__instance", "annotation"))
    for one in rows:
        one.outcome, one.dice, one.moved_points = _settled(one)
    SuggestionDecision.objects.bulk_update(rows, ["outcome", "dice", "moved_points"], batch_size=500)
    return len(rows)


def _settled(decision: SuggestionDecision) -> tuple[str, float | None, int | None]:
    if decision.decision == Decision.REJECTED:
        return Outcome.REJECTED, None, None
    mark = decision.annotation
    if mark is None or mark.deleted_at is not None:
        return Outcome.DELETED, None, None
    suggestion = decision.suggestion
    instance = suggestion.frame.instance
    change = change_of(
        Shape(suggestion.kind, suggestion.points, suggestion.mask),
        Shape(mark.kind, mark.points, mark.mask),
        rows=instance.rows,
        columns=instance.columns,
    )
    outcome = Outcome.EDITED if change.is_edited else Outcome.AS_IT_WAS
    return outcome, change.dice, change.moved_points
