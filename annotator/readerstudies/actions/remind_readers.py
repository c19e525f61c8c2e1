"""Remind readers of a study by e-mail of what waits for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Count, Q
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, UnavailableError
from annotator.accounts.policies import Person
from annotator.cases.models import CaseGrant
from annotator.readerstudies.models import AssignmentStage, AssignmentState, ReaderStudy, StudyReader, StudyState
from annotator.readerstudies.study_queries import readers_of, readings_of, study_for


@dataclass(frozen=True)
class Reminded:
    """Codes of those who were written to, and of those who have no address or nothing left to read."""

    sent: tuple[str, ...]
    without_address: tuple[str, ...]
    finished: tuple[str, ...]


def remind_readers(person: Person, study_id: UUID | str, codes: Sequence[str]) -> Reminded:
    """Write to these readers how much they have left; the message names the study and no case.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    InvalidError : a reader who isn't in the study; path "readers".
    ConflictError : the study doesn't run.
    UnavailableError : no mail server is set up, or it takes nothing.
    """
    study = study_for(person, study_id)
    if study.state not in (StudyState.RUNNING, StudyState.PILOT):
        raise ConflictError("Nobody is reading this study now.")
    if not settings.EMAIL_HOST:
        raise UnavailableError("No mail server is set up: an operator sets EMAIL_HOST.")
    readers = {one.code: one for one in readers_of(study, active=True)}
    if unknown := [code for code in codes if code not in readers]:
        raise InvalidError(f"The study has no reader {unknown[0]} who still reads.", path="readers")
    left = dict(
        readings_of(study)
        .exclude(stage=AssignmentStage.ADJUDICATION)
        .order_by()
        .values_list("reader")
        .annotate(left=Count("pk", filter=~Q(state=AssignmentState.SUBMITTED)))
    )
    chosen = [readers[code] for code in dict.fromkeys(codes)]
    finished = [one for one in chosen if not left.get(one.person_id)]
    mute = [one for one in chosen if one not in finished and not one.person.email]
    written = [one for one in chosen if one not in finished and one not in mute]
    _write(person, study, written, left)
    return Reminded(
        sent=tuple(one.code for one in written),
        without_address=tuple(one.code for one in mute),
        finished=tuple(one.code for one in finished),
    )


def remind_idle_readers(*, now: datetime | None = None) -> int:
    """Write to everybody whose study wants it and who has read nothing for as many days as it says. Returns how many.

    Nobody is written to before a washout is over, nor twice within those days. The system's own: it is done daily.

    Raises
    ------
    UnavailableError : the mail server takes nothing.
    """
    at, count = now or timezone.now(), 0
    if not settings.EMAIL_HOST:
        return 0
    for study in ReaderStudy.objects.filter(state=StudyState.RUNNING, protocol__remind_every_days__gt=0):
        since = at - timedelta(days=study.protocol["remind_every_days"])
        idle = readers_of_since(study, since)
        readings = readings_of(study).filter(stage__in=[AssignmentStage.TRAINING, AssignmentStage.MAIN])
        unread = readings.exclude(state=AssignmentState.SUBMITTED).order_by()
        left = dict(unread.values_list("reader").annotate(count=Count("pk")))
        # A case that is open to them now: within a washout there is nothing to remind of.
        opened = set(
            CaseGrant.objects.filter(case__in=unread.values("case"), valid_until=None)
            .filter(Q(valid_from=None) | Q(valid_from__lte=at))
            .order_by()
            .values_list("person", flat=True)
        )
        written = [one for one in idle if one.person.email and one.person_id in opened and left.get(one.person_id)]
        if written:
            _write(None, study, written, left)
            count += len(written)
    return count


def readers_of_since(study: ReaderStudy, since: datetime) -> list[StudyReader]:
    """The readers who neither handed anything in since then nor were reminded, nor had the study before."""
    if study.launched_at is None or study.launched_at > since:
        return []
    busy = set(readings_of(study).filter(submitted_at__gt=since).order_by().values_list("reader", flat=True))
    return [
        one
        for one in readers_of(study, active=True)
        if one.person_id not in busy and (one.reminded_at is None or one.reminded_at <= since)
    ]


def _write(person: Person | None, study: ReaderStudy, readers: Sequence[StudyReader], left: Mapping[int, int]) -> None:
    _send([_message(study, one, left[one.person_id]) for one in readers])
    StudyReader.objects.filter(pk__in=[one.pk for one in readers]).update(reminded_at=timezone.now())
    detail: dict[str, object] = {"readers": [one.code for one in readers]}
    record_audit(person, "remind_readers", target_kind="reader_study", target_id=study.pk, detail=detail)


def _message(study: ReaderStudy, reader: StudyReader, left: int) -> EmailMessage:
    cases = "1 case is" if left == 1 else f"{left} cases are"
    due = study.protocol.get("due_date")
    is_over = bool(due) and due < timezone.localdate().isoformat()
    until = f"It was to be finished by {due}.\n" if is_over else f"It is to be finished by {due}.\n" if due else ""
    text = (
        f"Dear {reader.person.full_name},\n\n{cases} left for you to read in the study “{study.name}”.\n{until}\n"
        "Your worklist in the Reading Room leads on where you stopped.\n"
    )
    return EmailMessage(f"Left to read: {study.name}", text, to=[reader.person.email])


def _send(messages: Sequence[EmailMessage]) -> None:
    if not messages:
        return
    try:
        get_connection().send_messages(list(messages))
    except OSError as refused:
        raise UnavailableError(f"The mail server took nothing: {refused}.") from refused
