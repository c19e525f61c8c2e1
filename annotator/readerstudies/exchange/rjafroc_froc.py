"""The Excel file of RJafroc, paradigm FROC, factorial design: rated marks against lesions with places.

As for ROC (see rjafroc.py), but TRUTH has a row a lesion: LesionID 1, 2, 3 ... of a positive case, in order, and 0 of a
negative one; Weight 0 gives the lesions of a case the same weight. FP has every mark that lies on no lesion, also those
in positive cases, TP the rating of the mark on each lesion; a lesion without a row was missed. A reader who marked
nothing in a case has no row of it.

Source: RJafroc, R/DfReadDataFile.R (checkTruthTable, ReadJAFROCNewFormat) and inst/extdata/toyFiles/FROC/frocCr.xlsx.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.agreement import Enclosed, dice_of, enclosed_by
from annotator.readerstudies.exchange.imrmc import modality_words
from annotator.readerstudies.rating_units import first_readings
from annotator.readerstudies.study_reads import FrameOrder, StudyRead, compared_read, said_by
from annotator.statistics.lesion_matching import SAME_LESION, match_lesions


@dataclass(frozen=True)
class RatedMark:
    """One mark; `lesion` is the number of the lesion that it lies on, 0 where it lies on none."""

    reader: str
    modality: str
    case: int
    lesion: int
    rating: float


@dataclass(frozen=True)
class FrocStudy:
    """`lesions`: how many each case has. `unread`: readings that a factorial study would have beside these."""

    marks: tuple[RatedMark, ...]
    lesions: Mapping[int, int]
    readers: tuple[str, ...]
    modalities: tuple[str, ...]
    unread: int


def froc_study(
    reads: Iterable[StudyRead],
    rating: str,
    *,
    lesions: Mapping[int, Sequence[Enclosed]],
    values: Sequence[Any] | None = None,
    order: FrameOrder | None = None,
    least: float = SAME_LESION,
) -> FrocStudy:
    """Match the marks of every first reading to the lesions of its case, the pairs that overlap most first.

    Parameters
    ----------
    rating : "schema.question" about findings: a number, or an answer whose place in `values` is the rating.
    lesions : of every case that counts, by number; none for a negative one.

    Raises
    ------
    InvalidError : a finding that encloses something has no rating.
    """
    first = [read for read in first_readings(reads) if read.item in lesions]
    two_steps = {read.arm for read in first if read.step == "unaided"}
    marks: list[RatedMark] = []
    for read in first:
        modality = f"{read.arm} {read.step}" if read.arm in two_steps else read.arm
        said = said_by(read, rating)
        found = sorted(enclosed_by(compared_read(read, order or FrameOrder())).items())
        there = lesions[read.item]
        overlap = np.array([[dice_of(what, one) for one in there] for _, what in found], dtype=np.float64)
        matched = match_lesions(overlap.reshape(len(found), len(there)), least=least)
        on = {mark: lesion + 1 for mark, lesion, _ in matched.pairs}
        for at, (name, _) in enumerate(found):
            score = _score(said.get(name), values)
            if score is None:
                raise InvalidError(
                    f"{read.reader} gave a finding of case {read.item} no rating. FROC needs one of every mark: choose "
                    "a question about findings that is a number or stands in an order, and must be answered.",
                    "results.rating",
                )
            marks.append(RatedMark(read.reader, modality, read.item, on.get(at, 0), score))
    readers = tuple(sorted({read.reader for read in first}))
    modalities = tuple(sorted({f"{one.arm} {one.step}" if one.arm in two_steps else one.arm for one in first}))
    unread = len(readers) * len(modalities) * len(lesions) - len(first)
    counts = {number: len(there) for number, there in lesions.items()}
    return FrocStudy(tuple(marks), counts, readers, modalities, unread)


def froc_file(study: FrocStudy) -> bytes:
    """The workbook's bytes.

    Raises
    ------
    InvalidError : not everybody read every case under every arm, or there are no cases with or none without a lesion.
    """
    from openpyxl import Workbook

    if study.unread:
        raise InvalidError(
            f"RJafroc reads factorial studies only: every reader reads every case under every arm. {study.unread} "
            "readings are missing here."
        )
    if not any(study.lesions.values()) or all(study.lesions.values()):
        raise InvalidError("RJafroc needs cases with lesions and cases without any.")
    words = modality_words(list(study.modalities))
    who = [",".join(study.readers), ",".join(words.values())]
    book = Workbook()
    truth = book.active
    truth.title = "TRUTH"
    truth.append(["CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm"])
    rows = [
        (case, lesion)
        for case in sorted(study.lesions, key=lambda case: (study.lesions[case] > 0, case))
        for lesion in (range(1, study.lesions[case] + 1) if study.lesions[case] else (0,))
    ]
    paradigm = ("FROC", "FCTRL")
    for at, (case, lesion) in enumerate(rows):
        truth.append([case, lesion, 0, *who, paradigm[at] if at < len(paradigm) else None])
    beside, on = book.create_sheet("FP"), book.create_sheet("TP")
    beside.append(["ReaderID", "ModalityID", "CaseID", "FP_Rating"])
    on.append(["ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating"])
    for mark in sorted(study.marks, key=lambda one: (one.modality, one.reader, one.case, one.lesion, one.rating)):
        named = [mark.reader, words[mark.modality], mark.case]
        if mark.lesion:
            on.append([*named, mark.lesion, mark.rating])
        else:
            beside.append([*named, mark.rating])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _score(value: Any, values: Sequence[Any] | None) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    if values is not None and value in values:
        return float(values.index(value))
    return None
