"""Let a case show its patient's earlier studies beside the one that is read."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.cases.hangable_stacks import hangable_stacks
from annotator.cases.hanging import titles_of
from annotator.cases.hangings.choose import CaseDescription, choose_hangings
from annotator.cases.hangings.hangable import HangableStack
from annotator.cases.hangings.queries import enabled_protocols
from annotator.cases.models import Case, CaseStack
from annotator.cases.policies import may_make_cases
from annotator.cases.queries import case_for
from annotator.imaging.catalogue.priors import priors_of
from annotator.imaging.models import Study

MOST_PRIORS = 3


@dataclass(frozen=True)
class FittingPrior:
    """An earlier study of the patient, and its stacks of the case's modality and body part."""

    study: Study
    stacks: tuple[HangableStack, ...]


def fitting_priors(person: Person, case: Case, *, most: int = MOST_PRIORS) -> list[FittingPrior]:
    """The earlier studies that a case can show, the latest first.

    Earlier is what has an earlier date: of a study without one nobody knows. A body part that either side leaves
    open is taken to fit.
    """
    own = {stack.body_part.upper() for stack in hangable_stacks(case.study_id) if stack.modality == case.modality}
    fitting: list[FittingPrior] = []
    for prior in priors_of(person, case.study):
        if len(fitting) == most:
            break
        # The catalogue keeps to the patient; asked again because these pictures are shown to blinded readers.
        if prior.days is None or prior.days >= 0 or prior.study.patient_id != case.study.patient_id:
            continue
        stacks = tuple(
            stack
            for stack in hangable_stacks(prior.study.pk)
            if stack.modality == case.modality and _parts_fit(own, stack.body_part.upper())
        )
        if stacks:
            fitting.append(FittingPrior(prior.study, stacks))
    return fitting


def show_priors(person: Person, case_id: UUID | str, *, most: int) -> int:
    """Show a case with so many of its patient's earlier studies, the latest ones; 0 takes them away.

    Who may open the case sees them too, by the same tokens and as blinded as they are. What is read keeps its
    places. Nobody marks earlier studies, so that taking them away loses nothing.

    Returns how many are shown now.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : there is no such case.
    InvalidError : less than 0 or more than three.
    """
    if not may_make_cases(person):
        raise NotAllowedError("Only a data manager or an admin may choose what a case shows.")
    if not 0 <= most <= MOST_PRIORS:
        raise InvalidError(f"A case shows between 0 and {MOST_PRIORS} earlier studies.", path="most")
    with transaction.atomic():
        # Ingest may be hanging the same case anew.
        Study.objects.select_for_update(no_key=True).get(pk=case_for(person, case_id).study_id)
        case = case_for(person, case_id)
        shown = fitting_priors(person, case, most=most) if most else []
        before = set(case.case_stacks.filter(prior__gt=0).values_list("stack_id", "prior"))
        wanted = {(stack.pk, at) for at, prior in enumerate(shown, start=1) for stack in prior.stacks}
        if before != wanted:
            _replace(case, shown)
            detail: dict[str, object] = {"studies": [prior.study.pk for prior in shown], "stacks": len(wanted)}
            record_audit(person, "show_priors", target_kind="case", target_id=case.pk, detail=detail)
    return len(shown)


def _replace(case: Case, priors: list[FittingPrior]) -> None:
    case.case_stacks.filter(prior__gt=0).delete()
    place = max(case.case_stacks.values_list("place", flat=True), default=-1) + 1
    rows: list[CaseStack] = []
    for number, prior in enumerate(priors, start=1):
        for stack, title in zip(prior.stacks, titles_of(prior.stacks), strict=True):
            rows.append(CaseStack(case=case, stack_id=stack.pk, place=place + len(rows), title=title, prior=number))
    CaseStack.objects.bulk_create(rows)
    case.layout = _layout_of(case)
    case.save(update_fields=["layout"])


def _layout_of(case: Case) -> str:
    """The panes of what hangs first now."""
    known = dict(case.case_stacks.values_list("stack_id", "prior"))
    order = list(case.case_stacks.order_by("place").values_list("stack_id", flat=True))
    studies = set(case.case_stacks.values_list("stack__series__study_id", flat=True))
    found = {stack.pk: stack for study in studies for stack in hangable_stacks(study)}
    stacks = tuple(_as_prior(found[pk], known[pk]) for pk in order if pk in found)
    if not stacks:
        return case.layout
    best = choose_hangings(CaseDescription(case.modality, stacks[0].body_part, stacks), enabled_protocols())[0]
    return f"{best.rows}x{best.columns}"


def _as_prior(stack: HangableStack, prior: int) -> HangableStack:
    return HangableStack(**{**vars(stack), "prior": prior})


def _parts_fit(own: set[str], other: str) -> bool:
    return not other or not any(own) or "" in own or other in own
