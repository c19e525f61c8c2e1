"""Which readings there are of some studies, which of them are submitted or approved, and how far they agree."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from annotator.annotations.models import Annotation, Answer
from annotator.readerstudies.agreement import Read, agreement_between
from annotator.readerstudies.models import Assignment, AssignmentState, Review, Verdict

# Mean overlap of matched findings, share of equal answers; None where there is nothing to compare.
PairAgreement = tuple[float | None, float | None]


def submitted_readings(reading: str = "submitted") -> QuerySet[Assignment]:
    """Readings that are submitted, and with "approved" those whose newest review since says so."""
    # What is read in a reader study leaves as that study's results: with arms and sessions it is no truth by itself.
    readings = Assignment.objects.filter(state=AssignmentState.SUBMITTED, study=None).order_by()
    if reading == "approved":
        since = Review.objects.filter(assignment=OuterRef("pk"), decided_at__gte=OuterRef("submitted_at"))
        verdict = since.order_by("-decided_at", "-pk").values("verdict")[:1]
        readings = readings.annotate(verdict=Subquery(verdict)).filter(verdict=Verdict.APPROVED)
    return readings


def agreement_of_studies(studies: Sequence[int]) -> dict[int, list[PairAgreement]]:
    """How far each pair of submitted readings of a case agrees, by study; three queries, however many studies."""
    readers: dict[UUID, list[int]] = defaultdict(list)
    study_of: dict[UUID, int] = {}
    rows = submitted_readings().filter(case__study__in=studies).values_list("case_id", "case__study_id", "reader_id")
    for case, study, reader in rows:
        readers[case].append(reader)
        study_of[case] = study
    compared = [case for case, several in readers.items() if len(several) > 1]
    marks: dict[tuple[UUID, int], list[Any]] = defaultdict(list)
    for mark in Annotation.objects.filter(case__in=compared, deleted_at__isnull=True).order_by("pk"):
        place = (str(mark.finding_id or mark.pk), str(mark.frame_id), mark.kind, mark.points, mark.mask)
        marks[mark.case_id, mark.owner_id].append(place)
    answers: dict[tuple[UUID, int], dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
    # Of a case or of a finding: what is said of slices or a breast has no finding and would stand for the case.
    rows_of_answers = Answer.objects.filter(case__in=compared, deleted_at__isnull=True).order_by("pk")
    for answer in rows_of_answers:
        answers[answer.case_id, answer.owner_id][_target(answer), str(answer.schema_id)] = answer.answers
    agreed: dict[int, list[PairAgreement]] = defaultdict(list)
    for case in compared:
        reads = [Read(str(one), marks[case, one], answers[case, one]) for one in sorted(readers[case])]
        for at, first in enumerate(reads):
            for second in reads[at + 1 :]:
                found = agreement_between(first, second)
                every = len(found.matched) + len(found.only[0]) + len(found.only[1])
                # A finding that one of the two did not mark agrees by nothing.
                dice = sum(one for _, _, one in found.matched) / every if every else None
                agreed[study_of[case]].append((dice, found.equal / found.compared if found.compared else None))
    return agreed


def _target(answer: Answer) -> str:
    return str(answer.finding_id or "")
