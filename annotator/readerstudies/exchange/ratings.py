"""Ratings of cases for programs that analyse readers: who, which case, under what, how sure; and the truth. Pure."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.readerstudies.analysis_plan import AnalysisPlan
from annotator.readerstudies.rating_units import first_readings
from annotator.readerstudies.results import is_positive
from annotator.readerstudies.study_reads import StudyRead, said_by


@dataclass(frozen=True)
class Rating:
    """One reader's rating of one case; `modality` is the arm, and its step where it has two."""

    reader: str
    case: int
    modality: str
    score: float


@dataclass(frozen=True)
class RatedStudy:
    """What an exchange format is written from.

    Attributes
    ----------
    title : a line.
    truth : whether a case is positive, by its number; only of cases with a rating.
    left_out : in words: what of the study is not in here and why.
    """

    title: str
    ratings: tuple[Rating, ...]
    truth: Mapping[int, bool]
    left_out: tuple[str, ...]

    @property
    def readers(self) -> list[str]:
        return sorted({rating.reader for rating in self.ratings})

    @property
    def modalities(self) -> list[str]:
        return sorted({rating.modality for rating in self.ratings})

    @property
    def missing(self) -> int:
        """How many ratings a study in which everybody rates every case under everything would have beside these."""
        return len(self.readers) * len(self.modalities) * len(self.truth) - len(self.ratings)


def rated_study(
    title: str,
    reads: Iterable[StudyRead],
    plan: AnalysisPlan,
    *,
    truth: Mapping[int, Hashable],
    values: Sequence[Hashable] | None = None,
) -> RatedStudy:
    """The rating of each case in each read.

    The rating is the answer to the plan's rating question: a number, or the place of an answer in `values`. Without a
    rating question it is 1 where the answer counts as positive, else 0. Of breasts and findings the highest counts:
    these formats know cases only.

    Parameters
    ----------
    truth : what is so of each case, by number.
    values : the answers to the rating question in their order, for answers that are no numbers.
    """
    first = first_readings(reads)
    steps = {read.condition for read in first}
    two_steps = {arm for arm, step in steps if step == "unaided"}
    without_truth: set[int] = set()
    without_rating = 0
    ratings: list[Rating] = []
    for read in first:
        if read.item not in truth:
            without_truth.add(read.item)
            continue
        scores = [_score(value, plan, values) for value in said_by(read, plan.rating or plan.question).values()]
        known = [score for score in scores if score is not None]
        if not known:
            without_rating += 1
            continue
        modality = f"{read.arm} {read.step}" if read.arm in two_steps else read.arm
        ratings.append(Rating(read.reader, read.item, modality, max(known)))
    ratings.sort(key=lambda one: (one.reader, one.modality, one.case))
    rated = {rating.case for rating in ratings}
    words = []
    if without_truth:
        words.append(f"{len(without_truth)} cases without a truth")
    if without_rating:
        words.append(f"{without_rating} reads without a rating")
    positive = {case: bool(is_positive(truth[case], plan)) for case in sorted(rated)}
    return RatedStudy(title, tuple(ratings), positive, tuple(words))


def _score(value: Hashable, plan: AnalysisPlan, values: Sequence[Hashable] | None) -> float | None:
    if not plan.rating:
        positive = is_positive(value, plan)
        return None if positive is None else float(positive)
    if isinstance(value, int | float):
        return float(value)
    if values is not None and value in values:
        return float(values.index(value))
    return None
