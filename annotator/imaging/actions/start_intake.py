"""Begin bringing files in."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.imaging.deidentification.arrival_labels import shown_source
from annotator.imaging.models import Intake
from annotator.imaging.policies import may_bring_files_in


def start_intake(person: Person, *, source: str = "upload", expected_files: int | None = None) -> Intake:
    """Open an intake that files can be sent to until it is sealed.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : a negative number of files.
    """
    if not may_bring_files_in(person):
        raise NotAllowedError("Only data managers and admins may bring files in.")
    if expected_files is not None and expected_files < 0:
        raise InvalidError("The number of files can't be negative.", "expected_files")
    source = shown_source(source)
    with transaction.atomic():
        intake = Intake.objects.create(
            requested_by_id=person.pk, source=source[:200] or "upload", expected_files=expected_files
        )
        record_audit(person, "start_intake", target_kind="intake", target_id=intake.pk, detail={"source": source})
    return intake
