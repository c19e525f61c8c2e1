"""Adjudication: which cases the readers disagree about, who settles them, and what an adjudicator is shown.

An adjudicator reads a copy of the case of their own, sees the readers' frozen reads under letters, and makes their own
record, which is handed in as any reading is. Nothing of the readers' is changed by it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotator.accounts.errors import NotFoundError
from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person
from annotator.cases.queries import case_for
from annotator.readerstudies.agreement import Agreement, agreement_between
from annotator.readerstudies.asked_questions import AskedQuestion
from annotator.readerstudies.disagreement_words import words_of
from annotator.readerstudies.disagreements import disagreements_of
from annotator.readerstudies.models import Assignment, AssignmentStage, AssignmentState, Read, ReaderStudy
from annotator.readerstudies.results_queries import (
    CountedStudy,
    counted_reads,
    counted_study,
    first_of_each,
    frame_order,
)
from annotator.readerstudies.study_reads import StudyRead, compared_read


@dataclass(frozen=True)
class CaseToSettle:
    """A case whose readers disagree by the study's rules.

    Attributes
    ----------
    reads : the frozen reads that disagree, by the reader's code.
    assignment : who settles it; None as long as nobody does.
    """

    number: int
    reads: Mapping[str, str]
    disagreements: tuple[dict[str, Any], ...]
    words: tuple[str, ...]
    assignment: Assignment | None = None


@dataclass(frozen=True)
class Disputed:
    """A study's disputed cases; `waiting` are cases that somebody still has to read."""

    counted: CountedStudy
    cases: tuple[CaseToSettle, ...]
    agreed: int
    waiting: int


@dataclass(frozen=True)
class Adjudication:
    """What an adjudicator is shown of a case: readers are letters, and nothing says when they saved what.

    Attributes
    ----------
    because : {"words", "frame", "kind"} of each thing to be settled.
    records : {"findings", "annotations", "answers"} of all readers, as the API has them.
    """

    because: list[dict[str, str]]
    readers: list[str]
    records: dict[str, list[dict[str, Any]]]
    agreements: list[Agreement]


def disputed_cases(person: Person, study_id: UUID | str) -> Disputed:
    """The cases whose readings are all in and disagree, by number; a constant number of queries.

    Raises
    ------
    NotAllowedError, NotFoundError : as `counted_study`: a disagreement is a result.
    """
    counted = counted_study(person, study_id)
    reads = first_of_each(counted_reads(counted.study))
    order = frame_order(reads)
    by_item: dict[int, list[StudyRead]] = defaultdict(list)
    for read in reads:
        by_item[read.item].append(read)
    unread = _unread_items(counted.study)
    assigned = adjudications_of(counted.study)
    questions = {one.reference: one for one in counted.questions}
    found, agreed = [], 0
    for number, of_case in sorted(by_item.items()):
        if number in unread or len(of_case) < 2:
            continue
        disagreements = disagreements_of(
            [compared_read(read, order) for read in of_case],
            counted.plan.disagreement,
            minimum_overlap=counted.plan.minimum_overlap,
        )
        if not disagreements and number not in assigned:
            agreed += 1
            continue
        plain = tuple(one.to_json() for one in disagreements)
        found.append(
            CaseToSettle(
                number,
                {read.reader: read.read for read in of_case},
                plain,
                tuple(words_of(one, questions) for one in plain),
                assigned.get(number),
            )
        )
    return Disputed(counted, tuple(found), agreed, len(unread))


def adjudications_of(study: ReaderStudy) -> dict[int, Assignment]:
    """Who settles which case, by its number."""
    rows = Assignment.objects.filter(study=study, stage=AssignmentStage.ADJUDICATION, given_up_at=None)
    return {one.item.number: one for one in rows.select_related("item", "reader") if one.item is not None}


def possible_adjudicators(study: ReaderStudy) -> list[User]:
    """Active radiologists who aren't among the study's readers: nobody judges their own reading."""
    own = study.readers.values("person_id")
    return list(User.objects.filter(role=Role.RADIOLOGIST, is_active=True).exclude(pk__in=own).order_by("username"))


def own_adjudication(person: Person, case_id: UUID | str) -> Assignment:
    """The adjudication of this person in a case that is open to them.

    Raises
    ------
    NotFoundError : there is none; readers are answered alike, whether somebody else settles the case or nobody.
    """
    case = case_for(person, case_id)
    rows = Assignment.objects.select_related("study").filter(case=case, reader_id=person.pk, given_up_at=None)
    found = rows.filter(stage=AssignmentStage.ADJUDICATION).first()
    if found is None or found.study is None:
        raise NotFoundError("There is no adjudication of yours in this case.")
    return found


def adjudication_of_case(person: Person, case_id: UUID | str) -> Adjudication:
    """What this person settles in a case, and the readers' reads, anonymous.

    Raises
    ------
    NotFoundError : see `own_adjudication`.
    """
    own = own_adjudication(person, case_id)
    because = own.because or {}
    letters: dict[str, str] = {read: letter for letter, read in because.get("reads", {}).items()}
    rows = Read.objects.filter(pk__in=letters).values_list("pk", "content")
    reads = sorted(
        (
            StudyRead(letters[str(read)], 0, "", 0, "", None, "", anonymous(content, letters[str(read)], own))
            for read, content in rows
        ),
        key=lambda read: (len(read.reader), read.reader),
    )
    order = frame_order(reads)
    compared = [compared_read(read, order) for read in reads]
    return Adjudication(
        because=[
            {"kind": one["kind"], "words": one["words"], "frame": one["frame"]} for one in because.get("about", [])
        ],
        readers=[read.reader for read in reads],
        records={
            part: [record for read in reads for record in read.content[part]]
            for part in ("findings", "annotations", "answers")
        },
        agreements=[agreement_between(a, b) for at, a in enumerate(compared) for b in compared[at + 1 :]],
    )


def anonymous(content: Mapping[str, Any], letter: str, shown_in: Assignment) -> dict[str, list[dict[str, Any]]]:
    """A read's records as if the letter had made them in the adjudicator's copy, when it was assigned; a new object."""
    put = {"owner": letter, "case": str(shown_in.case_id), "updated_at": shown_in.assigned_at.isoformat()}
    parts = ("findings", "annotations", "answers")
    return {part: [{**record, **put} for record in content.get(part, ())] for part in parts}


def reasons_for(case: CaseToSettle, letters: Mapping[str, str], questions: Sequence[AskedQuestion]) -> dict[str, Any]:
    """What an adjudication keeps: the reads by letter, and in words what is to be settled, by letter too."""
    named = {one.reference: one for one in questions}
    lettered = [
        {**one, "said": dict(sorted((letters[reader], value) for reader, value in one["said"].items()))}
        for one in case.disagreements
    ]
    return {
        "reads": {letters[reader]: read for reader, read in case.reads.items()},
        "about": [{"kind": one["kind"], "words": words_of(one, named), "frame": one["frame"]} for one in lettered],
    }


def _unread_items(study: ReaderStudy) -> set[int]:
    rows = Assignment.objects.filter(study=study, stage=AssignmentStage.MAIN, given_up_at=None)
    unread = rows.exclude(state=AssignmentState.SUBMITTED).values_list("item__number", flat=True)
    return {number for number in unread if number is not None}
