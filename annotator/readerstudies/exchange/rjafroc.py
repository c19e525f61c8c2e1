"""The Excel file of RJafroc, paradigm ROC, factorial design.

Three sheets. TRUTH: CaseID, LesionID (0 in a negative case, 1 in a positive one), Weight (0), ReaderID and ModalityID
(all of the study, separated by commas), Paradigm ("ROC" in the first row, "FCTRL" in the second). FP: the ratings of
negative cases. TP: those of positive ones. Cases are whole numbers; negative ones come first, as RJafroc counts them.

RJafroc's FROC paradigm, of rated marks and lesions with places, is rjafroc_froc.py's.

Source: RJafroc, R/DfReadDataFile.R (read with newExcelFileFormat = TRUE) and inst/extdata/Roc.xlsx.
"""

import io

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.exchange.imrmc import modality_words
from annotator.readerstudies.exchange.ratings import RatedStudy


def rjafroc_file(study: RatedStudy) -> bytes:
    """The workbook's bytes.

    Raises
    ------
    InvalidError : not everybody rated every case under every arm, which RJafroc's design needs, or there are no
        positive or no negative cases.
    """
    from openpyxl import Workbook

    if study.missing:
        raise InvalidError(
            f"RJafroc reads factorial studies only: every reader rates every case under every arm. {study.missing} of "
            f"{study.missing + len(study.ratings)} ratings are missing here. iMRMC's format takes such studies."
        )
    cases = sorted(study.truth, key=lambda case: (study.truth[case], case))
    if len(set(study.truth.values())) < 2:
        raise InvalidError("RJafroc needs positive and negative cases. Say what counts as positive.")
    words = modality_words(study.modalities)
    readers, modalities = ",".join(study.readers), ",".join(words.values())
    book = Workbook()
    truth = book.active
    truth.title = "TRUTH"
    truth.append(["CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm"])
    paradigm = ["ROC", "FCTRL"]
    for at, case in enumerate(cases):
        word = paradigm[at] if at < len(paradigm) else None
        truth.append([case, int(study.truth[case]), 0, readers, modalities, word])
    negative, positive = book.create_sheet("FP"), book.create_sheet("TP")
    negative.append(["ReaderID", "ModalityID", "CaseID", "FP_Rating"])
    positive.append(["ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating"])
    for one in study.ratings:
        who = [one.reader, words[one.modality], one.case]
        if study.truth[one.case]:
            positive.append([*who, 1, one.score])
        else:
            negative.append([*who, one.score])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
