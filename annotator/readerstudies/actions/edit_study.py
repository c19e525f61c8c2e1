"""Change a draft: its protocol, its readers, its cases, what is true of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person
from annotator.annotations.storable_checks import check_json_storable, check_line
from annotator.cases.queries import catalogued_cases_for
from annotator.readerstudies.actions.make_study import checked_name
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import ItemStage, ReaderStudy, StudyItem, StudyReader
from annotator.readerstudies.study_drafts import locked_draft, locked_study, next_revision
from annotator.readerstudies.study_queries import patient_code

MOST_CASES = 20_000
MOST_READERS = 200
_BATCH = 500
TRUTH_SOURCES = ("pathology", "consensus", "table")


@dataclass(frozen=True)
class WantedCase:
    """A case for a study. `truth` as StudyItem has it."""

    case_id: UUID
    batch: str = ""
    stage: str = ItemStage.MAIN
    truth: dict[str, Any] | None = None


def edit_study(
    person: Person, study_id: UUID | str, *, revision: int, name: str | None = None, protocol: object | None = None
) -> ReaderStudy:
    """Change name and protocol of a draft.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError, StaleError : as for study_drafts.locked_draft, or the name is taken.
    InvalidError : with the path of the fault.
    """
    read = None if protocol is None else Protocol.from_json(protocol)
    try:
        with transaction.atomic():
            study = locked_draft(person, study_id, revision=revision)
            if name is not None:
                study.name = checked_name(name)
            if read is not None:
                study.protocol = read.to_json()
            next_revision(study, "name", "protocol")
            detail: dict[str, object] = {"revision": study.revision, "protocol": study.protocol}
            record_audit(person, "edit_study", target_kind="reader_study", target_id=study.pk, detail=detail)
    except IntegrityError as taken:
        raise ConflictError(f"There is a study called {name} already.") from taken
    return study


def choose_readers(
    person: Person, study_id: UUID | str, readers: Sequence[tuple[int, bool]], *, revision: int
) -> list[StudyReader]:
    """Say who reads: (person, whether an anchor) of each. Whom the study had keeps the code.

    Raises
    ------
    InvalidError : somebody who is no active radiologist, or named twice; path "readers".
    NotAllowedError, NotFoundError, ConflictError, StaleError : as for study_drafts.locked_draft.
    """
    with transaction.atomic():
        study = locked_draft(person, study_id, revision=revision)
        made = set_readers(study, readers)
        next_revision(study)
        detail: dict[str, object] = {"readers": {one.code: one.person_id for one in made}}
        record_audit(person, "choose_readers", target_kind="reader_study", target_id=study.pk, detail=detail)
    return made


def set_readers(study: ReaderStudy, readers: Sequence[tuple[int, bool]]) -> list[StudyReader]:
    """Make the rows of a study's readers be these. In a transaction."""
    wanted = dict(readers)
    if len(wanted) != len(readers):
        raise InvalidError("A reader is named twice.", path="readers")
    if len(wanted) > MOST_READERS:
        raise InvalidError(f"A study has at most {MOST_READERS} readers.", path="readers")
    known = {one.person_id: one for one in study.readers.all()}
    active = set(User.objects.filter(pk__in=wanted, role=Role.RADIOLOGIST, is_active=True).values_list("pk", flat=True))
    for reader_id in wanted:
        if reader_id not in active:
            raise InvalidError(f"Person {reader_id} is no active radiologist.", path="readers")
    study.readers.exclude(person__in=wanted).delete()
    last = max((int(one.code[1:]) for one in known.values()), default=0)
    for reader_id, is_anchor in wanted.items():
        if reader_id in known:
            study.readers.filter(pk=known[reader_id].pk).update(is_anchor=is_anchor)
        else:
            last += 1
            StudyReader.objects.create(study=study, person_id=reader_id, code=f"R{last:02}", is_anchor=is_anchor)
    return list(study.readers.select_related("person"))


def choose_cases(person: Person, study_id: UUID | str, cases: Iterable[WantedCase], *, revision: int) -> int:
    """Make these the cases of a draft, in place of those that it has; returns how many there are.

    Raises
    ------
    InvalidError : a case that isn't in the catalogue, or that is there twice; path "cases[i]".
    NotAllowedError, NotFoundError, ConflictError, StaleError : as for study_drafts.locked_draft.
    """
    wanted = list(cases)
    with transaction.atomic():
        study = locked_draft(person, study_id, revision=revision)
        study.items.all().delete()
        made = add_items(person, study, wanted)
        next_revision(study)
        batches = {batch: sum(one.batch == batch for one in made) for batch in sorted({one.batch for one in made})}
        detail: dict[str, object] = {"cases": len(made), "batches": batches}
        record_audit(person, "choose_cases", target_kind="reader_study", target_id=study.pk, detail=detail)
    return len(made)


def add_items(
    person: Person, study: ReaderStudy, wanted: Sequence[WantedCase], *, amendment: int = 0
) -> list[StudyItem]:
    """Add cases to a study behind those that it has. In a transaction."""
    if len(wanted) > MOST_CASES:
        raise InvalidError(f"A study has at most {MOST_CASES:,} cases.", path="cases")
    there = dict(catalogued_cases_for(person).order_by().values_list("pk", "study__patient_id"))
    taken = set(study.items.values_list("case_id", "stage"))
    last = study.items.order_by("-number").values_list("number", flat=True).first() or 0
    made = []
    for at, one in enumerate(wanted):
        path = f"cases[{at}]"
        if one.case_id not in there:
            raise InvalidError(f"There is no case {one.case_id}.", path=path)
        if one.stage not in ItemStage.values:
            raise InvalidError(f"A case is for {' or '.join(ItemStage.values)}.", path=f"{path}.stage")
        if (one.case_id, one.stage) in taken:
            raise InvalidError(f"Case {one.case_id} is in the study already.", path=path)
        taken.add((one.case_id, one.stage))
        made.append(
            StudyItem(
                study=study,
                number=last + 1 + at,
                case_id=one.case_id,
                stage=one.stage,
                patient=patient_code(study, there[one.case_id]),
                batch=check_line(one.batch, path=f"{path}.batch", longest=40),
                truth=checked_truth(one.truth, path=f"{path}.truth"),
                amendment=amendment,
            )
        )
    return StudyItem.objects.bulk_create(made, batch_size=_BATCH)


def checked_truth(truth: object, *, path: str) -> dict[str, Any] | None:
    """Return what is true of a case, or None where nothing is known.

    Raises
    ------
    InvalidError : not {"source", "answers", "note"?}, with the path.
    """
    if truth is None:
        return None
    check_json_storable(truth, path=path)
    if not isinstance(truth, dict) or not set(truth) <= {"source", "answers", "note"}:
        raise InvalidError('What is true has "source", "answers" and perhaps a "note".', path=path)
    if truth.get("source") not in TRUTH_SOURCES:
        raise InvalidError(f"The source is one of {', '.join(TRUTH_SOURCES)}.", path=f"{path}.source")
    answers = truth.get("answers")
    if not isinstance(answers, dict) or not all("." in key for key in answers):
        raise InvalidError('Answers are named "schema.question".', path=f"{path}.answers")
    return {
        "source": truth["source"],
        "answers": answers,
        "note": check_line(truth.get("note", ""), path=f"{path}.note", longest=1000),
    }


def set_truth(person: Person, study_id: UUID | str, truths: Mapping[int, object]) -> int:
    """Say what is true of cases, by their number in the study; before the launch or after. Returns how many were set.

    Raises
    ------
    InvalidError : no such case in the study, or no truth; path "truths.<number>".
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    """
    with transaction.atomic():
        study = locked_study(person, study_id)
        items = {one.number: one for one in study.items.filter(number__in=list(truths))}
        for number, truth in truths.items():
            if number not in items:
                raise InvalidError(f"The study has no case {number}.", path=f"truths.{number}")
            items[number].truth = checked_truth(truth, path=f"truths.{number}")
        StudyItem.objects.bulk_update(items.values(), ["truth"], batch_size=_BATCH)
        detail: dict[str, object] = {"cases": sorted(truths)[:1000], "count": len(truths)}
        record_audit(person, "set_truth", target_kind="reader_study", target_id=study.pk, detail=detail)
    return len(items)
