"""Close an intake that came by C-STORE and queue its ingest; also what a receiver that died left open."""

import uuid
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.imaging.actions.seal_intake import INGEST_WORK
from annotator.imaging.dimse.batches import PART, deserted_folders
from annotator.imaging.models import Intake, IntakeFile
from annotator.jobs.actions.queue_job import queue_job


def seal_received_intake(intake_id: uuid.UUID) -> bool:
    """Seal it and queue its ingest; False when it was sealed before or nothing has arrived."""
    with transaction.atomic():
        intake = Intake.objects.select_for_update().filter(pk=intake_id, sealed_at__isnull=True).first()
        if intake is None:
            return False
        files = intake.files.count()
        if not files:
            intake.delete()
            return False
        intake.sealed_at = timezone.now()
        intake.save(update_fields=["sealed_at"])
        record_audit(None, "seal_intake", target_kind="intake", target_id=intake.pk, detail={"files": files})
        queue_job(
            None,
            INGEST_WORK,
            {"intake": str(intake.pk)},
            title=f"Ingest of {files} file{'s' if files != 1 else ''} ({intake.source})"[:200],
            queue="cpu",
        )
    return True


def seal_deserted_intakes() -> list[uuid.UUID]:
    """Seal what receivers that don't run any more left open; which intakes those are.

    A file that is whole but has no row gets one: a database that lost its last commits in a power cut may have
    forgotten what the sender was promised.
    """
    sealed = []
    with deserted_folders() as folders:
        for folder, source in folders:
            intake_id = uuid.UUID(folder.name)
            intake = Intake.objects.filter(pk=intake_id).first()
            if intake is not None and intake.sealed_at is not None:
                continue  # its ingest is queued and removes the folder
            for part in folder.glob(f"*{PART}"):
                part.unlink(missing_ok=True)
            _adopt_files(folder, intake_id, source)
            if seal_received_intake(intake_id):
                sealed.append(intake_id)
            elif not list(folder.glob("*.dcm")):
                _remove_empty(folder)
    return sealed


def _adopt_files(folder: Path, intake_id: uuid.UUID, source: str) -> None:
    whole = sorted(folder.glob("*.dcm"))
    if not whole:
        return
    with transaction.atomic():
        intake, _ = Intake.objects.get_or_create(pk=intake_id, defaults={"source": source[:200]})
        known = set(intake.files.values_list("path", flat=True))
        IntakeFile.objects.bulk_create(
            IntakeFile(intake=intake, name=path.name, path=str(path), byte_size=path.stat().st_size)
            for path in whole
            if str(path) not in known
        )


def _remove_empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
