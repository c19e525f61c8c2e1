"""First results of a study: agreement, accuracy and reading times by condition and by reader. Pure.

ROC areas and their comparison over readers and cases are not here: exports for the programs that compute them are.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotator.readerstudies.analysis_plan import AnalysisPlan
from annotator.readerstudies.rating_units import LESION, RatingTable, Unit, first_readings, rating_table
from annotator.readerstudies.study_reads import FrameOrder, StudyRead
from annotator.statistics.accuracy import Accuracy, Confusion, accuracy_of, confusion_of, pooled_accuracy
from annotator.statistics.alpha import Level, krippendorffs_alpha
from annotator.statistics.consensus import majority_of
from annotator.statistics.estimates import FEWEST_CASES, Estimate
from annotator.statistics.kappa import cohens_kappa, fleiss_kappa, percent_agreement
from annotator.statistics.reading_times import TimeSummary, summary_of_times

# Fewer positive or negative cases give a sensitivity or a specificity that says next to nothing.
FEWEST_ON_A_SIDE = 30

Truth = Mapping[Unit, Hashable]


@dataclass(frozen=True)
class ReaderResult:
    """One reader under one condition; accuracy only where there is a truth and something counts as positive."""

    reader: str
    reads: int
    times: TimeSummary
    counted: Confusion | None
    accuracy: Accuracy | None


@dataclass(frozen=True)
class PairResult:
    """Two readers under one condition."""

    readers: tuple[str, str]
    kappa: Estimate


@dataclass(frozen=True)
class ConditionResult:
    """Everything about one arm, or one step of it.

    Attributes
    ----------
    units : cases, breasts or lesions that somebody answered the question about.
    accuracy : of all readings together; None without a truth or anything that counts as positive.
    warnings : in words, for the page.
    """

    arm: str
    step: str
    reads: int
    cases: int
    units: int
    times: TimeSummary
    agreement: Estimate
    fleiss: Estimate
    alpha: Estimate
    accuracy: Accuracy | None
    readers: tuple[ReaderResult, ...]
    pairs: tuple[PairResult, ...]
    warnings: tuple[str, ...]


def results_of(
    reads: Iterable[StudyRead],
    plan: AnalysisPlan,
    *,
    truth: Truth,
    values: Sequence[Hashable] | None = None,
    order: FrameOrder | None = None,
    arms: Sequence[str] = (),
) -> list[ConditionResult]:
    """The results of every condition that was read under, by arm and step (unaided first).

    Parameters
    ----------
    arms : in the protocol's order; others follow by name.
    truth : what is so of each unit; units without one count for agreement only.
    values : the answers in their order, for a plan whose answers are ordered.
    """
    by_condition: dict[tuple[str, str], list[StudyRead]] = defaultdict(list)
    for read in first_readings(reads):
        by_condition[read.condition].append(read)
    return [
        _condition(arm, step, by_condition[arm, step], plan, truth, values, order)
        for arm, step in sorted(by_condition, key=lambda one: place_of_condition(one, arms))
    ]


def place_of_condition(condition: tuple[str, str], arms: Sequence[str]) -> tuple[int, str, bool]:
    """Where an (arm, step) stands: arms in the protocol's order, the unaided step before the final one."""
    arm, step = condition
    return (arms.index(arm) if arm in arms else len(arms), arm, step == "final")


def consensus_truth(table: RatingTable) -> dict[Unit, Hashable]:
    """What most readers said of each unit; ties and units that one reader alone spoke of have no truth."""
    found = {}
    for unit, row in zip(table.units, table.said, strict=True):
        votes = [value for value in row if value is not None]
        majority = majority_of(votes).value
        if len(votes) > 1 and majority is not None:
            found[unit] = majority
    return found


def _condition(
    arm: str,
    step: str,
    reads: Sequence[StudyRead],
    plan: AnalysisPlan,
    truth: Truth,
    values: Sequence[Hashable] | None,
    order: FrameOrder | None,
) -> ConditionResult:
    table = rating_table(reads, plan.question, order=order, minimum_overlap=plan.minimum_overlap)
    ordered = list(values) if plan.ordered and values else None
    level = _level(table, plan)
    lesions = Counter(item for item, about in table.units if about.startswith(LESION))
    true = [is_positive(_true_of(unit, truth, lesions), plan) for unit in table.units]
    is_judged = bool(plan.positive) and any(one is not None for one in true)
    yes_no = [[is_positive(value, plan) for value in row] for row in table.said]
    return ConditionResult(
        arm=arm,
        step=step,
        reads=len(reads),
        cases=len({read.item for read in reads}),
        units=len(table.units),
        times=summary_of_times([read.seconds for read in reads]),
        agreement=percent_agreement(table.said),
        fleiss=fleiss_kappa(table.said),
        alpha=krippendorffs_alpha(table.said, level=level, order=ordered),
        accuracy=pooled_accuracy(yes_no, true) if is_judged else None,
        readers=tuple(_reader(reader, table, reads, true if is_judged else None, plan) for reader in table.readers),
        pairs=_pairs(table, ordered),
        warnings=(*_warnings(table, true if is_judged else None), *_unspoken_of(table, truth, plan)),
    )


def _true_of(unit: Unit, truth: Truth, lesions: Mapping[int, int]) -> Hashable | None:
    """What is true of a unit; what a table says of a case is so of its lesion where readers found one alone."""
    item, about = unit
    if unit not in truth and about.startswith(LESION) and lesions[item] == 1:
        return truth.get((item, ""))
    return truth.get(unit)


def _unspoken_of(table: RatingTable, truth: Truth, plan: AnalysisPlan) -> list[str]:
    """What a table's truth leaves open: it speaks of cases, and of several lesions nobody knows which is meant."""
    lesions = Counter(item for item, about in table.units if about.startswith(LESION))
    several = sum(count > 1 and (item, "") in truth for item, count in lesions.items())
    if plan.truth != "table" or not several:
        return []
    subject = "1 case has" if several == 1 else f"{several} cases have"
    return [
        f"{subject} several lesions: the table says what is true of a case, not of which lesion, so none of them has a "
        "truth here. Truths of single lesions come from adjudication."
    ]


def _level(table: RatingTable, plan: AnalysisPlan) -> Level:
    if not plan.ordered:
        return "nominal"
    numbers = all(isinstance(value, int | float) for row in table.said for value in row if value is not None)
    return "interval" if numbers else "ordinal"


def _reader(
    reader: str, table: RatingTable, reads: Sequence[StudyRead], true: Sequence[bool | None] | None, plan: AnalysisPlan
) -> ReaderResult:
    own = [read for read in reads if read.reader == reader]
    counted = None
    if true is not None:
        counted = confusion_of([is_positive(value, plan) for value in table.of(reader)], true)
    return ReaderResult(
        reader,
        len(own),
        summary_of_times([read.seconds for read in own]),
        counted,
        None if counted is None else accuracy_of(counted),
    )


def _pairs(table: RatingTable, ordered: Sequence[Hashable] | None) -> tuple[PairResult, ...]:
    said = {reader: table.of(reader) for reader in table.readers}
    return tuple(
        PairResult(
            (one, other),
            cohens_kappa(said[one], said[other], weights="linear" if ordered else None, order=ordered),
        )
        for one, other in combinations(table.readers, 2)
    )


def is_positive(value: Hashable | None, plan: AnalysisPlan) -> bool | None:
    """Whether an answer counts as positive; of several choices one that does is enough."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return any(one in plan.positive for one in value)
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in plan.positive)


def _warnings(table: RatingTable, true: Sequence[bool | None] | None) -> list[str]:
    words = []
    if len(table.readers) < 2:
        words.append("One reader alone: there is no agreement to speak of.")
    if len(table.units) < FEWEST_CASES:
        words.append(f"{len(table.units)} cases only: read the intervals, not the figures.")
    if true is not None:
        for count, side, what in (
            (sum(one is True for one in true), "positive", "sensitivity"),
            (sum(one is False for one in true), "negative", "specificity"),
        ):
            if count < FEWEST_ON_A_SIDE:
                words.append(f"{count} {side} cases: the {what} is hardly known.")
        missing = sum(one is None for one in true)
        if missing:
            words.append(f"{missing} cases have no truth and count for agreement only.")
    return words
