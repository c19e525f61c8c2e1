"""Which of a study's cases are open to a reader now: the one to be read, and the one behind it to be loaded ahead.

Everything else is closed: what comes later, and what was submitted. A session's first case opens when the washout after
the reader's last reading of an earlier session is over; the database holds that moment in the grant.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from annotator.accounts.errors import ConflictError
from annotator.cases.actions.let_in import Terms, let_in, let_out
from annotator.cases.models import CaseGrant
from annotator.readerstudies.clock_jumps import held_since
from annotator.readerstudies.design import Arm, ArmKind, Protocol
from annotator.readerstudies.models import (
    Assignment,
    AssignmentStage,
    AssignmentState,
    ReaderStudy,
    Step,
    StudyState,
)

_OPEN_AT_ONCE = 2
_LIVE = (StudyState.PILOT, StudyState.RUNNING)


def own_readings(study_id: UUID, reader_id: int) -> QuerySet[Assignment]:
    """A reader's readings of a study in the order of reading; adjudications have no place in it."""
    rows = Assignment.objects.filter(study=study_id, reader=reader_id, given_up_at=None)
    return rows.exclude(stage=AssignmentStage.ADJUDICATION).order_by("session", "sequence")


def open_next(study: ReaderStudy, reader_id: int) -> None:
    """Open what this reader reads next, and close what was open of the study and isn't next. In a transaction."""
    readings = own_readings(study.pk, reader_id)
    waiting = list(readings.exclude(state=AssignmentState.SUBMITTED)[:_OPEN_AT_ONCE])
    if study.state not in _LIVE:
        waiting = []
    coming = [one for one in waiting if (one.stage, one.session) == (waiting[0].stage, waiting[0].session)]
    own = set(readings.order_by().values_list("case_id", flat=True))
    open_now = set(
        CaseGrant.objects.filter(person=reader_id, case__in=readings.order_by().values("case"), valid_until=None)
        .order_by()
        .values_list("case_id", flat=True)
    )
    let_out(reader_id, sorted((open_now & own) - {one.case_id for one in coming}))
    if coming:
        protocol = Protocol.from_json(study.protocol)
        begins = _opens_at(study, protocol, readings, coming[0])
        let_in(reader_id, [(one.case_id, terms_of(protocol, one, valid_from=begins)) for one in coming])


def close_all(study: ReaderStudy, reader_id: int) -> None:
    """Close every case of a study to a reader. In a transaction."""
    own = Assignment.objects.filter(study=study, reader=reader_id).order_by().values("case")
    opened = CaseGrant.objects.filter(person=reader_id, case__in=own, valid_until=None).order_by()
    let_out(reader_id, list(opened.values_list("case_id", flat=True)))


def terms_of(protocol: Protocol, reading: Assignment, *, valid_from: datetime | None = None) -> Terms:
    """What the reader of a study's case is let in on: the arm decides about suggestions."""
    when = protocol.arm(reading.arm).suggestions if reading.arm else "never"
    return Terms(
        shows_suggestions=when == "always" or (when == "after" and reading.step == Step.FINAL),
        valid_from=valid_from,
        mark_kinds=protocol.mark_kinds,
        schemas=protocol.schemas or None,
    )


def first_step(arm: Arm) -> Step:
    """A second read begins without the model; everything else has one step."""
    return Step.UNAIDED if arm.kind == ArmKind.SECOND_READ else Step.FINAL


def check_is_next(reading: Assignment) -> None:
    """Let a study's case be opened when nothing before it waits.

    Raises
    ------
    ConflictError : something does; it says which place of the order.
    """
    if reading.study_id is None or reading.stage == AssignmentStage.ADJUDICATION:
        return
    before = own_readings(reading.study_id, reading.reader_id).exclude(state=AssignmentState.SUBMITTED)
    first = before.filter(
        Q(session__lt=reading.session) | Q(session=reading.session, sequence__lt=reading.sequence)
    ).first()
    if first is not None:
        raise ConflictError(
            f"The cases of this study are read in their order: submit {first.case.title} first. It is on your worklist."
        )


def _opens_at(
    study: ReaderStudy, protocol: Protocol, readings: QuerySet[Assignment], coming: Assignment
) -> datetime | None:
    """When a session begins; None: at once. A session that was begun stays open whatever is read before it later."""
    if coming.session < 2 or study.state == StudyState.PILOT or not protocol.washout_days:
        return None
    if readings.filter(session=coming.session, opened_at__isnull=False).exists():
        return None
    # Kept times, not the clock: one that jumps ahead doesn't shorten the washout.
    last = readings.filter(session__lt=coming.session).aggregate(last=Max("submitted_at"))["last"]
    # Nor does it by being ahead for good: time that nobody saw pass isn't counted.
    return last + timedelta(days=protocol.washout_days) + held_since(last) if last else None
