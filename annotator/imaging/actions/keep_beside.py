"""Tables and masks that come with pictures: found before the pictures are taken in, linked to them afterwards."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator.imaging.deidentification.arrival_labels import sent_name, shown_reason
from annotator.imaging.errors import QuarantineError
from annotator.imaging.models import Intake, IntakeFile, Outcome
from annotator.imaging.store.filing import Place, beside_place, file_all, quarantine_place
from annotator.imaging.store.staging import StagedFile, discard
from annotator.imaging.store.waiting_files import MEMBER_MARK, WaitingFiles
from annotator.imaging.wrapping.companions import Companions
from annotator.imaging.wrapping.picture_kinds import EXTENSIONS, TABLE_EXTENSION, has_picture_name, has_table_name
from annotator.imaging.wrapping.tables import LARGEST_TABLE_BYTES, PictureTable, read_table

AT_ONCE = 64
MASK_OF = "Mask of "
NOT_KEPT = "Read, and not kept: this site takes identifiers away."


@dataclass(frozen=True)
class Beside:
    """What lies beside an intake's pictures.

    `tables` are those that could be read and `refused` why others couldn't, by the keys of their rows; `names` are
    the files' own names by the keys of their rows, which pages may not show where the site takes identifiers away.
    """

    companions: Companions
    tables: dict[int, PictureTable] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def table_rows(self) -> list[int]:
        return [*self.tables, *self.refused]


def gather_beside(intake: Intake) -> Beside:
    """Read an intake's tables, and put its masks aside; the tables' rows wait until `settle_beside`.

    Run again after a crash, it goes on where it was.
    """
    with WaitingFiles() as sources:
        rows = list(_rows_by_name(intake))
        names = dict(_real_names(rows, sources))
        pictures = [name for name in names.values() if has_picture_name(name)]
        tables: dict[int, PictureTable] = {}
        refused: dict[int, str] = {}
        for row in rows if pictures else []:
            if row.outcome != Outcome.WAITING or not has_table_name(names[row.pk]):
                continue
            try:
                tables[row.pk] = read_table(sources.content(row, LARGEST_TABLE_BYTES), name=names[row.pk])
            except QuarantineError as error:
                refused[row.pk] = error.reason
        companions = Companions(pictures, tables.values(), {names[key]: why for key, why in refused.items()})
        masks = [
            row
            for row in rows
            if row.outcome == Outcome.WAITING and companions.picture_of_mask(names[row.pk]) is not None
        ]
        for begin in range(0, len(masks), AT_ONCE):
            _put_aside(masks[begin : begin + AT_ONCE], sources)
    return Beside(companions, tables, refused, names)


def settle_beside(intake: Intake, beside: Beside) -> None:
    """Link masks to their pictures, and file the tables; called when the pictures are in."""
    _link_masks(intake, beside)
    rows = list(intake.files.filter(pk__in=beside.table_rows, outcome=Outcome.WAITING))
    with WaitingFiles() as sources:
        for row in rows:
            _settle_table(row, beside, sources)


def _rows_by_name(intake: Intake) -> QuerySet[IntakeFile]:
    """Rows that by their names may be pictures, masks or tables."""
    wanted = Q(name__iendswith=".gz")
    for extension in (*EXTENSIONS, TABLE_EXTENSION):
        wanted |= Q(name__iendswith=extension)
    return intake.files.filter(wanted).order_by("pk")


def _real_names(rows: Iterable[IntakeFile], sources: WaitingFiles) -> Iterator[tuple[int, str]]:
    """What the sender called each file: a table names files by it."""
    for row in rows:
        if not settings.DEIDENTIFY or not row.path:
            yield row.pk, row.name
        elif MEMBER_MARK in row.path:
            yield row.pk, sources.member_name(row)
        elif Path(row.path).is_symlink():
            yield row.pk, os.readlink(row.path)
        else:
            yield row.pk, sent_name(row.path, row.name)


def _put_aside(rows: list[IntakeFile], sources: WaitingFiles) -> None:
    """File masks where they are durable, then say so in their rows."""
    staged: dict[int, StagedFile] = {}
    try:
        for row in rows:
            try:
                staged[row.pk] = sources.stage_as_it_is(row)
            except QuarantineError as error:
                row.outcome, row.reason = Outcome.QUARANTINED, shown_reason(error.reason)
        _file_beside(staged.values())
    finally:
        discard(copy.path for copy in staged.values())
    for row in rows:
        row.at = timezone.now()
        if (copy := staged.get(row.pk)) is not None:
            row.outcome, row.sha256, row.byte_size = Outcome.BESIDE, copy.sha256, copy.byte_size
            row.reason, row.path = MASK_OF + "a picture", str(beside_place(copy.sha256))
    IntakeFile.objects.bulk_update(rows, ["outcome", "reason", "sha256", "byte_size", "path", "at"])


def _file_beside(copies: Iterable[StagedFile]) -> None:
    drafts: dict[Place, Path] = {beside_place(copy.sha256): copy.path for copy in copies}
    file_all((draft, place) for place, draft in drafts.items())


def _link_masks(intake: Intake, beside: Beside) -> None:
    by_name = {name: key for key, name in beside.names.items()}
    masks = [
        row
        for row in intake.files.filter(outcome=Outcome.BESIDE, instance=None)
        if row.pk in beside.names and beside.companions.picture_of_mask(beside.names[row.pk]) is not None
    ]
    pictures = {}
    for row in masks:
        pictures[row.pk] = by_name.get(beside.companions.picture_of_mask(beside.names[row.pk]) or "")
    found = {row.pk: row for row in intake.files.filter(outcome__in=(Outcome.INGESTED, Outcome.ALREADY_THERE))}
    for row in masks:
        picture = found.get(pictures[row.pk] or 0)
        row.instance_id = picture.instance_id if picture is not None else None
        row.reason = f"{MASK_OF}{picture.name}." if picture is not None else "A mask whose picture was not taken in."
    IntakeFile.objects.bulk_update(masks, ["instance", "reason"], batch_size=AT_ONCE)


def _settle_table(row: IntakeFile, beside: Beside, sources: WaitingFiles) -> None:
    refused = beside.refused.get(row.pk)
    row.outcome = Outcome.BESIDE if refused is None else Outcome.QUARANTINED
    row.reason = shown_reason(refused if refused is not None else _remarks(row, beside))
    if settings.DEIDENTIFY and not settings.DEIDENTIFY_KEEP_ORIGINALS:
        row.path, row.reason = "", f"{row.reason} {NOT_KEPT}".strip()
    else:
        copy = sources.stage_as_it_is(row)
        place = beside_place(copy.sha256) if refused is None else quarantine_place(copy.sha256)
        try:
            file_all([(copy.path, place)])
        finally:
            discard([copy.path])
        row.sha256, row.byte_size, row.path = copy.sha256, copy.byte_size, str(place)
    row.save(update_fields=["outcome", "reason", "sha256", "byte_size", "path", "at"])


def _remarks(row: IntakeFile, beside: Beside) -> str:
    table = beside.tables[row.pk]
    named = {key for key, name in beside.names.items() if beside.companions.is_named_by(table, name)}
    before = row.intake.files.filter(outcome=Outcome.ALREADY_THERE)
    count = sum(key in named for key in before.values_list("pk", flat=True))
    known = f"{count:,} of its pictures were here before and keep what was said of them then." if count else ""
    return f"{beside.companions.remarks_on(table)} {known}".strip()
