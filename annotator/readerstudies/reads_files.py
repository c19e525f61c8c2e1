"""A study's reads as a file: one long table, or for a program that analyses readers. Nobody is asked here who may."""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.text import slugify

from annotator.imaging.models import Frame
from annotator.readerstudies.agreement import Enclosed, enclosed_by
from annotator.readerstudies.analysis_plan import AnalysisPlan
from annotator.readerstudies.consensus import CaseConsensus, consensus_as_dict, consensus_of
from annotator.readerstudies.exchange.imrmc import imrmc_file
from annotator.readerstudies.exchange.ratings import RatedStudy, rated_study
from annotator.readerstudies.exchange.rjafroc import rjafroc_file
from annotator.readerstudies.exchange.rjafroc_froc import froc_file, froc_study
from annotator.readerstudies.models import AssignmentStage
from annotator.readerstudies.rating_units import Unit
from annotator.readerstudies.reads_table import Row, long_rows, write_csv, write_json
from annotator.readerstudies.results_queries import (
    CountedStudy,
    count_reads,
    counted_reads,
    counted_reads_in_turn,
    first_of_each,
    frame_order,
    item_facts,
    truth_of,
)
from annotator.readerstudies.study_reads import FrameOrder, StudyRead, compared_read

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FRAMES_AT_ONCE = 5_000
_READS_AT_ONCE = 1_000
# Of so many frames the names are kept; then they are forgotten and asked for again.
_NAMES_KEPT = 100_000

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Format:
    """What reads can leave as.

    Attributes
    ----------
    ending : of the file's name.
    at_once : so many reads are made within the request of whoever asks, about a second; more are a job's.
    """

    title: str
    ending: str
    content_type: str
    at_once: int


FORMATS = {
    "csv": Format("Long table, CSV", "csv", "text/csv; charset=utf-8", 10_000),
    "json": Format("Long table, JSON", "json", "application/json", 10_000),
    "consensus": Format("Consensus, JSON", "json", "application/json", 500),
    "imrmc": Format("iMRMC", "imrmc", "text/plain; charset=utf-8", 5_000),
    "rjafroc": Format("RJafroc, Excel", "xlsx", _EXCEL, 5_000),
    "rjafroc-froc": Format("RJafroc, FROC", "xlsx", _EXCEL, 500),
}


def file_name(study: str, format_name: str) -> str:
    """What a study's file is called where it is saved."""
    what = "consensus" if format_name == "consensus" else "reads"
    return f"{slugify(study) or 'study'}-{what}.{FORMATS[format_name].ending}"


def write_reads(
    counted: CountedStudy, format_name: str, file: BinaryIO, *, report: Report = lambda percent, doing: None
) -> None:
    """Write the file. Readers are codes in it, cases numbers. The long tables hold a thousand reads at a time.

    Raises
    ------
    InvalidError : the format has no place for this study, in words.
    """
    if format_name in ("csv", "json"):
        _write_table(counted, format_name, file, report)
    elif format_name == "rjafroc-froc":
        file.write(_froc(counted, report))
    elif format_name == "consensus":
        file.write(_consensus(counted, report))
    else:
        report(1, "Reading what was handed in")
        rated = _rated(counted)
        report(60, "Writing the file")
        file.write(imrmc_file(rated).encode() if format_name == "imrmc" else rjafroc_file(rated))


def _write_table(counted: CountedStudy, format_name: str, file: BinaryIO, report: Report) -> None:
    facts, names, total = item_facts(counted.study), _FrameNames(), count_reads(counted.study)

    def rows() -> Iterator[Row]:
        done = 0
        for some in counted_reads_in_turn(counted.study, at_once=_READS_AT_ONCE):
            # Reads that are handed in meanwhile come on top.
            report(min(1 + 98 * done // max(total, 1), 99), f"{done:,} of {total:,} reads")
            yield from long_rows(counted.study.name, some, facts, frames=names.of(some))
            done += len(some)

    (write_csv if format_name == "csv" else write_json)(file, rows())


def _consensus(counted: CountedStudy, report: Report) -> bytes:
    """Each case's readings as one, of every reader's first reading; the readings themselves stay what they are."""
    report(1, "Reading what was handed in")
    reads = first_of_each(counted_reads(counted.study))
    order, called = frame_order(reads), _FrameNames().of(reads)
    plan = counted.plan
    cases = {
        str(number): consensus_as_dict(_joined(of_case, order, plan), called)
        for number, of_case in _by_case(reads, report)
    }
    made = {"study": counted.study.name, "masks": plan.masks, "minimum_overlap": plan.minimum_overlap, "cases": cases}
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _froc(counted: CountedStudy, report: Report) -> bytes:
    """Lesions are those that the adjudicator marked, where there was one, else those that most readers marked."""
    report(1, "Reading what was handed in")
    reads = counted_reads(counted.study)
    judged = {read.item: read for read in counted_reads(counted.study, stage=AssignmentStage.ADJUDICATION)}
    order, plan = frame_order([*reads, *judged.values()]), counted.plan
    lesions: dict[int, list[Enclosed]] = {}
    for number, of_case in _by_case(first_of_each(reads), report):
        if number in judged:
            lesions[number] = list(enclosed_by(compared_read(judged[number], order)).values())
            continue
        joined = _joined(of_case, order, plan)
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


def _by_case(reads: Iterable[StudyRead], report: Report) -> Iterator[tuple[int, list[StudyRead]]]:
    """Reads of one case after the other, by number; says how far it is."""
    by_item: dict[int, list[StudyRead]] = {}
    for read in reads:
        by_item.setdefault(read.item, []).append(read)
    for done, number in enumerate(sorted(by_item)):
        report(5 + 90 * done // len(by_item), f"{done:,} of {len(by_item):,} cases")
        yield number, by_item[number]


def _joined(of_case: Sequence[StudyRead], order: FrameOrder, plan: AnalysisPlan) -> CaseConsensus:
    return consensus_of(
        [compared_read(read, order) for read in of_case], minimum_overlap=plan.minimum_overlap, masks=plan.masks
    )


def _rated(counted: CountedStudy) -> RatedStudy:
    parts = ("findings", "annotations", "answers")
    reads = counted_reads(counted.study, parts=parts)
    truth = truth_of(counted, reads, item_facts(counted.study))
    rating = counted.plan.rating or counted.plan.question
    return rated_study(
        counted.study.name, reads, counted.plan, truth=_of_cases(truth), values=counted.values_of(rating)
    )


def _of_cases(truth: Mapping[Unit, Hashable]) -> dict[int, Hashable]:
    """These formats know cases only. Of breasts that differ there is no truth of the case."""
    found: dict[int, set[Hashable]] = {}
    for (number, _), value in truth.items():
        found.setdefault(number, set()).add(value)
    return {number: next(iter(values)) for number, values in found.items() if len(values) == 1}


class _FrameNames:
    """What frames are called outside: SOP instance UID and frame number; asked for once while they are kept."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, reads: Iterable[StudyRead]) -> Mapping[str, str]:
        """Names of the frames that these reads speak of, by key; of others, too."""
        keys = {
            key
            for read in reads
            for part in ("annotations", "answers")
            for one in read.content.get(part, ())
            for key in (one.get("frame"), one.get("first_frame"), one.get("last_frame"))
            if key
        }
        if len(self._names) > _NAMES_KEPT:
            self._names = {}
        new = sorted(keys - self._names.keys())
        for at in range(0, len(new), _FRAMES_AT_ONCE):
            rows = Frame.objects.filter(key__in=new[at : at + _FRAMES_AT_ONCE])
            for key, uid, number in rows.values_list("key", "instance__sop_instance_uid", "number"):
                self._names[key] = f"{uid}#{number}"
        return self._names
