"""How far a study is: by reader and arm, how fast, until when; counted by the database, whatever its size."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import AssignmentStage, AssignmentState, ReaderStudy, StudyReader, StudyState
from annotator.readerstudies.study_queries import protocol_of, readers_of, readings_of

# Pace is that of the last days: readers begin slowly and pause.
PACE_DAYS = 14


@dataclass(frozen=True)
class ArmProgress:
    """Readings of one reader under one arm in one session."""

    arm: str
    session: int
    read: int
    total: int


@dataclass(frozen=True)
class ReaderProgress:
    """How far one reader is.

    Attributes
    ----------
    arms : main readings. training : (read, all).
    a_day : main readings a day over the last fortnight, or since the reader began; 0.0 while there is nothing to go by.
    expected_end : at that pace, with the washouts that are still to come; None where it can't be told.
    """

    reader: StudyReader
    arms: tuple[ArmProgress, ...]
    training: tuple[int, int]
    last_read: datetime | None
    a_day: float
    expected_end: date | None
    is_overdue: bool
    is_late: bool

    @property
    def read(self) -> int:
        return sum(one.read for one in self.arms)

    @property
    def total(self) -> int:
        return sum(one.total for one in self.arms)


@dataclass(frozen=True)
class StudyProgress:
    """`unread_given_up`: readings of withdrawn readers that nobody has taken over count nowhere else."""

    readers: tuple[ReaderProgress, ...]
    arms: tuple[ArmProgress, ...]
    read: int
    total: int
    expected_end: date | None
    due_date: date | None


def study_progress(study: ReaderStudy, *, now: datetime | None = None) -> StudyProgress:
    """Count a study; three queries, however many readers and readings.

    Parameters
    ----------
    now : for whoever asks about another moment.
    """
    at = now or timezone.now()
    protocol = protocol_of(study)
    stage = AssignmentStage.PILOT if study.state == StudyState.PILOT else AssignmentStage.MAIN
    counted: dict[int, list[ArmProgress]] = defaultdict(list)
    training: dict[int, tuple[int, int]] = {}
    submitted = Q(state=AssignmentState.SUBMITTED)
    # By state, so that the index has all of it: a condition within the count would have every row looked up.
    cells: dict[tuple[int, str, int, str], dict[str, int]] = defaultdict(dict)
    rows = readings_of(study).filter(stage__in=[stage, AssignmentStage.TRAINING]).order_by()
    for row in rows.values_list("reader_id", "arm", "session", "stage", "state").annotate(count=Count("*")):
        *cell, state, count = row
        cells[tuple(cell)][state] = count
    for (reader, arm, session, of), states in cells.items():
        read, total = states.get(AssignmentState.SUBMITTED, 0), sum(states.values())
        if of == AssignmentStage.TRAINING:
            before = training.get(reader, (0, 0))
            training[reader] = (before[0] + read, before[1] + total)
        else:
            counted[reader].append(ArmProgress(arm, session, read, total))
    since = at - timedelta(days=PACE_DAYS)
    pace = {
        reader: (first, last, recent)
        for reader, first, last, recent in readings_of(study)
        .filter(submitted, stage=stage)
        .order_by()
        .values_list("reader_id")
        .annotate(
            first=Min("submitted_at"),
            last=Max("submitted_at"),
            recent=Count("submitted_at", filter=Q(submitted_at__gte=since)),
        )
    }
    order = {arm.name: place for place, arm in enumerate(protocol.arms)}
    readers = tuple(
        _of_reader(
            one,
            tuple(sorted(counted[one.person_id], key=lambda cell: (cell.session, order.get(cell.arm, 99)))),
            training.get(one.person_id, (0, 0)),
            pace.get(one.person_id),
            protocol,
            at,
        )
        for one in readers_of(study)
    )
    ends = [one.expected_end for one in readers if one.reader.withdrawn_at is None and one.read < one.total]
    known = [one for one in ends if one is not None]
    return StudyProgress(
        readers=readers,
        arms=_summed(readers, order),
        read=sum(one.read for one in readers),
        total=sum(one.total for one in readers),
        expected_end=max(known) if known and len(known) == len(ends) else None,
        due_date=protocol.due_date,
    )


def expected_end(*, left: int, a_day: float, washouts: int, washout_days: int, today: date) -> date | None:
    """When a reader is through at a pace: what is left by the day, and the washouts between. Pure."""
    if not left:
        return None
    if a_day <= 0:
        return None
    days = -int(-left // a_day) + washouts * washout_days
    return today + timedelta(days=days) if days < 36_500 else None


def pace_of(first: datetime, recent: int, *, now: datetime) -> float:
    """Readings a day: those of the last fortnight by its days, or by the days since the first reading. Pure.

    A clock that was put back may have stamped readings in the future: they count as read now.
    """
    days = min(PACE_DAYS, max((now - first) / timedelta(days=1), 0.0))
    return recent / max(days, 1.0)


def _of_reader(
    reader: StudyReader,
    arms: tuple[ArmProgress, ...],
    training: tuple[int, int],
    pace: tuple[datetime, datetime, int] | None,
    protocol: Protocol,
    now: datetime,
) -> ReaderProgress:
    left = sum(one.total - one.read for one in arms)
    a_day = pace_of(pace[0], pace[2], now=now) if pace else 0.0
    begun = {one.session for one in arms if one.read}
    ahead = {one.session for one in arms if one.total > one.read} - begun
    today = timezone.localdate(now)
    end = expected_end(
        left=left,
        a_day=a_day,
        washouts=len(ahead - {1}),
        washout_days=protocol.washout_days,
        today=today,
    )
    reads_on = left > 0 and reader.withdrawn_at is None
    due = protocol.due_date
    return ReaderProgress(
        reader=reader,
        arms=arms,
        training=training,
        last_read=pace[1] if pace else None,
        a_day=a_day,
        expected_end=end if reads_on else None,
        is_overdue=bool(reads_on and due and due < today),
        is_late=bool(reads_on and due and end and end > due >= today),
    )


def _summed(readers: Iterable[ReaderProgress], order: dict[str, int]) -> tuple[ArmProgress, ...]:
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for reader in readers:
        for one in reader.arms:
            sums[one.session, one.arm][0] += one.read
            sums[one.session, one.arm][1] += one.total
    cells = sorted(sums, key=lambda cell: (cell[0], order.get(cell[1], 99)))
    return tuple(ArmProgress(arm, session, *sums[session, arm]) for session, arm in cells)
