"""Reads of cases, already limited to those that the asking person may open."""

from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, QuerySet, Value
from django.utils import timezone

from annotator.accounts.errors import NotFoundError
from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role
from annotator.cases.models import Case, CaseGrant, CaseStack
from annotator.cases.policies import grant_holds_at, may_see_every_case


def cases_for(person: Person) -> QuerySet[Case]:
    """The cases that a person may open now, newest first.

    Each comes with its study and patient and with two answers of the grant: `shows_identity` and
    `shows_suggestions`. Ask `identity_of` (records.py) for the patient; never read it from the study directly.
    """
    cases = Case.objects.select_related("study__patient").order_by("-created_at", "pk")
    if may_see_every_case(person):
        yes = Value(True, output_field=BooleanField())
        return cases.annotate(shows_identity=yes, shows_suggestions=yes)
    if not has_role(person, Role.RADIOLOGIST):
        return cases.none()
    grants = grants_that_hold(person).filter(case=OuterRef("pk"))
    return cases.filter(Exists(grants)).annotate(
        shows_identity=Exists(grants.filter(shows_identity=True)),
        shows_suggestions=Exists(grants.filter(shows_suggestions=True)),
    )


def case_for(person: Person, case_id: UUID | str) -> Case:
    """One of the cases that `cases_for` lists.

    Raises
    ------
    NotFoundError : there is no such case, or this person may not know that there is.
    """
    found = cases_for(person).filter(pk=case_id).first() if _is_uuid(case_id) else None
    if found is None:
        raise NotFoundError("There is no such case among those that you may open.")
    return found


def catalogued_cases_for(person: Person) -> QuerySet[Case]:
    """The same as lists show them and people choose from: without copies, but for whom those were made."""
    cases = cases_for(person)
    return cases.filter(copied_from=None) if may_see_every_case(person) else cases


def body_part_of(case: Case) -> str:
    """Body Part Examined of what hangs first; empty where the header doesn't say. It decides which schemas fit."""
    first = CaseStack.objects.filter(case=case).order_by("place")
    return first.values_list("stack__series__body_part", flat=True).first() or ""


def cases_with_suggestions(person: Person) -> QuerySet[Case]:
    """The cases in which a person is shown what models propose."""
    if may_see_every_case(person):
        return Case.objects.all()
    return Case.objects.filter(grants__in=grants_that_hold(person).filter(shows_suggestions=True))


def grants_that_hold(person: Person) -> QuerySet[CaseGrant]:
    """A person's own grants that open their case now."""
    return CaseGrant.objects.filter(grant_holds_at(timezone.now()), person_id=person.pk)


def _is_uuid(value: UUID | str) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
