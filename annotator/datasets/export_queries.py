"""Exports of releases as their readers may see them, and the formats that there are."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.datasets.exporters.registry import all_exporters
from annotator.datasets.exporting.export_files import EXPIRED, archive_place
from annotator.datasets.exporting.request import ReleaseExportRequest
from annotator.datasets.models import Release, ReleaseExport, ReleaseStack
from annotator.datasets.policies import may_export
from annotator.imaging.store.filing import Place, place_exists
from annotator.jobs.models import JobState


@dataclass(frozen=True)
class FormatFacts:
    """A format as forms and programs are told of it; `options` as shipped."""

    name: str
    title: str
    options: dict[str, object]
    takes_preprocessing: bool


def formats() -> list[FormatFacts]:
    """Every format, by name."""
    return [
        FormatFacts(kind.name, kind.title, kind.options_class().to_json(), not kind.points_into_originals)
        for kind in all_exporters().values()
    ]


def check_splits(release: Release, request: ReleaseExportRequest) -> None:
    """Refuse a side that the release doesn't have: a typing error would export nothing.

    Raises
    ------
    InvalidError : with its path.
    """
    sides = set(ReleaseStack.objects.filter(release=release).values_list("split", flat=True).distinct())
    for at, split in enumerate(request.splits):
        if split not in sides:
            raise InvalidError(f"This release has no {split!r}: {', '.join(sorted(sides))}.", f"splits[{at}]")


def release_exports_for(person: Person) -> QuerySet[ReleaseExport]:
    """All exports of releases, newest first, for those who may export; else none."""
    exports = ReleaseExport.objects.select_related("release__cohort", "job__requested_by", "requested_by").defer(
        "release__datasheet", "release__balance"
    )
    return exports if may_export(person) else exports.none()


def release_export_for(person: Person, export_id: uuid.UUID) -> ReleaseExport:
    """One export; NotFoundError when there is none that this person may see."""
    found = release_exports_for(person).filter(pk=export_id).first()
    if found is None:
        raise NotFoundError("There is no such export.")
    return found


def release_export_place(person: Person, export_id: uuid.UUID) -> tuple[ReleaseExport, Place]:
    """A finished export and where its zip lies.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    ConflictError : it isn't finished, or its file is gone; in words that say why.
    """
    export = release_export_for(person, export_id)
    if export.deleted_because:
        raise ConflictError(f"This export's file was deleted. {export.deleted_because}")
    if export.job.state != JobState.DONE:
        raise ConflictError(f"This export is not finished: its job is {export.job.get_state_display().lower()}.")
    if export.expires_at is not None and export.expires_at < timezone.now():
        raise ConflictError(f"This export's file is gone. {EXPIRED}")
    place = archive_place(export.pk)
    if not place_exists(place):
        raise ConflictError("This export's file is not in its store any more. Make it again.")
    return export, place
