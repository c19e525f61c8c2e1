"""Reads of reader studies: for admins all of it, for a reader of one nothing but their own place in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.cases.models import CaseGrant
from annotator.readerstudies.allocation import AllocatedCase, AllocatedReader
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import (
    Assignment,
    AssignmentStage,
    AssignmentState,
    ItemStage,
    ReaderStudy,
    StudyItem,
    StudyReader,
    StudyState,
)
from annotator.readerstudies.policies import may_run_studies


def studies_for(person: Person) -> QuerySet[ReaderStudy]:
    """All studies, the newest first.

    Raises
    ------
    NotAllowedError : `person` doesn't run studies.
    """
    if not may_run_studies(person):
        raise NotAllowedError("Only an admin may see how a study is made.")
    return ReaderStudy.objects.select_related("created_by", "launched_by").order_by("-created_at", "pk")


def study_for(person: Person, study_id: UUID | str) -> ReaderStudy:
    """One study.

    Raises
    ------
    NotAllowedError : `person` doesn't run studies.
    NotFoundError : there is no such study.
    """
    found = studies_for(person).filter(pk=study_id).first()
    if found is None:
        raise NotFoundError("There is no such study.")
    return found


def protocol_of(study: ReaderStudy) -> Protocol:
    """A study's protocol as it stands now, amendments included."""
    return Protocol.from_json(study.protocol)


def readers_of(study: ReaderStudy, *, active: bool = False) -> list[StudyReader]:
    """The readers by code, with the people; `active`: without those who were withdrawn."""
    rows = study.readers.select_related("person")
    return list(rows.filter(withdrawn_at=None) if active else rows)


def allocated_readers(readers: Iterable[StudyReader]) -> list[AllocatedReader]:
    """Readers as allocation sees them."""
    return [AllocatedReader(one.code, str(one.person_id), is_anchor=one.is_anchor) for one in readers]


def allocated_cases(items: Iterable[StudyItem]) -> list[AllocatedCase]:
    """Items as allocation sees them."""
    return [AllocatedCase(one.number, str(one.case_id), one.patient, one.batch, one.score) for one in items]


def patient_code(study: ReaderStudy, patient_id: int) -> str:
    """What is the same for cases of one patient, in this study alone."""
    return sha256(f"{study.pk}/{patient_id}".encode()).hexdigest()[:16]


def main_items(study: ReaderStudy) -> QuerySet[StudyItem]:
    """The cases that count."""
    return study.items.filter(stage=ItemStage.MAIN)


def readings_of(study: ReaderStudy) -> QuerySet[Assignment]:
    """The readings that are to be read, without those that were given up."""
    return Assignment.objects.filter(study=study, given_up_at=None)


def in_reading_order(readings: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Session after session; cases that were added come at the end of their session."""
    return readings.order_by("session", "sequence")


@dataclass(frozen=True)
class OwnStudy:
    """A study as one of its readers sees it: how far they are themselves, and nothing else of it.

    Attributes
    ----------
    session : in which they are now; 0 while they train. opens_at : when it begins, if that is still to come.
    """

    id: UUID
    name: str
    instructions: str
    is_pilot: bool
    session: int
    read: int
    total: int
    opens_at: datetime | None


def own_studies(person: Person) -> list[OwnStudy]:
    """The studies that a reader takes part in and that run now; three queries."""
    rows = (
        Assignment.objects.filter(reader_id=person.pk, given_up_at=None)
        .filter(study__state__in=[StudyState.RUNNING, StudyState.PILOT])
        .exclude(stage=AssignmentStage.ADJUDICATION)
        .order_by("study_id", "session")
        .values("study_id", "session")
        .annotate(total=Count("pk"), read=Count("pk", filter=Q(state=AssignmentState.SUBMITTED)))
    )
    by_study: dict[UUID, list[tuple[int, int, int]]] = {}
    for row in rows:
        by_study.setdefault(row["study_id"], []).append((row["session"], row["read"], row["total"]))
    coming = (
        CaseGrant.objects.filter(person_id=person.pk, valid_from__gt=timezone.now())
        .order_by()
        .values_list("case__assignments__study")
        .annotate(begins=Min("valid_from"))
    )
    opens = dict(coming) if by_study else {}
    found = []
    for study in ReaderStudy.objects.filter(pk__in=by_study).order_by("created_at"):
        sessions = by_study[study.pk]
        session, read, total = next((one for one in sessions if one[1] < one[2]), sessions[-1])
        found.append(
            OwnStudy(
                id=study.pk,
                name=study.name,
                instructions=protocol_of(study).instructions,
                is_pilot=study.state == StudyState.PILOT,
                session=session,
                read=read,
                total=total,
                opens_at=opens.get(study.pk),
            )
        )
    return found
