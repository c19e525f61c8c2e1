"""Note when a reader was first shown what models suggest in a case."""

from uuid import UUID

from django.utils import timezone

from annotator.accounts.policies import Person
from annotator.annotations.policies import may_annotate
from annotator.assist.models import FirstShown, Suggestion
from annotator.cases.queries import cases_with_suggestions


def note_shown(person: Person, case_id: UUID) -> None:
    """Once a reader and case; nothing for those who don't mark, or where the case is read without suggestions."""
    if not may_annotate(person) or person.pk is None:
        return
    if cases_with_suggestions(person).filter(pk=case_id).exists():
        FirstShown.objects.get_or_create(case_id=case_id, reader_id=person.pk)


def seconds_shown(suggestion: Suggestion, reader_id: int) -> float | None:
    """How long a suggestion has been before this reader; None where nobody noted when it was shown."""
    shown = FirstShown.objects.filter(case=suggestion.case_id, reader=reader_id).values_list("at", flat=True).first()
    if shown is None:
        return None
    return max(0.0, (timezone.now() - max(shown, suggestion.created_at)).total_seconds())
