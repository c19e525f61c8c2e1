"""Take in every waiting file of an intake: its bytes filed, its rows written, or put aside with the reason."""

import errno
import logging
import shutil
import uuid
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from annotator.accounts.actions.record_audit import record_audit
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.actions.keep_beside import Beside, gather_beside, settle_beside
from annotator.imaging.actions.prepare_arrival import prepare_arrival
from annotator.imaging.actions.record_instances import Arrival, record_instances
from annotator.imaging.deidentification.arrival_labels import shown_name, shown_reason
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.header_reading import reading_odd_headers
from annotator.imaging.models import Instance, Intake, IntakeFile, Outcome
from annotator.imaging.store.archives import is_archive, list_members
from annotator.imaging.store.filing import (
    Place,
    byte_store,
    file_all,
    original_place,
    place_exists,
    quarantine_place,
    remove,
    source_place,
)
from annotator.imaging.store.staging import StagedFile, discard, move, sweep_staging
from annotator.imaging.store.waiting_files import MEMBER_MARK, WaitingFiles, is_received, member_path

logger = logging.getLogger(__name__)
# Files a transaction, and a round of fsync.
BATCH = 64
ROWS_AT_ONCE = 1000
# What a file can't be blamed for, while something is made of it.
OUR_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
NAME_LIMIT = 1024

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class IntakeSummary:
    """How the files of an intake ended."""

    ingested: int
    already_there: int
    quarantined: int
    waiting: int = 0
    beside: int = 0
    intake_id: uuid.UUID | None = None

    def __str__(self) -> str:
        beside = f", kept beside {self.beside}" if self.beside else ""
        return f"ingested {self.ingested}, already there {self.already_there}, quarantined {self.quarantined}{beside}"


def summarise(intake_id: uuid.UUID | str) -> IntakeSummary:
    """Count an intake's files by outcome."""
    counted: dict[str, int] = dict(
        IntakeFile.objects.filter(intake_id=intake_id).values_list("outcome").annotate(n=Count("pk")).order_by()
    )
    return IntakeSummary(
        intake_id=uuid.UUID(str(intake_id)), **{outcome.value: counted.get(outcome.value, 0) for outcome in Outcome}
    )


def studies_of(intake_id: uuid.UUID | str) -> set[int]:
    """The keys of the studies that an intake brought something for."""
    rows = IntakeFile.objects.filter(intake_id=intake_id, instance__isnull=False)
    return set(rows.order_by().values_list("instance__series__study_id", flat=True).distinct())


def ingest_intake(intake_id: uuid.UUID | str, *, report: Report = lambda _percent, _doing: None) -> IntakeSummary:
    """Take in an intake's waiting files; run again after a crash, it goes on where it was.

    A file's row leaves "waiting" in the transaction that writes its instance, and its bytes are durable
    before that; so whatever kills this process, no file is lost and none counted twice.

    Parameters
    ----------
    report : called with percent and what is done now, between batches; may raise to stop.
    """
    intake = Intake.objects.get(pk=intake_id)
    sweep_staging()
    _list_archives(intake, report)
    beside = gather_beside(intake)
    total = max(1, intake.files.count())
    with WaitingFiles() as sources, closing(_staged_batches(intake, sources, beside)) as batches:
        for batch in batches:
            _ingest_batch(batch, beside)
            rows = [arrival.row for arrival in batch.arrivals]
            count_studies({row.instance.series.study_id for row in rows if row.instance is not None})
            waiting = intake.files.filter(outcome=Outcome.WAITING).count()
            report(100 * (total - waiting) // total, f"{total - waiting:,} of {total:,} files")
    settle_beside(intake, beside)
    shutil.rmtree(settings.UPLOADS_DIR / str(intake.pk), ignore_errors=True)
    # Once more for batches whose worker died between writing and counting.
    count_studies(studies_of(intake.pk))
    summary = summarise(intake.pk)
    with transaction.atomic():
        record_audit(
            intake.requested_by, "ingest_files", target_kind="intake", target_id=intake.pk, detail={"end": str(summary)}
        )
    return summary


def _list_archives(intake: Intake, report: Report) -> None:
    """Replace each zip's row by a row a member, all in one transaction: a crash leaves one or the other."""
    waiting = intake.files.filter(outcome=Outcome.WAITING).exclude(path__contains=MEMBER_MARK)
    for row in waiting.order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):
        try:
            if not is_archive(Path(row.path)):
                continue
            report(0, f"Listing {row.name}"[:200])
            members = list_members(Path(row.path))
        except OSError:
            continue  # the batch says what is wrong with it
        except QuarantineError as error:
            _quarantine_archive(row, error.reason)
            continue
        names: set[str] = set()
        with transaction.atomic():
            IntakeFile.objects.bulk_create(
                (
                    IntakeFile(
                        intake=intake,
                        name=_member_name(row.name, member.name, member.index, names),
                        path=member_path(row.path, member.index),
                        byte_size=member.byte_size,
                    )
                    for member in members
                ),
                batch_size=ROWS_AT_ONCE,
                ignore_conflicts=True,
            )
            row.delete()


def _member_name(archive: str, member: str, index: int, taken: set[str]) -> str:
    """zip!member, told apart by a number where a zip repeats a name or a name is too long."""
    name = f"{archive}!{shown_name(''.join(letter for letter in member if letter.isprintable()))}"
    if name in taken or len(name) > NAME_LIMIT:
        name = f"{name[: NAME_LIMIT - 12]} #{index + 1}"
    taken.add(name)
    return name


def _quarantine_archive(row: IntakeFile, reason: str) -> None:
    """A refused zip of an upload moves to the quarantine; one of the command's paths stays where it is."""
    if is_received(row.path) and row.sha256:
        place = quarantine_place(row.sha256)
        file_all([(Path(row.path), place)])
        row.path = str(place)
    elif settings.DEIDENTIFY:
        row.path = ""
    row.outcome, row.reason = Outcome.QUARANTINED, shown_reason(reason)
    row.save(update_fields=["outcome", "reason", "path", "at"])


@dataclass
class _Batch:
    """Files on their way: their arrivals, and their copies by their rows' keys."""

    arrivals: list[Arrival]
    staged: dict[int, StagedFile]

    def discard(self) -> None:
        discard(one.path for one in self.staged.values())
        discard(one.prepared.file.path for one in self.arrivals if one.prepared is not None)


def _staged_batches(intake: Intake, sources: WaitingFiles, beside: Beside) -> Generator[_Batch, None, None]:
    """Batches of waiting files, copied and hashed by a thread while the batch before is read and recorded."""
    last = 0

    def rows() -> list[IntakeFile]:
        nonlocal last
        waiting = intake.files.filter(outcome=Outcome.WAITING, pk__gt=last).exclude(pk__in=beside.table_rows)
        found = list(waiting.order_by("pk")[:BATCH])
        last = found[-1].pk if found else last
        return found

    with ThreadPoolExecutor(1, thread_name_prefix="staging") as stager:
        coming = stager.submit(_stage_batch, rows(), sources)
        try:
            while (batch := coming.result()).arrivals:
                coming = stager.submit(_stage_batch, rows(), sources)
                yield batch
        finally:
            # Whatever ended it, the copies of a batch that nobody takes any more go.
            with suppress(Exception):
                coming.result().discard()


def _stage_batch(rows: list[IntakeFile], sources: WaitingFiles) -> _Batch:
    batch = _Batch([], {})
    try:
        for row in rows:
            batch.arrivals.append(_stage(row, sources, batch.staged))
        byte_store("originals").settle([copy.path for copy in batch.staged.values()])
    except BaseException:
        batch.discard()
        raise
    return batch


def _ingest_batch(batch: _Batch, beside: Beside) -> None:
    arrivals, staged = batch.arrivals, batch.staged
    rows = [arrival.row for arrival in arrivals]
    uploads = [row.path for row in rows if is_received(row.path) and MEMBER_MARK not in row.path]
    try:
        with reading_odd_headers():
            _prepare_unknown(arrivals, staged, beside)
        _file(arrivals, staged)
        record_instances(arrivals)
    finally:
        batch.discard()
    _move_refused_originals(arrivals)
    _remove_second_files(arrivals)
    discard(Path(path) for path in uploads)


def _stage(row: IntakeFile, sources: WaitingFiles, staged: dict[int, StagedFile]) -> Arrival:
    arrival = Arrival(row, byte_size=row.byte_size)
    try:
        copy = sources.stage(row)
    except QuarantineError as error:
        arrival.reason = shown_reason(error.reason)
        arrival.source_sha256 = row.sha256
        if is_received(row.path):
            row.path = ""  # the upload's folder goes when the intake is done
    else:
        staged[row.pk] = copy
        arrival.source_sha256, arrival.byte_size = copy.sha256, copy.byte_size
    return arrival


def _prepare_unknown(arrivals: Iterable[Arrival], staged: dict[int, StagedFile], beside: Beside) -> None:
    """Read what isn't in the catalogue by its bytes already."""
    shas = {one.sha256 for one in staged.values()}
    rows = Instance.objects.filter(Q(source_sha256__in=shas) | Q(sha256__in=shas))
    known = {sha for pair in rows.values_list("source_sha256", "sha256") for sha in pair}
    for arrival in arrivals:
        if arrival.reason or arrival.source_sha256 in known:
            continue
        try:
            name = beside.names.get(arrival.row.pk, arrival.row.name)
            arrival.prepared = prepare_arrival(staged[arrival.row.pk], name=name, companions=beside.companions)
        except QuarantineError as error:
            arrival.reason = error.reason
        except Exception as error:
            if isinstance(error, OSError) and error.errno in OUR_DISK:
                raise
            # The one place where anything may go wrong with a file: it must not take the others with it.
            # Where the site de-identifies without the error's own words: they may hold values of the header.
            logger.exception(
                "File %s of intake %s could not be parsed.",
                arrival.row.pk,
                arrival.row.intake_id,
                exc_info=not settings.DEIDENTIFY,
            )
            arrival.reason = f"The file can't be read: {type(error).__name__}. Its sender should check it."


def _file(arrivals: Iterable[Arrival], staged: dict[int, StagedFile]) -> None:
    """Bytes first: durable under their final names before any row says that they are there."""
    # By place: the same bytes twice in one batch are two drafts of one file, and either will do.
    drafts: dict[Place, Path] = {}
    for arrival in arrivals:
        copy = staged.get(arrival.row.pk)
        if copy is None:
            continue
        if arrival.reason:
            arrival.quarantined = quarantine_place(arrival.source_sha256)
            drafts[arrival.quarantined] = copy.path
        elif arrival.prepared is not None:
            drafts[original_place(arrival.prepared.file.sha256)] = arrival.prepared.file.path
            if settings.DEIDENTIFY_KEEP_ORIGINALS and arrival.prepared.deidentified:
                drafts[source_place(arrival.source_sha256)] = copy.path
        elif _was_lost(arrival):
            drafts[original_place(arrival.source_sha256)] = copy.path
    file_all((draft, place) for place, draft in drafts.items())


def _was_lost(arrival: Arrival) -> bool:
    """Whether the catalogue knows these very bytes and the store has them no more: sent again, they come back."""
    kept_as_it_came = Instance.objects.filter(sha256=arrival.source_sha256)
    return not place_exists(original_place(arrival.source_sha256)) and kept_as_it_came.exists()


def _move_refused_originals(arrivals: Iterable[Arrival]) -> None:
    """Well-formed files that the catalogue refused (other bytes of a known UID): their bytes go to the quarantine."""
    for arrival in arrivals:
        if not arrival.reason or arrival.quarantined is not None or arrival.prepared is None:
            continue
        sha256 = arrival.prepared.file.sha256
        if place_exists(original_place(sha256)) and not Instance.objects.filter(sha256=sha256).exists():
            move(original_place(sha256), quarantine_place(sha256))


def _remove_second_files(arrivals: Iterable[Arrival]) -> None:
    """What was filed and turned out to be another file of an object that is here already."""
    for arrival in arrivals:
        held = arrival.row.instance
        if held is None or arrival.prepared is None or arrival.prepared.file.sha256 == held.sha256:
            continue
        if not Instance.objects.filter(sha256=arrival.prepared.file.sha256).exists():
            remove(original_place(arrival.prepared.file.sha256))
