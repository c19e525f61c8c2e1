"""Take what is true of a study's cases from elsewhere: a table of pathology, another study's consensus."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.annotations.storable_checks import check_line
from annotator.labels.queries import schemas_by_reference
from annotator.readerstudies.actions.edit_study import TRUTH_SOURCES, checked_truth
from annotator.readerstudies.asked_questions import asked_questions
from annotator.readerstudies.models import StudyItem
from annotator.readerstudies.results_queries import counted_reads, counted_study, item_facts, truth_of
from annotator.readerstudies.study_drafts import locked_study
from annotator.readerstudies.study_queries import protocol_of

_BATCH = 500


@dataclass(frozen=True)
class TakenTruth:
    """How many cases were given a truth, and how many had another one already and kept it."""

    set: int
    kept: int


def take_truth(
    person: Person, study_id: UUID | str, question: str, values: Mapping[UUID, Any], *, source: str, note: str = ""
) -> TakenTruth:
    """Write the answer to a question into the truth of the cases that are named; an answer that is there stays.

    Parameters
    ----------
    values : by case. source : one of TRUTH_SOURCES.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    InvalidError : the study doesn't ask the question, or none of its cases is named; with the path.
    """
    if source not in TRUTH_SOURCES:
        raise InvalidError(f"The source is one of {', '.join(TRUTH_SOURCES)}.", path="source")
    words = check_line(note, path="note", longest=1000)
    with transaction.atomic():
        study = locked_study(person, study_id)
        schemas = schemas_by_reference(protocol_of(study).schemas)
        asked = asked_questions((one.key, one.title, one.definition) for one in schemas)
        if question not in {one.reference for one in asked}:
            raise InvalidError(f"{question} isn't asked in this study.", path="question")
        changed: list[StudyItem] = []
        kept = 0
        for item in study.items.filter(case__in=list(values)):
            truth = item.truth or {"source": source, "answers": {}, "note": words}
            if truth["answers"].get(question, values[item.case_id]) != values[item.case_id]:
                kept += 1
                continue
            answers = {**truth["answers"], question: values[item.case_id]}
            item.truth = checked_truth({**truth, "answers": answers}, path=f"truths.{item.number}")
            changed.append(item)
        if not changed and not kept:
            raise InvalidError("None of the study's cases is in there.", path="source")
        StudyItem.objects.bulk_update(changed, ["truth"], batch_size=_BATCH)
        detail: dict[str, object] = {
            "question": question,
            "source": source,
            "note": words,
            "count": len(changed),
            "kept": kept,
        }
        record_audit(person, "take_truth", target_kind="reader_study", target_id=study.pk, detail=detail)
    return TakenTruth(len(changed), kept)


def consensus_by_case(person: Person, study_id: UUID | str, question: str) -> dict[UUID, Any]:
    """What most readers of another study said of each case, and its adjudicator where there was one.

    A breast's answers are {"L": answer, "R": answer}. Ties have no truth, nor what one reader alone saw.

    Raises
    ------
    NotAllowedError, ResultsShutError, NotFoundError, InvalidError : as for `counted_study`.
    """
    counted = counted_study(person, study_id, {"question": question, "truth": "adjudication"})
    if counted.question.applies_to == "finding":
        raise InvalidError("A consensus about findings names no case as a whole.", path="question")
    truth = truth_of(counted, counted_reads(counted.study), item_facts(counted.study))
    cases = dict(counted.study.items.values_list("number", "case_id"))
    found: dict[UUID, Any] = {}
    for (number, about), value in truth.items():
        plain = list(value) if isinstance(value, tuple) else value
        if about:
            found.setdefault(cases[number], {})[about] = plain
        else:
            found[cases[number]] = plain
    return found
