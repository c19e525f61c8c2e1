"""Reads of a study as its results need them, in a constant number of queries; for admins, once the protocol says so."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import F, Max, QuerySet

from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.imaging.models import Frame
from annotator.labels.queries import schemas_by_reference
from annotator.labels.targets import AppliesTo
from annotator.readerstudies.analysis_plan import ANY_FINDING, AnalysisPlan
from annotator.readerstudies.asked_questions import AskedQuestion, asked_questions
from annotator.readerstudies.models import AssignmentStage, Read, ReaderStudy, StudyReader
from annotator.readerstudies.policies import may_see_results
from annotator.readerstudies.rating_units import Unit, rating_table
from annotator.readerstudies.reads_table import ItemFacts
from annotator.readerstudies.results import consensus_truth
from annotator.readerstudies.study_queries import protocol_of, study_for
from annotator.readerstudies.study_reads import FrameOrder, StudyRead, said_by, stack_of_frame

_PARTS = ("findings", "annotations", "answers")
_CHUNK = 1000
_ORDER = ("assignment__reader_id", "assignment__sequence", "handed_in_at")


class ResultsShutError(NotAllowedError):
    """The protocol doesn't open this study's results to anybody yet."""

    def __init__(self, message: str, study: ReaderStudy) -> None:
        super().__init__(message)
        self.study = study


@dataclass(frozen=True)
class CountedStudy:
    """A study whose results somebody may see, the questions that can be counted, and what is counted."""

    study: ReaderStudy
    questions: tuple[AskedQuestion, ...]
    plan: AnalysisPlan

    @property
    def question(self) -> AskedQuestion:
        return next(one for one in self.questions if one.reference == self.plan.question)

    @property
    def arms(self) -> list[str]:
        """In the protocol's order."""
        return [arm.name for arm in protocol_of(self.study).arms]

    @property
    def values(self) -> list[Hashable] | None:
        """The answers in the form's order; None for a number."""
        return [value for value, _ in self.question.values] or None

    def values_of(self, reference: str) -> list[Hashable] | None:
        """The same of another question; None where it has none or isn't asked."""
        found = next((one for one in self.questions if one.reference == reference), None)
        return [value for value, _ in found.values] or None if found else None


def counted_study(person: Person, study_id: UUID | str, chosen: Mapping[str, Any] | None = None) -> CountedStudy:
    """A study and what is counted of it.

    Parameters
    ----------
    chosen : members of an AnalysisPlan that take the place of the protocol's.

    Raises
    ------
    NotAllowedError : `person` doesn't run studies.
    ResultsShutError : the protocol doesn't open the results yet.
    NotFoundError : there is no such study.
    InvalidError : a question that isn't asked, or another fault in what was chosen, with its path.
    """
    study = study_for(person, study_id)
    check_results_open(person, study)
    return counted_plan(study, chosen)


def check_results_open(person: Person, study: ReaderStudy) -> None:
    """Let somebody pass to whom the protocol opens the results.

    Raises
    ------
    ResultsShutError : it doesn't yet.
    """
    if not may_see_results(person, study):
        raise ResultsShutError(
            "The protocol doesn't open the results yet: it says when, and what is looked at early can't be unseen.",
            study,
        )


def counted_plan(study: ReaderStudy, chosen: Mapping[str, Any] | None = None) -> CountedStudy:
    """The same for whom it was asked already whether they may see it.

    Raises
    ------
    InvalidError : as for `counted_study`.
    """
    protocol = protocol_of(study)
    schemas = schemas_by_reference(protocol.schemas)
    questions = tuple(asked_questions((one.key, one.title, one.definition) for one in schemas))
    plan = AnalysisPlan.from_json({**protocol.analysis.to_json(), **(chosen or {})}, path="results")
    known = {one.reference: one for one in questions}
    if plan.question and plan.question not in known:
        raise InvalidError(f"{plan.question} isn't asked in this study.", "results.question")
    question = known.get(plan.question) or questions[0]
    positive = question.answers_called(plan.positive) or (
        () if chosen and "positive" in chosen else question.likely_positive
    )
    return CountedStudy(study, questions, replace(plan, question=question.reference, positive=positive))


def counted_reads(
    study: ReaderStudy, *, parts: Iterable[str] = _PARTS, stage: str = AssignmentStage.MAIN
) -> list[StudyRead]:
    """The reads that count, by reader and in their order: neither set aside nor given up. Three queries.

    Parameters
    ----------
    parts : of the content; what isn't needed isn't read.
    """
    return _study_reads(study, _counted_rows(study, stage), [part for part in _PARTS if part in set(parts)])


def counted_reads_in_turn(study: ReaderStudy, *, at_once: int = _CHUNK) -> Iterator[list[StudyRead]]:
    """The same, whole, of so many places of one reader's list at a time.

    Each part is read to its end before it is given: on SQLite a connection whose cursor is open can't write down how
    far its job is.
    """
    counted = _counted_rows(study, AssignmentStage.MAIN)
    lists = counted.order_by("assignment__reader_id").values_list("assignment__reader_id")
    for reader, last in list(lists.annotate(last=Max("assignment__sequence"))):
        own = counted.filter(assignment__reader_id=reader)
        for start in range(0, (last or 0) + 1, at_once):
            places = own.filter(assignment__sequence__gte=start, assignment__sequence__lt=start + at_once)
            if some := _study_reads(study, places, _PARTS):
                yield some


def _study_reads(study: ReaderStudy, reads: QuerySet[Read], wanted: Sequence[str]) -> list[StudyRead]:
    is_whole = len(wanted) == len(_PARTS)
    slices = frozenset(
        one.key
        for one in schemas_by_reference(protocol_of(study).schemas)
        if one.definition["applies_to"] == AppliesTo.SLICES
    )
    codes = dict(StudyReader.objects.filter(study=study).values_list("person_id", "code"))
    rows = reads.order_by(*_ORDER).values_list(
        "assignment__reader_id",
        "assignment__item__number",
        "assignment__arm",
        "assignment__session",
        "step",
        "active_seconds",
        "handed_in_at",
        "assignment__sequence",
        "pk",
        # The whole is decoded once; parts are cut out of it by the database, one by one.
        *(["content"] if is_whole else [f"content__{part}" for part in wanted]),
    )
    return [
        StudyRead(
            reader=codes.get(reader, ""),
            item=item,
            arm=arm,
            session=session,
            step=step,
            seconds=seconds,
            handed_in_at=handed_in_at.isoformat(),
            content=content[0] if is_whole else dict(zip(wanted, content, strict=True)),
            sequence=sequence,
            read=str(read),
            slices=slices,
        )
        for reader, item, arm, session, step, seconds, handed_in_at, sequence, read, *content in rows.iterator(_CHUNK)
    ]


def count_reads(study: ReaderStudy) -> int:
    """How many reads count; one query."""
    return _counted_rows(study, AssignmentStage.MAIN).count()


def _counted_rows(study: ReaderStudy, stage: str) -> QuerySet[Read]:
    return Read.objects.filter(
        assignment__study=study,
        assignment__stage=stage,
        assignment__given_up_at__isnull=True,
        set_aside_at__isnull=True,
    )


def parts_for(question: AskedQuestion) -> tuple[str, ...]:
    """What of the reads' content a question's figures need."""
    if question.reference == ANY_FINDING:
        return ("findings",)
    return ("annotations", "answers") if question.applies_to == "finding" else ("answers",)


def item_facts(study: ReaderStudy) -> dict[int, ItemFacts]:
    """What the study knows of its cases, by number; one query."""
    rows = study.items.values_list("number", "patient", "batch", "truth")
    return {
        number: ItemFacts(patient, batch, (truth or {}).get("answers", {})) for number, patient, batch, truth in rows
    }


def frame_order(reads: Iterable[StudyRead]) -> FrameOrder:
    """The order of the frames of stacks in which a mark holds for a span; no query where there is none, else one."""
    stacks = {
        stack_of_frame(mark["frame"])
        for read in reads
        for mark in read.content.get("annotations", ())
        if mark.get("first_frame")
    }
    if not stacks:
        return FrameOrder()
    rows = (
        Frame.objects.filter(instance__stack__key__in=stacks)
        .order_by(
            F("position_along_normal").asc(nulls_last=True),
            F("instance__instance_number").asc(nulls_last=True),
            "instance__sop_instance_uid",
            "number",
        )
        .values_list("key", flat=True)
    )
    keys: dict[str, list[str]] = {stack: [] for stack in stacks}
    for key in rows:
        keys[stack_of_frame(key)].append(key)
    return FrameOrder(keys)


def truth_of(counted: CountedStudy, reads: Sequence[StudyRead], facts: Mapping[int, ItemFacts]) -> dict[Unit, Hashable]:
    """What is so of each unit, from where the plan says; at most two queries.

    "table": the study's own, pathology among it. "consensus": what most readers said when they read a case first,
    before or without a model where the study has such readings first. "adjudication": the same, and what an adjudicator
    said in its place.
    """
    plan = counted.plan
    if plan.truth == "table":
        return _truth_of_table(plan.question, facts)
    # One vote a reader: the first reading, whatever the arm.
    votes = [replace(read, arm="", step="") for read in reads]
    found = consensus_truth(rating_table(first_of_each(votes), plan.question, minimum_overlap=plan.minimum_overlap))
    if plan.truth == "adjudication":
        parts = parts_for(counted.question)
        for read in counted_reads(counted.study, parts=parts, stage=AssignmentStage.ADJUDICATION):
            found |= {(read.item, about): value for about, value in said_by(read, plan.question).items()}
    return found


def first_of_each(reads: Sequence[StudyRead]) -> list[StudyRead]:
    """Of each reader and case the first reading, whatever the arm: before a model where that comes first."""
    first: dict[tuple[str, int], StudyRead] = {}
    for read in sorted(reads, key=lambda one: (one.session, one.handed_in_at)):
        first.setdefault((read.reader, read.item), read)
    return list(first.values())


def _truth_of_table(question: str, facts: Mapping[int, ItemFacts]) -> dict[Unit, Hashable]:
    """A table's truth of a breast is {"L": answer, "R": answer}; of several choices a list."""
    found: dict[Unit, Hashable] = {}
    for number, fact in facts.items():
        value: Any = (fact.truth or {}).get(question)
        if isinstance(value, dict):
            found |= {(number, side): one for side, one in value.items() if side in ("L", "R") and one is not None}
        elif isinstance(value, list):
            found[number, ""] = tuple(sorted(map(str, value)))
        elif value is not None:
            found[number, ""] = value
    return found
