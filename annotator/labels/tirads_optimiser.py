"""Points for TI-RADS features fitted to nodules with a known diagnosis, by a genetic algorithm. Pure.

The table of questions stays; only the points change, so the result can be used as a version of the schema. Fit it on
training patients and report it on others.

Source: Wildman-Tobriner B et al., Radiology 2019;292:112-119. What the paper leaves open (population, crossover,
mutation, selection) is as the authors published their code (AI-TI-RADS 1.0).
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from deap import algorithms, base, tools
from numpy.typing import NDArray
from scipy.stats import rankdata

from annotator.labels.errors import AnswerError
from annotator.labels.tirads import PointSystem

LOWEST, HIGHEST = 0, 3
POPULATION = 100
GENERATIONS = 50
CROSSOVER = 0.5
MUTATION = 0.2
MUTATION_A_GENE = 0.05
TOURNAMENT = 4

Points = dict[str, dict[str, int]]


@dataclass(frozen=True)
class DiagnosedNodule:
    """One nodule: category -> chosen features, and whether it was malignant."""

    features: Mapping[str, Sequence[str]]
    malignant: bool


@dataclass(frozen=True)
class OptimisedPoints:
    """The best points that were found.

    Attributes
    ----------
    points : category -> feature -> points, the lowest of each category 0.
    auc : of the total points on the nodules that they were fitted to; no measure of how good they are on others.
    start_auc : of the points that the search began with, on the same nodules.
    unseen : (category, feature) that no nodule has; they keep the points they began with.
    """

    points: Points
    auc: float
    start_auc: float
    unseen: tuple[tuple[str, str], ...]


class _Fitness(base.Fitness):
    weights = (1.0,)


class _Individual(list[int]):
    def __init__(self, genes: Sequence[int]) -> None:
        super().__init__(genes)
        self.fitness = _Fitness()


def optimise_points(
    nodules: Sequence[DiagnosedNodule],
    start: PointSystem,
    *,
    stops: Mapping[str, frozenset[str]],
    seed: int = 0,
    generations: int = GENERATIONS,
) -> OptimisedPoints:
    """Search whole points from 0 to 3 for the greatest area under the ROC curve of the total.

    Parameters
    ----------
    start : the system whose points the whole population begins with (ACR TI-RADS).
    stops : category -> features that hold a nodule's total at 0 and are not fitted (cystic, spongiform).
    seed : the same seed and nodules give the same points.

    Raises
    ------
    AnswerError : a feature that the system does not have.
    ValueError : not both benign and malignant nodules.
    """
    malignant = np.array([nodule.malignant for nodule in nodules], dtype=bool)
    if not malignant.any() or malignant.all():
        raise ValueError("Points are fitted to benign and malignant nodules; here all are of one kind.")
    genes = _genes(nodules, start, stops)
    counts = _counts(nodules, start, genes, stops)

    def fitness(individual: Sequence[int]) -> tuple[float]:
        return (roc_auc(counts @ np.asarray(individual), malignant),)

    begin = [start.points[category][feature] for category, feature in genes]
    best = _evolve(begin, fitness, seed=seed, generations=generations)
    points = _with_lowest_at_zero(start, genes, best, stops)
    unseen = tuple(
        (category, feature)
        for category, table in start.points.items()
        for feature in table
        if (category, feature) not in genes and feature not in stops.get(category, ())
    )
    return OptimisedPoints(points, auc=fitness(best)[0], start_auc=fitness(begin)[0], unseen=unseen)


def total_points(points: Points, features: Mapping[str, Sequence[str]], *, stops: Mapping[str, frozenset[str]]) -> int:
    """A nodule's total by a table of points; 0 where a feature stops the scoring."""
    if any(feature in stops.get(category, ()) for category, chosen in features.items() for feature in chosen):
        return 0
    return sum(points[category][feature] for category, chosen in features.items() for feature in chosen)


def roc_auc(scores: NDArray[Any], positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, ties counted half (the Mann-Whitney statistic).

    Parameters
    ----------
    scores : (n,), higher for more suspicious.
    positive : (n,), at least one of either kind.
    """
    ranks = rankdata(scores)
    positives = int(positive.sum())
    above = ranks[positive].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(positive) - positives)))


def _genes(
    nodules: Sequence[DiagnosedNodule], start: PointSystem, stops: Mapping[str, frozenset[str]]
) -> list[tuple[str, str]]:
    """The features that are fitted, in the order of the table: those that some nodule has and that stop nothing."""
    seen: set[tuple[str, str]] = set()
    for nodule in nodules:
        for category, chosen in nodule.features.items():
            for feature in chosen:
                if feature not in start.points.get(category, {}):
                    raise AnswerError(f"{start.title} has no feature {feature!r} in {category!r}", category)
                seen.add((category, feature))
    return [
        (category, feature)
        for category, table in start.points.items()
        for feature in table
        if (category, feature) in seen and feature not in stops.get(category, ())
    ]


def _counts(
    nodules: Sequence[DiagnosedNodule],
    start: PointSystem,
    genes: Sequence[tuple[str, str]],
    stops: Mapping[str, frozenset[str]],
) -> NDArray[np.int64]:
    """(nodules, genes): 1 where a nodule has the feature; a row of zeros where its scoring stops."""
    place = {gene: index for index, gene in enumerate(genes)}
    counts = np.zeros((len(nodules), len(genes)), dtype=np.int64)
    for row, nodule in enumerate(nodules):
        chosen = {(category, feature) for category, some in nodule.features.items() for feature in some}
        if not any(feature in stops.get(category, ()) for category, feature in chosen):
            counts[row, [place[gene] for gene in chosen]] = 1
    return counts


def _evolve(begin: list[int], fitness: Any, *, seed: int, generations: int) -> list[int]:
    toolbox = base.Toolbox()
    toolbox.register("evaluate", fitness)
    toolbox.register("mate", tools.cxTwoPoint if len(begin) > 2 else tools.cxUniform, **_mating(begin))
    toolbox.register("mutate", tools.mutUniformInt, low=LOWEST, up=HIGHEST, indpb=MUTATION_A_GENE)
    toolbox.register("select", tools.selTournament, tournsize=TOURNAMENT)
    best = tools.HallOfFame(1)
    with _seeded(seed):
        algorithms.eaSimple(
            [_Individual(begin) for _ in range(POPULATION)],
            toolbox,
            cxpb=CROSSOVER,
            mutpb=MUTATION,
            ngen=generations,
            halloffame=best,
            verbose=False,
        )
    return list(best[0])


def _mating(begin: list[int]) -> dict[str, float]:
    """Two points need three genes to lie between; fewer are exchanged one by one."""
    return {} if len(begin) > 2 else {"indpb": 0.5}


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """DEAP draws from Python's shared generator: it is seeded for the search and put back."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _with_lowest_at_zero(
    start: PointSystem, genes: Sequence[tuple[str, str]], best: Sequence[int], stops: Mapping[str, frozenset[str]]
) -> Points:
    """All features' points, each category moved down until its lowest fitted feature gives none."""
    fitted = dict(zip(genes, best, strict=True))
    points: Points = {}
    for category, table in start.points.items():
        mine = {feature: fitted[category, feature] for feature in table if (category, feature) in fitted}
        lowest = min(mine.values(), default=0)
        points[category] = {
            feature: 0
            if feature in stops.get(category, ())
            else mine[feature] - lowest
            if feature in mine
            else table[feature]
            for feature in table
        }
    return points
