"""Hand a reading in."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.annotations.actions.lock_case import lock_case
from annotator.annotations.completeness import check_required
from annotator.annotations.turns import take_turn
from annotator.assist.actions.settle_decisions import settle_decisions
from annotator.cases.actions.let_in import let_in
from annotator.cases.queries import grants_that_hold
from annotator.readerstudies.assignment_states import move_assignment
from annotator.readerstudies.freeze_read import check_complete, content_of, freeze_read
from annotator.readerstudies.models import Assignment, AssignmentStage, AssignmentState, Step
from annotator.readerstudies.policies import may_read_cases
from annotator.readerstudies.reading_order import check_is_next, open_next, terms_of
from annotator.readerstudies.study_queries import protocol_of


def submit_assignment(person: Person, assignment_id: UUID | str, *, step: str = "") -> Assignment:
    """Submit one's own reading and lock its marks; submitting twice changes nothing.

    In a reader study what is handed in is checked for completeness and frozen. The unaided step of a second read is
    frozen and stays open: the model's suggestions come, and the same case is submitted once more.

    Parameters
    ----------
    step : "unaided" or "final", the one that the reader's page shows; needed for a second read, so that neither a
        repeated message nor a second window hands in the final answer unseen.

    Raises
    ------
    NotAllowedError : `person` is no radiologist.
    NotFoundError : it isn't on their worklist.
    InvalidError : a second read without the step.
    IncompleteError : required questions of forms that were begun are open.
    ConflictError : a study's reading that isn't complete, or isn't next in the order.
    """
    if not may_read_cases(person):
        raise NotAllowedError("Only radiologists submit readings.")
    with transaction.atomic():
        assignment = _own(person, assignment_id)
        if assignment.state == AssignmentState.SUBMITTED:
            return assignment
        if assignment.study is None:
            lock_case(person, assignment.case, owner=assignment.reader, reason="it was submitted")
            settle_decisions(assignment.case_id, assignment.reader_id)
            # Behind the lock: no save that is under way can open what was found answered.
            check_required(assignment.case_id, assignment.reader)
            move_assignment(assignment, AssignmentState.SUBMITTED)
        elif not _hand_in(person, assignment, step):
            return assignment
        detail: dict[str, object] = {"case": str(assignment.case_id)}
        record_audit(person, "submit_assignment", target_kind="assignment", target_id=assignment.pk, detail=detail)
    return assignment


def _own(person: Person, assignment_id: UUID | str) -> Assignment:
    """One's own, open or handed in: what a study closes behind a reader must not look unsubmitted to their page."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("case", "reader", "study")
    # In one question, so that what isn't open yet takes no longer than what isn't there.
    is_open = Exists(grants_that_hold(person).filter(case=OuterRef("case")))
    is_done = Q(study__isnull=False, state=AssignmentState.SUBMITTED)
    found = rows.filter(is_done | Q(is_open), pk=assignment_id, reader_id=person.pk, given_up_at=None).first()
    if found is None:
        raise NotFoundError("There is no such assignment among those that you may see.")
    return found


def _hand_in(person: Person, assignment: Assignment, step: str) -> bool:
    """Freeze the step that is read; whether anything was handed in."""
    study = assignment.study
    if study is None:
        return False
    protocol = protocol_of(study)
    check_is_next(assignment)
    if assignment.arm and protocol.arm(assignment.arm).suggestions == "after":
        if step not in Step.values:
            raise InvalidError('Say which step of the second read is submitted: "unaided" or "final".', path="step")
        if step != assignment.step:
            return False
    # A mark that is being saved in another window is in, or comes too late.
    take_turn(person, assignment.case_id)
    content = content_of(assignment)
    if assignment.stage != AssignmentStage.ADJUDICATION:
        check_required(assignment.case_id, assignment.reader)
        check_complete(assignment, protocol, content)
    freeze_read(assignment, content)
    if assignment.step == Step.UNAIDED:
        assignment.step = Step.FINAL
        assignment.save(update_fields=["step"])
        let_in(assignment.reader_id, [(assignment.case_id, terms_of(protocol, assignment))])
        return True
    lock_case(person, assignment.case, owner=assignment.reader, reason="it was submitted")
    settle_decisions(assignment.case_id, assignment.reader_id)
    move_assignment(assignment, AssignmentState.SUBMITTED)
    open_next(study, assignment.reader_id)
    return True
