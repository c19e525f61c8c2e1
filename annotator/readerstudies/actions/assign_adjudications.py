"""Give disputed cases to an adjudicator, and take an adjudication back that nobody began."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.cases.actions.copy_cases import copy_cases
from annotator.cases.actions.let_in import let_in, let_out
from annotator.readerstudies.adjudicating import CaseToSettle, disputed_cases, possible_adjudicators, reasons_for
from annotator.readerstudies.asked_questions import AskedQuestion
from annotator.readerstudies.letters import letters_of
from annotator.readerstudies.models import Assignment, AssignmentStage, AssignmentState, ReaderStudy, Step
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.reading_order import terms_of
from annotator.readerstudies.study_queries import protocol_of


def assign_adjudications(
    person: Person, study_id: UUID | str, adjudicator_id: int, *, numbers: Collection[int]
) -> list[Assignment]:
    """Put disputed cases onto an adjudicator's worklist, each as a copy of their own; those assigned already stay.

    Parameters
    ----------
    numbers : of the cases.

    Raises
    ------
    NotAllowedError, NotFoundError : as `disputed_cases`.
    InvalidError : no case, one that isn't disputed, or somebody who can't adjudicate; path "cases" or "adjudicator".
    """
    with transaction.atomic():
        # Two admins at once: the second one finds what the first one assigned.
        ReaderStudy.objects.select_for_update(no_key=True).filter(pk=study_id).first()
        disputed = disputed_cases(person, study_id)
        study = disputed.counted.study
        adjudicator = next((one for one in possible_adjudicators(study) if one.pk == adjudicator_id), None)
        if adjudicator is None:
            raise InvalidError(
                "An adjudicator is an active radiologist who doesn't read in the study.", path="adjudicator"
            )
        cases = {case.number: case for case in disputed.cases}
        unknown = sorted(set(numbers) - set(cases))
        if unknown or not numbers:
            raise InvalidError(f"Choose disputed cases{f'; {unknown[0]} is none' if unknown else ''}.", path="cases")
        wanted = [cases[number] for number in sorted(set(numbers)) if cases[number].assignment is None]
        made = _make(study, adjudicator, wanted, disputed.counted.questions, by=signed_in(person))
        detail: dict[str, object] = {"adjudicator": adjudicator.username, "cases": [case.number for case in wanted]}
        record_audit(person, "assign_adjudications", target_kind="reader_study", target_id=study.pk, detail=detail)
    return made


def take_adjudication_back(person: Person, assignment_id: UUID | str) -> Assignment:
    """Take a case from its adjudicator that they didn't open; it can be given to somebody else.

    Raises
    ------
    NotAllowedError : `person` doesn't run studies.
    NotFoundError : there is no such adjudication.
    ConflictError : it was opened; what was begun is finished.
    """
    if not may_run_studies(person):
        raise NotAllowedError("Only an admin may take an adjudication back.")
    with transaction.atomic():
        rows = Assignment.objects.select_for_update(of=("self",)).filter(stage=AssignmentStage.ADJUDICATION)
        found = rows.filter(pk=assignment_id, given_up_at=None).first()
        if found is None:
            raise NotFoundError("There is no such adjudication.")
        if found.state != AssignmentState.ASSIGNED:
            raise ConflictError("Its adjudicator began it: it can't be taken back.")
        found.given_up_at = timezone.now()
        found.save(update_fields=["given_up_at"])
        let_out(found.reader_id, [found.case_id])
        detail: dict[str, object] = {"assignment": str(found.pk), "reader_id": found.reader_id}
        target = found.study_id or ""
        record_audit(person, "take_adjudication_back", target_kind="reader_study", target_id=target, detail=detail)
    return found


def _make(
    study: ReaderStudy,
    adjudicator: User,
    wanted: Sequence[CaseToSettle],
    questions: Sequence[AskedQuestion],
    *,
    by: User,
) -> list[Assignment]:
    protocol = protocol_of(study)
    letters = letters_of(str(study.pk), study.readers.values_list("code", flat=True))
    # Whoever gives out places of a worklist locks its reader first: see assign_cases.
    User.objects.select_for_update(no_key=True).get(pk=adjudicator.pk)
    items = {item.number: item for item in study.items.filter(number__in=[case.number for case in wanted])}
    copies = copy_cases([items[case.number].case_id for case in wanted], with_priors=protocol.shows_priors)
    last = Assignment.objects.filter(reader=adjudicator).aggregate(last=Max("place"))["last"] or 0
    made = Assignment.objects.bulk_create(
        Assignment(
            case=copy,
            reader=adjudicator,
            place=last + at,
            assigned_by=by,
            study=study,
            item=items[case.number],
            stage=AssignmentStage.ADJUDICATION,
            step=Step.FINAL,
            because=reasons_for(case, letters, questions),
        )
        for at, (case, copy) in enumerate(zip(wanted, copies, strict=True), start=1)
    )
    let_in(adjudicator.pk, [(one.case_id, terms_of(protocol, one)) for one in made])
    return made
