"""Points for TI-RADS features fitted to nodules with a known diagnosis, by a genetic algorithm. Pure.

The table of questions stays; only the points change, so the result can be used as a version of the schema. It is
fitted on training patients and reported on others (tirads_evaluation.py), never on the nodules that it was fitted to.

Source: Wildman-Tobriner B et al., Radiology 2019;292:112-119. What the paper leaves open (population, crossover,
mutation, selection) is as the authors published their code (AI-TI-RADS 1.0). Of the 23 features 19 are fitted: cystic
and spongiform hold the total at 0, anechoic and extrathyroidal extension keep ACR's points (figure 2, note).
"""

import random
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from deap import algorithms, base, tools
from numpy.typing import NDArray

from annotator.labels.errors import AnswerError
from annotator.labels.tirads import PointSystem

LOWEST, HIGHEST = 0, 3
POPULATION = 100
GENERATIONS = 50
CROSSOVER = 0.5
MUTATION = 0.2
MUTATION_A_GENE = 0.05
TOURNAMENT = 4
STOPS: Mapping[str, frozenset[str]] = {"composition": frozenset({"cystic", "spongiform"})}
HELD: Mapping[str, frozenset[str]] = {
    "echogenicity": frozenset({"anechoic"}),
    "margin": frozenset({"extrathyroidal_extension"}),
}

Points = dict[str, dict[str, int]]


@dataclass(frozen=True)
class DiagnosedNodule:
    """One nodule with its diagnosis.

    Attributes
    ----------
    features : category -> chosen features.
    patient : whose it is, by any name that is theirs alone; one patient's nodules are never on both sides of a split.
    size_mm : largest diameter; None when it is not known, and then no advice follows.
    """

    features: Mapping[str, Sequence[str]]
    malignant: bool
    patient: str = ""
    size_mm: float | None = None


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
    stops: Mapping[str, frozenset[str]] = STOPS,
    held: Mapping[str, frozenset[str]] = HELD,
    seed: int = 0,
    generations: int = GENERATIONS,
) -> OptimisedPoints:
    """Search whole points from 0 to 3 for the greatest area under the ROC curve of the total.

    Parameters
    ----------
    start : the system whose points the whole population begins with (ACR TI-RADS).
    stops : category -> features that hold a nodule's total at 0 and are not fitted (cystic, spongiform).
    held : category -> features that keep their points; so do those that no nodule has.
    seed : the same seed and nodules give the same points.

    Raises
    ------
    AnswerError : a feature that the system does not have.
    ValueError : not both benign and malignant nodules.
    """
    malignant = np.array([nodule.malignant for nodule in nodules], dtype=bool)
    if not malignant.any() or malignant.all():
        raise ValueError("Points are fitted to benign and malignant nodules; here all are of one kind.")
    seen = _seen(nodules, start)
    genes = genes_of(start, stops=stops, held=held, seen=seen)
    counts, given = _counts(nodules, start, genes, stops)

    def fitness(individual: Sequence[int]) -> tuple[float]:
        return (roc_auc(counts @ np.asarray(individual, dtype=np.int64) + given, malignant),)

    def auc_of(points: Mapping[str, Mapping[str, int]]) -> float:
        return roc_auc(np.array([total_points(points, one.features, stops=stops) for one in nodules]), malignant)

    begin = [start.points[category][feature] for category, feature in genes]
    best = _evolve(begin, fitness, seed=seed, generations=generations) if genes else []
    points = _with_lowest_at_zero(start, genes, best, stops)
    return OptimisedPoints(
        points,
        # Of the points as they are handed out: taking a category's lowest away may reorder nodules with several foci.
        auc=auc_of(points),
        start_auc=fitness(begin)[0],
        unseen=tuple(gene for gene in genes_of(start, stops=stops, held={}) if gene not in seen),
    )


def total_points(
    points: Mapping[str, Mapping[str, int]],
    features: Mapping[str, Sequence[str]],
    *,
    stops: Mapping[str, frozenset[str]] = STOPS,
) -> int:
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
    # SciPy takes a second to load, in each process of the product.
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    positives = int(positive.sum())
    above = ranks[positive].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(positive) - positives)))


def genes_of(
    start: PointSystem,
    *,
    stops: Mapping[str, frozenset[str]] = STOPS,
    held: Mapping[str, frozenset[str]] = HELD,
    seen: Set[tuple[str, str]] | None = None,
) -> list[tuple[str, str]]:
    """The (category, feature) whose points are fitted, in the order of the table.

    Parameters
    ----------
    seen : those that some nodule has; None for all.
    """
    return [
        (category, feature)
        for category, table in start.points.items()
        for feature in table
        if feature not in stops.get(category, ())
        and feature not in held.get(category, ())
        and (seen is None or (category, feature) in seen)
    ]


def _seen(nodules: Sequence[DiagnosedNodule], start: PointSystem) -> set[tuple[str, str]]:
    seen = {(c, feature) for nodule in nodules for c, chosen in nodule.features.items() for feature in chosen}
    for category, feature in sorted(seen):
        if feature not in start.points.get(category, {}):
            raise AnswerError(f"{start.title} has no feature {feature!r} in {category!r}", category)
    return seen


def _counts(
    nodules: Sequence[DiagnosedNodule],
    start: PointSystem,
    genes: Sequence[tuple[str, str]],
    stops: Mapping[str, frozenset[str]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each nodule's features as numbers.

    Returns
    -------
    (nodules, genes) : 1 where a nodule has the feature; and (nodules,) : the points of its features that are not
    fitted. A nodule whose scoring stops has zeros in both.
    """
    place = {gene: index for index, gene in enumerate(genes)}
    counts = np.zeros((len(nodules), len(genes)), dtype=np.int64)
    given = np.zeros(len(nodules), dtype=np.int64)
    for row, nodule in enumerate(nodules):
        chosen = {(category, feature) for category, some in nodule.features.items() for feature in some}
        if any(feature in stops.get(category, ()) for category, feature in chosen):
            continue
        counts[row, [place[gene] for gene in chosen if gene in place]] = 1
        given[row] = sum(start.points[category][feature] for category, feature in chosen - place.keys())
    return counts, given


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
