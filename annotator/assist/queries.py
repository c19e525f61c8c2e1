"""Reads of suggestions: those that a person is shown, with that person's own decisions and nobody else's."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.assist.models import Suggestion, SuggestionDecision
from annotator.cases.models import Case
from annotator.cases.queries import cases_with_suggestions


def suggestions_for(person: Person, case: Case) -> QuerySet[Suggestion]:
    """What models propose in a case, surest first; nothing where the case is closed or its grant hides suggestions."""
    return _shown_to(person).filter(case=case)


def suggestion_for(person: Person, suggestion_id: UUID) -> Suggestion:
    """One suggestion that a person is shown.

    Raises
    ------
    NotFoundError : there is none, or this person is not shown it.
    """
    found = _shown_to(person).filter(pk=suggestion_id).first()
    if found is None:
        raise NotFoundError(f"There is no suggestion {suggestion_id} that you are shown.")
    return found


def _shown_to(person: Person) -> QuerySet[Suggestion]:
    own = SuggestionDecision.objects.filter(reader_id=person.pk)
    return (
        Suggestion.objects.filter(case__in=cases_with_suggestions(person))
        .select_related("frame", "model_version")
        .prefetch_related(Prefetch("decisions", queryset=own, to_attr="own_decisions"))
        .order_by("-score", "pk")
    )
