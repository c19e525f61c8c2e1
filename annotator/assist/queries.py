"""Reads of suggestions: those that a person is shown, with that person's own decisions and nobody else's."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.assist.models import ModelPin, OutlineRequest, Suggestion, SuggestionDecision
from annotator.cases.models import Case
from annotator.cases.queries import cases_with_suggestions


def suggestions_for(person: Person, case: Case) -> QuerySet[Suggestion]:
    """What models propose in a case, surest first; nothing where the case is closed or its grant hides suggestions.

    What another reader asked for is that reader's. In a case with pinned versions only theirs is shown.
    """
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


def highest_scores(case_ids: Iterable[UUID], *, model: str = "") -> dict[UUID, float]:
    """How sure the models are of what they are surest of in each case; a case without suggestions is left out.

    Parameters
    ----------
    model : "name version" of the only one that counts; empty: all.
    """
    wanted = set(case_ids)
    everybodys = Suggestion.objects.filter(asked_by=None).order_by()
    rows = everybodys.values_list("case_id", "model_version__name", "model_version__version")
    found: dict[UUID, float] = {}
    for case_id, name, version, score in rows.annotate(highest=Max("score")):
        if case_id in wanted and (not model or f"{name} {version}" == model):
            found[case_id] = max(score, found.get(case_id, 0.0))
    return found


def _shown_to(person: Person) -> QuerySet[Suggestion]:
    own = SuggestionDecision.objects.filter(reader_id=person.pk)
    pins = ModelPin.objects.filter(case=OuterRef("case"))
    asked = OutlineRequest.objects.filter(suggestion=OuterRef("pk"), asked_by_id=person.pk)
    as_pinned = ~Exists(pins) | Exists(pins.filter(version=OuterRef("model_version")))
    return (
        Suggestion.objects.filter(
            Q(asked_by=None) | Q(asked_by_id=person.pk),
            as_pinned,
            case__in=cases_with_suggestions(person),
        )
        .annotate(asked_with=Subquery(asked.values("hint")[:1]))
        .select_related("frame", "model_version")
        .prefetch_related(Prefetch("decisions", queryset=own, to_attr="own_decisions"))
        .order_by("-score", "pk")
    )
