"""Take a study's reads out: as one long table, or for a program that analyses readers."""

import io
import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.models import Frame
from annotator.readerstudies.agreement import Enclosed, enclosed_by
from annotator.readerstudies.consensus import consensus_as_dict, consensus_of
from annotator.readerstudies.exchange.imrmc import imrmc_file
from annotator.readerstudies.exchange.ratings import RatedStudy, rated_study
from annotator.readerstudies.exchange.rjafroc import rjafroc_file
from annotator.readerstudies.exchange.rjafroc_froc import froc_file, froc_study
from annotator.readerstudies.models import AssignmentStage
from annotator.readerstudies.rating_units import Unit
from annotator.readerstudies.reads_table import long_rows, write_csv, write_json
from annotator.readerstudies.results_queries import (
    CountedStudy,
    counted_reads,
    counted_study,
    first_of_each,
    frame_order,
    item_facts,
    truth_of,
)
from annotator.readerstudies.study_reads import StudyRead, compared_read

# Name -> (title, how the file's name ends, what it is).
FORMATS = {
    "csv": ("Long table, CSV", "csv", "text/csv; charset=utf-8"),
    "json": ("Long table, JSON", "json", "application/json"),
    "consensus": ("Consensus, JSON", "json", "application/json"),
    "imrmc": ("iMRMC", "imrmc", "text/plain; charset=utf-8"),
    "rjafroc": (
        "RJafroc, Excel",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "rjafroc-froc": (
        "RJafroc, FROC",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
_FRAMES_AT_ONCE = 5_000


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
    """
    if format_name not in FORMATS:
        raise InvalidError(f"There are {', '.join(FORMATS)}; not {format_name}.", "format")
    counted = counted_study(person, study_id, chosen)
    if format_name in ("csv", "json"):
        content = _table(counted, format_name)
    elif format_name == "rjafroc-froc":
        content = _froc(counted)
    elif format_name == "consensus":
        content = _consensus(counted)
    else:
        rated = _rated(counted)
        content = imrmc_file(rated).encode() if format_name == "imrmc" else rjafroc_file(rated)
    detail: dict[str, object] = {"format": format_name, "plan": counted.plan.to_json(), "bytes": len(content)}
    study = counted.study
    record_audit(person, "export_reads", target_kind="reader_study", target_id=study.pk, detail=detail)
    _, ending, content_type = FORMATS[format_name]
    what = "consensus" if format_name == "consensus" else "reads"
    return ReadsFile(f"{slugify(study.name) or 'study'}-{what}.{ending}", content_type, content)


def _table(counted: CountedStudy, format_name: str) -> bytes:
    reads = counted_reads(counted.study)
    rows = long_rows(counted.study.name, reads, item_facts(counted.study), frames=_frame_names(reads))
    kept = io.BytesIO()
    (write_csv if format_name == "csv" else write_json)(kept, rows)
    return kept.getvalue()


def _consensus(counted: CountedStudy) -> bytes:
    """Each case's readings as one, of every reader's first reading; the readings themselves stay what they are."""
    reads = first_of_each(counted_reads(counted.study))
    order, called = frame_order(reads), _frame_names(reads)
    by_item: dict[int, list[StudyRead]] = {}
    for read in reads:
        by_item.setdefault(read.item, []).append(read)
    plan = counted.plan
    cases = {
        str(number): consensus_as_dict(
            consensus_of(
                [compared_read(read, order) for read in of_case],
                minimum_overlap=plan.minimum_overlap,
                masks=plan.masks,
            ),
            called,
        )
        for number, of_case in sorted(by_item.items())
    }
    made = {"study": counted.study.name, "masks": plan.masks, "minimum_overlap": plan.minimum_overlap, "cases": cases}
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _froc(counted: CountedStudy) -> bytes:
    """Lesions are those that the adjudicator marked, where there was one, else those that most readers marked."""
    reads = counted_reads(counted.study)
    judged = {read.item: read for read in counted_reads(counted.study, stage=AssignmentStage.ADJUDICATION)}
    order, plan = frame_order([*reads, *judged.values()]), counted.plan
    by_item: dict[int, list[StudyRead]] = {}
    for read in first_of_each(reads):
        by_item.setdefault(read.item, []).append(read)
    lesions: dict[int, list[Enclosed]] = {}
    for number, of_case in by_item.items():
        if number in judged:
            lesions[number] = list(enclosed_by(compared_read(judged[number], order)).values())
            continue
        joined = consensus_of(
            [compared_read(read, order) for read in of_case], minimum_overlap=plan.minimum_overlap, masks=plan.masks
        )
        lesions[number] = [one.shape for one in joined.lesions if one.has_majority and one.shape]
    found = froc_study(
        reads,
        plan.rating,
        lesions=lesions,
        values=counted.values_of(plan.rating),
        order=order,
        least=plan.minimum_overlap,
    )
    return froc_file(found)


def _rated(counted: CountedStudy) -> RatedStudy:
    parts = ("findings", "annotations", "answers")
    reads = counted_reads(counted.study, parts=parts)
    truth = truth_of(counted, reads, item_facts(counted.study))
    rating = counted.plan.rating or counted.plan.question
    return rated_study(counted.study.name, reads, counted.plan, truth=_by_case(truth), values=counted.values_of(rating))


def _by_case(truth: Mapping[Unit, Hashable]) -> dict[int, Hashable]:
    """These formats know cases only. Of breasts that differ there is no truth of the case."""
    found: dict[int, set[Hashable]] = {}
    for (number, _), value in truth.items():
        found.setdefault(number, set()).add(value)
    return {number: next(iter(values)) for number, values in found.items() if len(values) == 1}


def _frame_names(reads: Iterable[StudyRead]) -> dict[str, str]:
    """What frames are called outside: SOP instance UID and frame number."""
    keys = sorted(
        {
            key
            for read in reads
            for part in ("annotations", "answers")
            for one in read.content.get(part, ())
            for key in (one.get("frame"), one.get("first_frame"), one.get("last_frame"))
            if key
        }
    )
    names: dict[str, str] = {}
    for at in range(0, len(keys), _FRAMES_AT_ONCE):
        rows = Frame.objects.filter(key__in=keys[at : at + _FRAMES_AT_ONCE])
        for key, uid, number in rows.values_list("key", "instance__sop_instance_uid", "number"):
            names[key] = f"{uid}#{number}"
    return names
