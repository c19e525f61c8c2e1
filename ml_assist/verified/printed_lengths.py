"""How well printed lengths are read: the reader held against what an eye read in the same pictures."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from annotator.statistics.estimates import wilson_interval
from ml_assist.inference.printed_length_reader import read_lengths
from ml_assist.inference.text_reader import text_reader

TABLE = Path(__file__).parent / "bus_bra_printed_lengths.tsv"


@dataclass
class PrintedScore:
    """Counts of lengths.

    Attributes
    ----------
    printed : whole ones, which can be read. Those that the picture's edge cuts can't; reading one is wrong.
    """

    pictures: int = 0
    printed: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def lines(self) -> list[str]:
        """For people, with 95 % Wilson intervals."""
        return [
            f"{self.pictures} pictures, {self.printed} whole lengths",
            f"right {_part(self.right, self.printed)}, not read {_part(self.missed, self.printed)}",
            f"wrong {_part(self.wrong, self.right + self.wrong)} of those read",
        ]


def transcribed() -> dict[str, Counter[str]]:
    """By picture, the whole lengths as an eye read them, in small letters."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with TABLE.open() as table:
        for row in csv.DictReader(table, delimiter="\t"):
            found[row["image"]].update([row["printed"].lower()] if row["cut"] == "no" else [])
    return found


def score_printed_lengths(folder: Path, *, every: int = 1) -> PrintedScore:
    """Read every n-th picture of the table.

    Parameters
    ----------
    folder : with IMAGE.png each.
    """
    score = PrintedScore()
    for image, printed in list(transcribed().items())[::every]:
        picture = np.asarray(cv2.imread(str(folder / f"{image}.png"), cv2.IMREAD_GRAYSCALE), np.uint8)
        read = Counter(one.text.lower() for one in read_lengths(text_reader(), picture))
        score.pictures += 1
        score.printed += printed.total()
        score.right += (read & printed).total()
        score.wrong += (read - printed).total()
        score.missed += (printed - read).total()
    return score


def _part(count: int, of: int) -> str:
    part = wilson_interval(count, of)
    share, low, high = (100 * (one or 0.0) for one in (part.value, part.low, part.high))
    return f"{count} of {of}: {share:.1f} % ({low:.1f} to {high:.1f})" if of else "0 of 0"
