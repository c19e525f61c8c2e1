"""The input file of iMRMC (FDA's program for multi-reader multi-case studies). Pure.

Free lines, then N0, N1, NR and NM (negative and positive cases, readers, modalities), then "BEGIN DATA:" and a row
"reader, case, modality, score" each; the truth of a case is the row of reader -1: 0 or 1. Readers are numbers here:
iMRMC takes any word, but RJafroc, which reads these files too, only numbers.

Sources: DIDSR/iMRMC, src/mrmc/core/InputFile.java; RJafroc, R/DfReadIowaFormats.R.
"""

import re

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.exchange.ratings import RatedStudy


def imrmc_file(study: RatedStudy) -> str:
    """The file, readings that are missing left out: iMRMC takes studies in which not everybody read everything.

    Raises
    ------
    InvalidError : it has no positive or no negative case, or no rating: iMRMC computes nothing from that.
    """
    positives = sum(study.truth.values())
    negatives = len(study.truth) - positives
    if not positives or not negatives:
        raise InvalidError(
            f"There are {positives} positive and {negatives} negative cases with a rating and a truth; "
            "iMRMC needs both. Say what counts as positive and where the truth comes from."
        )
    numbers = {reader: at for at, reader in enumerate(study.readers, 1)}
    names = modality_words(study.modalities)
    lines = [
        _free(study.title),
        *(_free(f"reader {number} is {reader}") for reader, number in numbers.items()),
        *(_free(f"modality {word} is the arm {arm}") for arm, word in names.items()),
        *(_free(f"left out, {words}") for words in study.left_out),
        f"N0: {negatives}",
        f"N1: {positives}",
        f"NR: {len(numbers)}",
        f"NM: {len(names)}",
        "BEGIN DATA:",
        *(f"-1,{case},truth,{int(positive)}" for case, positive in study.truth.items()),
        *(f"{numbers[one.reader]},{one.case},{names[one.modality]},{one.score:g}" for one in study.ratings),
    ]
    return "\n".join(lines) + "\n"


def modality_words(modalities: list[str]) -> dict[str, str]:
    """Each arm as a word of letters, digits and underscores; two arms never get the same word."""
    words: dict[str, str] = {}
    for at, arm in enumerate(modalities, 1):
        plain = re.sub(r"[^A-Za-z0-9]+", "_", arm).strip("_")[:24] or "arm"
        words[arm] = plain if plain not in words.values() else f"{plain}_{at}"
    return words


def _free(text: str) -> str:
    """A line before the data; a colon or a comma could make it a count or a row."""
    return re.sub(r"[:,\s]+", " ", text).strip()[:200]
