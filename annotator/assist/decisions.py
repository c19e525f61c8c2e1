"""What a reader decided on a suggestion, about to be changed."""

from annotator.annotations.turns import Turn, check_may_change
from annotator.assist.models import Suggestion, SuggestionDecision

# What a decision holds before the reading is handed in.
UNSETTLED: dict[str, object] = {"outcome": "", "dice": None, "moved_points": None}


def own_decision_to_change(turn: Turn, suggestion: Suggestion) -> SuggestionDecision | None:
    """Lock the suggestion and return this reader's decision on it, if there is one. Call it in a transaction.

    Raises
    ------
    ConflictError : the reading was submitted.
    """
    # The lock keeps record_suggestions from replacing the suggestion while it is decided on.
    Suggestion.objects.select_for_update().filter(pk=suggestion.pk).values_list("pk").first()
    check_may_change(turn, None, seen=0)
    return (
        SuggestionDecision.objects.select_related("annotation__frame", "annotation__owner")
        .filter(suggestion=suggestion, reader=turn.owner)
        .first()
    )
