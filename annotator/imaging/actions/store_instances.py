"""Take in what a program sends through DICOMweb, and say at once what became of each instance."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.actions.ingest_intake import ingest_intake
from annotator.imaging.actions.ingest_paths import DERIVE_WORK, unready_instances
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.deidentification.arrival_labels import shown_reason
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.dicom_values import text
from annotator.imaging.headers.header_reading import open_header, reading_odd_headers
from annotator.imaging.headers.parsing import is_uid
from annotator.imaging.models import Instance, Intake, IntakeFile, Outcome
from annotator.imaging.store.filing import file_all, quarantine_place
from annotator.imaging.store.staging import Readable
from annotator.jobs.actions.queue_job import queue_job

SOURCE = "DICOMweb"


@dataclass(frozen=True)
class SentInstance:
    """What became of one instance that was sent.

    Attributes
    ----------
    sop_class_uid, sop_instance_uid : as they were sent; "" where they couldn't be read.
    instance : what the catalogue holds of it, with its series and study; None when it was refused.
    reason : why, in words.
    """

    sop_class_uid: str
    sop_instance_uid: str
    instance: Instance | None
    reason: str


@dataclass(frozen=True)
class _Identity:
    study: str = ""
    sop_class: str = ""
    sop_instance: str = ""
    fault: str = ""


def store_instances(person: Person, files: Iterable[Readable], *, study: str = "") -> list[SentInstance]:
    """Take files in as any other intake, before returning; their frames are derived by a job.

    Parameters
    ----------
    files : read one after the other, each to its end before the next is asked for.
    study : the UID that all of them must be of, "" when any will do.

    Raises
    ------
    NotAllowedError : the person may not bring files in.
    InvalidError : nothing was sent, or what was sent ends too early; then nothing is taken in.
    """
    intake = start_intake(person, source=SOURCE)
    identities: dict[int, _Identity] = {}
    try:
        for number, content in enumerate(files, 1):
            row = receive_file(person, intake.pk, name=f"{number:06}.dcm", content=content)
            identities[row.pk] = _identify(row, study)
        if not identities:
            raise InvalidError("Nothing was sent: each instance is a part of the body.", "body")
    except BaseException:
        # The sender gets no list of what arrived, and will send all of it again.
        shutil.rmtree(settings.UPLOADS_DIR / str(intake.pk), ignore_errors=True)
        intake.delete()
        raise
    _refuse(identities)
    ingest_intake(intake.pk)
    Intake.objects.filter(pk=intake.pk).update(sealed_at=timezone.now())
    if unready_instances(intake.pk):
        queue_job(person, DERIVE_WORK, {"intake": str(intake.pk)}, title="Making pictures ready", queue="cpu")
    rows = IntakeFile.objects.filter(intake=intake).select_related("instance__series__study").defer("instance__header")
    return [_became(row, identities.get(row.pk, _Identity())) for row in rows.order_by("pk")]


def _identify(row: IntakeFile, study: str) -> _Identity:
    """What a file says that it is, and what forbids to take it in through this door."""
    try:
        with reading_odd_headers(), open_header(Path(row.path)) as header:
            dataset = header.dataset
            found = _Identity(
                text(dataset, "StudyInstanceUID"), text(dataset, "SOPClassUID"), text(dataset, "SOPInstanceUID")
            )
    except QuarantineError as error:
        return _Identity(fault=error.reason)
    if study and found.study != study:
        fault = f"An instance of study {found.study[:64] or 'without a UID'} was sent to the address of study {study}."
        return _Identity(found.study, found.sop_class, found.sop_instance, fault)
    return found


def _refuse(identities: dict[int, _Identity]) -> None:
    """Put aside what the intake must not see: other studies, and what isn't DICOM."""
    faults = {key: identity.fault for key, identity in identities.items() if identity.fault}
    rows = list(IntakeFile.objects.filter(pk__in=faults))
    file_all((Path(row.path), quarantine_place(row.sha256)) for row in rows)
    for row in rows:
        row.outcome, row.reason = Outcome.QUARANTINED, shown_reason(faults[row.pk])
        row.path = str(quarantine_place(row.sha256))
    IntakeFile.objects.bulk_update(rows, ["outcome", "reason", "path"])


def _became(row: IntakeFile, identity: _Identity) -> SentInstance:
    refused = row.outcome == Outcome.QUARANTINED or row.instance is None
    return SentInstance(
        sop_class_uid=identity.sop_class if is_uid(identity.sop_class) else "",
        sop_instance_uid=identity.sop_instance if is_uid(identity.sop_instance) else "",
        instance=None if refused else row.instance,
        reason=row.reason,
    )
