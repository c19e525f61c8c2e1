"""Notice a clock that jumps, so that no washout is shortened by it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.storable_checks import check_line
from annotator.cases.models import CaseGrant
from annotator.readerstudies.models import AssignmentStage, ClockJump, ClockSeen, StudyState
from annotator.readerstudies.policies import may_run_studies

# Clocks are set by so much every day.
LITTLE = timedelta(minutes=10)
# So long a server may be off without anybody being asked: a jump that is as short is taken for it.
LONGEST_PAUSE = timedelta(days=3)


def watch_clock(*, now: datetime | None = None, jumped: timedelta | None = None) -> ClockJump | None:
    """Compare the clock with the latest time seen; a jump is kept and held against every washout that is running.

    Parameters
    ----------
    jumped : by how much the clock went ahead of what really passed, where the process saw it happen.
    """
    at = now or timezone.now()
    with transaction.atomic():
        seen, _ = ClockSeen.objects.select_for_update().get_or_create(pk=1, defaults={"at": at})
        if at < seen.at - LITTLE:
            _put_back(at)
            ClockSeen.objects.filter(pk=1).update(at=at)
            return None
        if at > seen.at:
            ClockSeen.objects.filter(pk=1).update(at=at)
        since = seen.at
        if jumped is not None and jumped > LITTLE:
            since = max(seen.at, at - jumped)
        elif at - seen.at <= LONGEST_PAUSE:
            return None
        if at - since <= LITTLE:
            # Another process saw the same jump before.
            return None
        jump = ClockJump.objects.create(seen_until=since, seen_from=at)
        _shift(since, at - since)
        detail: dict[str, object] = {"from": since.isoformat(), "to": at.isoformat()}
        record_audit(None, "hold_clock_jump", target_kind="clock_jump", target_id=jump.pk, detail=detail)
    return jump


def count_jump(person: Person, jump_id: int, *, why: str) -> ClockJump:
    """Say that the time of a jump did pass, the server having been off: washouts count it from now on.

    Raises
    ------
    NotAllowedError : `person` doesn't run studies.
    InvalidError : no reason; path "reason".
    ConflictError : there is no such jump that is held.
    """
    if not may_run_studies(person):
        raise NotAllowedError("Only an admin may say how much time passed.")
    words = check_line(why, path="reason", longest=1000)
    if not words:
        raise InvalidError("Say how you know that the time passed.", path="reason")
    with transaction.atomic():
        jump = ClockJump.objects.select_for_update().filter(pk=jump_id, settled_at=None).first()
        if jump is None:
            raise ConflictError("Somebody has settled this already, or the clock was put back.")
        _settle(jump, words)
        jump.settled_by = signed_in(person)
        jump.save(update_fields=["settled_by"])
        record_audit(person, "count_clock_jump", target_kind="clock_jump", target_id=jump.pk, detail={"reason": words})
    return jump


def _put_back(now: datetime) -> None:
    """The clock is right again: what it jumped over never was."""
    for jump in ClockJump.objects.filter(settled_at=None, seen_from__gt=now):
        _settle(jump, "The clock was put back.")
        record_audit(None, "undo_clock_jump", target_kind="clock_jump", target_id=jump.pk)


def _settle(jump: ClockJump, why: str) -> None:
    jump.settled_at, jump.why = timezone.now(), why
    jump.save(update_fields=["settled_at", "why"])
    _shift(jump.seen_until, jump.seen_until - jump.seen_from)


def _shift(after: datetime, by: timedelta) -> None:
    """Move the beginning of every session that waits for its washout."""
    coming = CaseGrant.objects.filter(
        valid_from__gt=after,
        valid_until=None,
        case__assignments__study__state=StudyState.RUNNING,
        case__assignments__stage=AssignmentStage.MAIN,
        case__assignments__session__gt=1,
    )
    CaseGrant.objects.filter(pk__in=coming.values("pk")).update(valid_from=F("valid_from") + by)
