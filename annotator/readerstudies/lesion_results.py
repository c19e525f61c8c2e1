"""How far readers agree on where lesions are and how far they reach, over all cases of a condition. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.readerstudies.agreement import Enclosed, dice_of, enclosed_by
from annotator.readerstudies.rating_units import first_readings
from annotator.readerstudies.results import place_of_condition
from annotator.readerstudies.study_reads import FrameOrder, StudyRead, compared_read
from annotator.statistics.lesion_matching import (
    SAME_LESION,
    LesionAgreement,
    LesionMatch,
    agreement_on_lesions,
    match_lesions,
)
from annotator.statistics.overlap import jaccard_of_dice


@dataclass(frozen=True)
class ReaderLesions:
    """One reader beside all others under a condition.

    Attributes
    ----------
    missed : lesions that another reader marked and this one didn't, summed over the other readers.
    of : lesions that the others marked in cases that this one read, summed alike.
    """

    reader: str
    marked: int
    missed: int
    of: int


@dataclass(frozen=True)
class LesionResult:
    """Of one condition; `all_pairs` sums up every pair of readers."""

    arm: str
    step: str
    all_pairs: LesionAgreement
    mean_jaccard: float | None
    pairs: tuple[tuple[tuple[str, str], LesionAgreement], ...]
    readers: tuple[ReaderLesions, ...]


def lesion_results(
    reads: Iterable[StudyRead],
    *,
    order: FrameOrder | None = None,
    least: float = SAME_LESION,
    arms: Sequence[str] = (),
) -> list[LesionResult]:
    """Lesions of every two readers matched by overlap (see statistics.lesion_matching), by condition."""
    by_condition: dict[tuple[str, str], list[StudyRead]] = defaultdict(list)
    for read in first_readings(reads):
        by_condition[read.condition].append(read)
    return [
        _of_condition(arm, step, by_condition[arm, step], order or FrameOrder(), least)
        for arm, step in sorted(by_condition, key=lambda one: place_of_condition(one, arms))
    ]


def _of_condition(arm: str, step: str, reads: Sequence[StudyRead], order: FrameOrder, least: float) -> LesionResult:
    marked: dict[int, dict[str, list[Enclosed]]] = defaultdict(dict)
    for read in reads:
        found = enclosed_by(compared_read(read, order))
        marked[read.item][read.reader] = [found[name] for name in sorted(found)]
    matches: dict[tuple[str, str], list[LesionMatch]] = defaultdict(list)
    for of_case in marked.values():
        for one, other in combinations(sorted(of_case), 2):
            matches[one, other].append(match_lesions(_overlap(of_case[one], of_case[other]), least=least))
    everything = [match for some in matches.values() for match in some]
    dices = [dice for match in everything for _, _, dice in match.pairs]
    return LesionResult(
        arm=arm,
        step=step,
        all_pairs=agreement_on_lesions(everything),
        mean_jaccard=sum(map(jaccard_of_dice, dices)) / len(dices) if dices else None,
        pairs=tuple((pair, agreement_on_lesions(some)) for pair, some in sorted(matches.items())),
        readers=tuple(_reader(name, marked, matches) for name in sorted({read.reader for read in reads})),
    )


def _overlap(first: Sequence[Enclosed], second: Sequence[Enclosed]) -> np.ndarray:
    values = [[dice_of(one, other) for other in second] for one in first]
    return np.array(values, dtype=np.float64).reshape(len(first), len(second))


def _reader(
    name: str,
    marked: dict[int, dict[str, list[Enclosed]]],
    matches: dict[tuple[str, str], list[LesionMatch]],
) -> ReaderLesions:
    missed = of = 0
    for (one, other), some in matches.items():
        if name not in (one, other):
            continue
        for match in some:
            alone = len(match.only_second if name == one else match.only_first)
            missed += alone
            of += alone + len(match.pairs)
    return ReaderLesions(name, sum(len(of_case.get(name, ())) for of_case in marked.values()), missed, of)
