"""Reads of marks, findings and answers: a radiologist gets their own, in every one of them."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from annotator.accounts.errors import NotFoundError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.annotations.contexts import scores_that_follow
from annotator.annotations.models import Annotation, Answer, CaseLock, Finding, Revision
from annotator.annotations.policies import may_see_everybodys_marks
from annotator.cases.models import Case
from annotator.cases.policies import may_open_case
from annotator.cases.queries import grants_that_hold

Record = TypeVar("Record", Annotation, Finding, Answer)


@dataclass(frozen=True)
class Marks:
    """What was made in one case, deleted things left out, in the order in which it was made."""

    findings: list[Finding]
    annotations: list[Annotation]
    answers: list[Answer]


def annotations_for(person: Person) -> QuerySet[Annotation]:
    """Live marks that a person may see, with their frames and owner."""
    return Annotation.objects.select_related("frame", "first_frame", "last_frame", "owner").filter(
        _visible_to(person), deleted_at__isnull=True
    )


def findings_for(person: Person) -> QuerySet[Finding]:
    """Live findings that a person may see, with their owner."""
    return Finding.objects.select_related("owner").filter(_visible_to(person), deleted_at__isnull=True)


def answers_for(person: Person) -> QuerySet[Answer]:
    """Live answers that a person may see, with their schema, frames and owner."""
    return Answer.objects.select_related("schema", "first_frame", "last_frame", "owner").filter(
        _visible_to(person), deleted_at__isnull=True
    )


def answered_schemas(person: Person, case: Case) -> tuple[int, ...]:
    """The rows of label schemas, of any version, that answers in a case were given under which a person may see."""
    rows = Answer.objects.filter(_visible_to(person), case=case, deleted_at__isnull=True)
    return tuple(rows.order_by("schema_id").values_list("schema_id", flat=True).distinct())


def answers_that_follow(person: Person, case_id: UUID) -> list[Answer]:
    """A reader's own live answers in a case whose scores follow from other answers and findings."""
    return list(
        answers_for(person)
        .filter(scores_that_follow("schema__definition__scoring"), case=case_id, owner_id=person.pk)
        .order_by("pk")
    )


def annotation_for(person: Person, annotation_id: UUID) -> Annotation:
    """One live mark; NotFoundError when there is none that this person may see."""
    return _one(annotations_for(person), annotation_id, noun="mark")


def finding_for(person: Person, finding_id: UUID) -> Finding:
    """One live finding; NotFoundError when there is none that this person may see."""
    return _one(findings_for(person), finding_id, noun="finding")


def answer_for(person: Person, answer_id: UUID) -> Answer:
    """One live answer; NotFoundError when there is none that this person may see."""
    return _one(answers_for(person), answer_id, noun="answer")


def marks_for(person: Person, case: Case, *, owner: str | None = None) -> Marks:
    """Everything made in one case that a person may see: a radiologist's own, a data manager's and admin's all.

    Parameters
    ----------
    owner : a user name, to get what that reader made only.

    Raises
    ------
    NotFoundError : the case is not open to this person.
    """
    if not may_open_case(person, case):
        raise NotFoundError("There is no such case among those that you may open.")
    chosen = Q(case=case) if owner is None else Q(case=case, owner__username=owner)
    return Marks(
        findings=list(findings_for(person).filter(chosen).order_by("owner", "number")),
        annotations=list(annotations_for(person).filter(chosen).order_by("created_at", "pk")),
        answers=list(answers_for(person).filter(chosen).order_by("created_at", "pk")),
    )


def revisions_of(person: Person, target_kind: str, target_id: UUID) -> QuerySet[Revision]:
    """Every saved state of one record, oldest first, whether it is deleted by now or not.

    Raises
    ------
    NotFoundError : there is no such record that this person may see.
    """
    models: dict[str, type[Annotation | Finding | Answer]] = {
        "annotation": Annotation,
        "finding": Finding,
        "answer": Answer,
    }
    model = models.get(target_kind)
    if model is None or not model._default_manager.filter(_visible_to(person), pk=target_id).exists():
        raise NotFoundError(f"There is no {target_kind} {target_id} that you may see.")
    return Revision.objects.select_related("saved_by").filter(target_kind=target_kind, target_id=target_id)


def answer_counts(person: Person) -> dict[int, int] | None:
    """Live answers by the primary key of their schema's version; None for who sees their own marks only."""
    if not may_see_everybodys_marks(person):
        return None
    counted = Answer.objects.filter(deleted_at__isnull=True).order_by().values_list("schema_id").annotate(Count("pk"))
    return dict(counted)


def is_locked(case: Case, owner: User) -> bool:
    """Whether the owner's marks and answers in a case can't be changed any more."""
    return CaseLock.objects.filter(case=case, owner=owner).exists()


def _visible_to(person: Person) -> Q:
    if may_see_everybodys_marks(person):
        return Q()
    return Q(owner_id=person.pk, case__in=grants_that_hold(person).values("case"))


def _one(records: QuerySet[Record], record_id: UUID, *, noun: str) -> Record:
    found = records.filter(pk=record_id).first()
    if found is None:
        raise NotFoundError(f"There is no {noun} {record_id} that you may see.")
    return found
