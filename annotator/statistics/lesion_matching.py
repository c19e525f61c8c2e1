"""Which lesions of two readers are the same, and which one of them missed. Pure.

The criterion: two lesions are the same where they overlap by at least so much (Dice's coefficient; a tenth unless said
otherwise: two readers who outline one small nodule reach 0.5 and more, what touches by chance stays below). The pairs
that overlap most are taken first, each lesion once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAME_LESION = 0.1


@dataclass(frozen=True)
class LesionMatch:
    """Lesions of two readers, by their places in the readers' lists.

    Attributes
    ----------
    pairs : (of the first, of the second, their overlap), most overlap first.
    only_first, only_second : what the other one missed.
    """

    pairs: tuple[tuple[int, int, float], ...]
    only_first: tuple[int, ...]
    only_second: tuple[int, ...]


@dataclass(frozen=True)
class LesionAgreement:
    """Of two readers over many cases.

    Attributes
    ----------
    matched, only_first, only_second : how many lesions both marked, and each alone.
    mean_dice : of the matched ones; None without any.
    """

    matched: int
    only_first: int
    only_second: int
    mean_dice: float | None

    @property
    def agreement(self) -> float | None:
        """Twice the lesions in common by all lesions of both (the F measure); None where nobody marked any.

        Kappa can't be had: nobody can count the lesions that neither marked (Hripcsak and Rothschild, J Am Med Inform
        Assoc 2005;12:296, who show that kappa comes near the F measure as that number grows).
        """
        total = 2 * self.matched + self.only_first + self.only_second
        return 2 * self.matched / total if total else None


def match_lesions(overlap: NDArray[np.float64], *, least: float = SAME_LESION) -> LesionMatch:
    """Match the lesions of two readers in one case.

    Parameters
    ----------
    overlap : (lesions of the first, of the second), from 0 to 1. Equal ones are taken in the order of the lists.
    least : above 0.
    """
    first, second = overlap.shape
    candidates = sorted(
        ((float(overlap[a, b]), a, b) for a in range(first) for b in range(second) if overlap[a, b] >= least),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    pairs: list[tuple[int, int, float]] = []
    taken_first: set[int] = set()
    taken_second: set[int] = set()
    for value, a, b in candidates:
        if a not in taken_first and b not in taken_second:
            pairs.append((a, b, value))
            taken_first.add(a)
            taken_second.add(b)
    return LesionMatch(
        tuple(pairs),
        tuple(a for a in range(first) if a not in taken_first),
        tuple(b for b in range(second) if b not in taken_second),
    )


def agreement_on_lesions(matches: Sequence[LesionMatch]) -> LesionAgreement:
    """Two readers over all cases that both read, cases without a lesion among them."""
    dices = [dice for match in matches for _, _, dice in match.pairs]
    return LesionAgreement(
        matched=len(dices),
        only_first=sum(len(match.only_first) for match in matches),
        only_second=sum(len(match.only_second) for match in matches),
        mean_dice=sum(dices) / len(dices) if dices else None,
    )
