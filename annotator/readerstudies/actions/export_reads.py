"""Take a study's reads out within a request, where they are few enough."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.readerstudies.reads_files import FORMATS, file_name, write_reads
from annotator.readerstudies.results_queries import count_reads, counted_study


@dataclass(frozen=True)
class ReadsFile:
    """What leaves."""

    name: str
    content_type: str
    content: bytes


def export_reads(
    person: Person, study_id: UUID | str, format_name: str, chosen: Mapping[str, Any] | None = None
) -> ReadsFile:
    """Make the file. Readers are codes in it, cases numbers; the audit trail says who took it.

    Parameters
    ----------
    chosen : members of an AnalysisPlan in the place of the protocol's: what is positive, where the truth is from.

    Raises
    ------
    NotAllowedError, NotFoundError : as `counted_study`.
    InvalidError : no such format, or a study that the format has no place for, in words.
    ConflictError : more reads than a request makes: `request_reads_export` has a job make it.
    """
    if format_name not in FORMATS:
        raise InvalidError(f"There are {', '.join(FORMATS)}; not {format_name}.", "format")
    made_as = FORMATS[format_name]
    counted = counted_study(person, study_id, chosen)
    reads = count_reads(counted.study)
    if reads > made_as.at_once:
        raise ConflictError(
            f"{reads:,} reads count, and a request makes {made_as.title} of up to {made_as.at_once:,}: have it made by "
            "a job (on the study's results, or by POST to this address)."
        )
    kept = io.BytesIO()
    write_reads(counted, format_name, kept)
    study, content = counted.study, kept.getvalue()
    detail: dict[str, object] = {"format": format_name, "plan": counted.plan.to_json(), "bytes": len(content)}
    record_audit(person, "export_reads", target_kind="reader_study", target_id=study.pk, detail=detail)
    return ReadsFile(file_name(study.name, format_name), made_as.content_type, content)
