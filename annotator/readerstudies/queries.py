"""Reads of worklists and assignments: a reader's own, or all of them for an admin."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.finding_kinds import finding_kinds_for
from annotator.annotations.policies import may_annotate
from annotator.annotations.queries import answered_schemas, is_locked
from annotator.cases.models import Case
from annotator.cases.queries import grants_that_hold
from annotator.cases.reading_state import FindingKindChoice, ReadingState
from annotator.readerstudies.models import Assignment, AssignmentState, ReadingTime
from annotator.readerstudies.policies import may_review, may_see_all_assignments
from annotator.readerstudies.studied_reading import studied_reading, study_reading_state

# A subquery, not a join: rows are locked and counted through these queries too.
_ACTIVE_SECONDS = Coalesce(
    Subquery(
        ReadingTime.objects.filter(assignment=OuterRef("pk"))
        .order_by()
        .values("assignment")
        .annotate(total=Sum("active_seconds"))
        .values("total")
    ),
    0.0,
)


@dataclass(frozen=True)
class ReaderProgress:
    """How far one reader is."""

    reader: User
    assigned: int
    opened: int
    submitted: int

    @property
    def total(self) -> int:
        return self.assigned + self.opened + self.submitted


def worklist_for(person: Person) -> QuerySet[Assignment]:
    """What a person has to read, in their order, with the cases; only cases that are open to them now."""
    open_now = grants_that_hold(person).filter(case=OuterRef("case"))
    return (
        Assignment.objects.filter(Exists(open_now), reader_id=person.pk)
        .select_related("case", "reader")
        .annotate(active_seconds=_ACTIVE_SECONDS)
        .order_by("place")
    )


def with_reading_time(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """The same with `active_seconds`, how long each was read."""
    return assignments.annotate(active_seconds=_ACTIVE_SECONDS)


def next_assignment(person: Person, after: UUID | str | None = None) -> Assignment | None:
    """The first unsubmitted case of a person's worklist, from a study's case of that study; None when none is left.

    Parameters
    ----------
    after : the assignment being left: the next one behind it, and from the end on to the start of the list; that
        one itself is not offered again. One that isn't this person's counts as none.
    """
    waiting = worklist_for(person).exclude(state=AssignmentState.SUBMITTED)
    left = _own(person, after)
    if left is not None and left.study_id is not None:
        return waiting.filter(study=left.study_id).exclude(pk=left.pk).order_by("session", "sequence").first()
    if left is None:
        return waiting.first()
    place = left.place
    return waiting.filter(place__gt=place).first() or waiting.filter(place__lt=place).first()


def previous_assignment(person: Person, before: UUID | str) -> Assignment | None:
    """The case before one in a person's worklist, submitted or not; None before the first, and within a study.

    Parameters
    ----------
    before : the assignment being left; one that isn't this person's has nothing before it.
    """
    left = _own(person, before)
    if left is None or left.study_id is not None:
        return None
    return worklist_for(person).filter(place__lt=left.place, study=None).last()


def assignment_for(person: Person, assignment_id: UUID | str) -> Assignment:
    """One assignment: any for an admin, else one of this person's worklist.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    """
    visible = assignments_for(person) if may_see_all_assignments(person) else worklist_for(person)
    found = visible.filter(pk=assignment_id).first() if _is_uuid(assignment_id) else None
    if found is None:
        raise NotFoundError("There is no such assignment among those that you may see.")
    return found


def assignments_for(person: Person) -> QuerySet[Assignment]:
    """All assignments outside studies by reader and place, with cases and readers.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    """
    if not may_see_all_assignments(person):
        raise NotAllowedError("Only an admin may see everybody's assignments.")
    return (
        Assignment.objects.filter(study=None)
        .select_related("case", "reader", "assigned_by")
        .annotate(active_seconds=_ACTIVE_SECONDS)
        .order_by("reader__username", "place")
    )


def progress_by_reader(person: Person) -> list[ReaderProgress]:
    """How far every active radiologist is outside studies, in one query.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    """
    if not may_see_all_assignments(person):
        raise NotAllowedError("Only an admin may see how far the readers are.")
    counts = {
        f"{state}_count": Count("assignments", filter=Q(assignments__state=state, assignments__study=None))
        for state in AssignmentState.values
    }
    readers = User.objects.filter(role=Role.RADIOLOGIST, is_active=True).annotate(**counts).order_by("username")
    return [
        ReaderProgress(
            reader=reader,
            assigned=vars(reader)["assigned_count"],
            opened=vars(reader)["opened_count"],
            submitted=vars(reader)["submitted_count"],
        )
        for reader in readers
    ]


def reading_state(person: Person, case: Case) -> ReadingState:
    """What the viewer must know of this person's reading of a case that `cases.queries.case_for` gave them."""
    user = signed_in(person)
    worklist = list(worklist_for(user).filter(study=None).values_list("case_id", "pk", "state", "returned"))
    at = next((at for at, (case_id, *_) in enumerate(worklist) if case_id == case.pk), None)
    locked = is_locked(case, user)
    own = studied_reading(user, case) if at is None and case.copied_from_id is not None else None
    if own is not None:
        return study_reading_state(own, locked=locked, answered_schemas=answered_schemas(user, case))
    kinds = tuple(FindingKindChoice(value=kind.value, label=kind.label) for kind in finding_kinds_for(case.modality))
    return ReadingState(
        assignment=None if at is None else str(worklist[at][1]),
        state=None if at is None else worklist[at][2],
        locked=locked,
        may_annotate=may_annotate(user) and not locked and grants_that_hold(user).filter(case=case).exists(),
        position=None if at is None else f"{at + 1} of {len(worklist)}",
        finding_kinds=kinds,
        returned="" if at is None else worklist[at][3],
        may_review=may_review(user),
        answered_schemas=answered_schemas(user, case),
    )


def _own(person: Person, assignment_id: UUID | str | None) -> Assignment | None:
    if assignment_id is None or not _is_uuid(assignment_id):
        return None
    return Assignment.objects.filter(pk=assignment_id, reader_id=person.pk).first()


def _is_uuid(value: UUID | str) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
