"""Whose readings of a case count as truth."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from uuid import UUID

from annotator.annotations.models import Annotation, Answer, Finding
from annotator.cases.models import Case
from annotator.datasets.readings import submitted_readings
from annotator.datasets.release_recipe import Truth
from annotator.readerstudies.models import Review

# Case -> the readers whose marks and answers count; a case that isn't there has none.
Counted = dict[UUID, frozenset[int]]


def counted_readings(truth: Truth, studies: Sequence[int]) -> Counted:
    """The readings of these studies' cases that count; at most four queries, however many studies."""
    found: dict[UUID, set[int]] = defaultdict(set)
    if truth.whose == "adjudicated" and not truth.reader:
        for case, reader in _approved_last(studies):
            found[case] = {reader}
        return _frozen(found)
    rows = submitted_readings().filter(case__study__in=studies)
    if truth.reader:
        rows = rows.filter(reader__username=truth.reader)
    pairs: Iterable[tuple[UUID, int]] = rows.values_list("case_id", "reader_id")
    if not truth.submitted_only:
        pairs = chain(pairs, _who_made_anything(truth, studies))
    for case, reader in pairs:
        found[case].add(reader)
    if truth.whose == "consensus":
        found = {case: readers for case, readers in found.items() if len(readers) >= truth.minimum_readers}
    return _frozen(found)


def studies_without_truth(truth: Truth, studies: Sequence[int]) -> set[int]:
    """Studies of which no case has a reading that counts."""
    counted = counted_readings(truth, studies)
    with_truth = set(Case.objects.filter(pk__in=counted).values_list("study_id", flat=True))
    return set(studies) - with_truth


def why_without_truth(truth: Truth) -> str:
    """The reason that a flow chart gives for them."""
    if truth.whose == "reader":
        return f"Not {'submitted' if truth.submitted_only else 'read'} by the reader whose marks count"
    if truth.whose == "consensus":
        return f"Fewer than {truth.minimum_readers} submitted readings"
    if truth.whose == "adjudicated":
        return "No reading that was approved" if not truth.reader else "Not submitted by the adjudicator"
    return "No submitted reading" if truth.submitted_only else "Nobody has marked or answered anything"


def _approved_last(studies: Sequence[int]) -> Iterator[tuple[UUID, int]]:
    """Case and reader of every approved reading, the one that was approved last at the end."""
    approved = submitted_readings("approved").filter(case__study__in=studies)
    decided = {
        assignment: (at, number)
        for assignment, at, number in Review.objects.filter(assignment__case__study__in=studies)
        .order_by("decided_at", "pk")
        .values_list("assignment_id", "decided_at", "pk")
    }
    rows = approved.values_list("case_id", "reader_id", "pk")
    for case, reader, _ in sorted(rows, key=lambda row: decided[row[2]]):
        yield case, reader


def _who_made_anything(truth: Truth, studies: Sequence[int]) -> Iterator[tuple[UUID, int]]:
    for model in (Annotation, Answer, Finding):
        rows = model._default_manager.filter(case__study__in=studies, case__copied_from=None, deleted_at=None)
        if truth.reader:
            rows = rows.filter(owner__username=truth.reader)
        yield from rows.order_by().values_list("case_id", "owner_id").distinct()


def _frozen(found: dict[UUID, set[int]]) -> Counted:
    return {case: frozenset(readers) for case, readers in found.items()}
