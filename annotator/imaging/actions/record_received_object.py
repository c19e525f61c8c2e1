"""Write down an object that came by C-STORE: its intake with the first one, its row."""

from django.conf import settings
from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.imaging.dimse.arriving_object import ObjectOnDisk
from annotator.imaging.models import Intake, IntakeFile


def record_received_object(found: ObjectOnDisk) -> IntakeFile:
    """Add a whole, durable object to its association's intake. The receiver has checked who sends.

    Raises
    ------
    ConflictError : the intake was sealed meanwhile.
    """
    with transaction.atomic():
        intake, is_new = Intake.objects.get_or_create(pk=found.batch.id, defaults={"source": found.batch.source[:200]})
        if is_new:
            record_audit(
                None, "start_intake", target_kind="intake", target_id=intake.pk, detail={"source": intake.source}
            )
        if intake.sealed_at is not None:
            raise ConflictError("This intake is sealed.")
        return IntakeFile.objects.create(
            intake=intake,
            name=_shown_name(found),
            path=str(found.path),
            byte_size=found.byte_size,
            sha256=found.sha256,
        )


def _shown_name(found: ObjectOnDisk) -> str:
    """Its number, and the SOP Instance UID unless the site takes identifiers away: UIDs are some."""
    if getattr(settings, "DEIDENTIFY", False):
        return found.path.name
    uid = "".join(letter for letter in found.names.sop_instance_uid if letter.isprintable())
    return f"{found.path.stem} {uid}.dcm"[:1024]
