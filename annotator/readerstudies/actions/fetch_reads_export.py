"""Fetch a file of a study's reads that a job made."""

from uuid import UUID

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.policies import Person
from annotator.imaging.store.filing import Place
from annotator.readerstudies.models import ReadsExport
from annotator.readerstudies.reads_exports import reads_export_place


def fetch_reads_export(person: Person, export_id: UUID) -> tuple[ReadsExport, Place]:
    """The export and where its file lies; the audit trail says who took it.

    Raises
    ------
    NotFoundError, ResultsShutError, ConflictError : as for `reads_export_place`.
    """
    export, place = reads_export_place(person, export_id)
    detail: dict[str, object] = {"export": str(export.pk), "format": export.format, "bytes": export.byte_size}
    record_audit(person, "export_reads", target_kind="reader_study", target_id=export.study_id, detail=detail)
    return export, place
