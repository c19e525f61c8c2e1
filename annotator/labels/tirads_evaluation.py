"""How good tables of points are on nodules that they were not fitted to, against each other. Pure.

Sources: Wildman-Tobriner B et al., Radiology 2019;292:112-119 (AUC of the points, sensitivity and specificity of the
advice to aspirate). Intervals: percentiles of a bootstrap over patients, as a patient's nodules belong together
(Efron B, Tibshirani RJ, An Introduction to the Bootstrap, 1993, chapters 8 and 13).
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.labels.errors import AnswerError
from annotator.labels.tirads import Advice, PointSystem, score_nodule, systems_of
from annotator.labels.tirads_optimiser import (
    GENERATIONS,
    STOPS,
    DiagnosedNodule,
    OptimisedPoints,
    Points,
    optimise_points,
)

RESAMPLES = 2000
COVERAGE = 0.95
FITTED = "fitted"


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; None where the nodules don't give one, e.g. no malignant nodule has a size."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Performance:
    """Of one system, or of the difference between two: AUC of the points, and how well its advice to aspirate does."""

    auc: Estimate
    sensitivity: Estimate
    specificity: Estimate


@dataclass(frozen=True)
class Evaluation:
    """What systems do on the same nodules.

    Attributes
    ----------
    nodules, malignant, patients : how many there are.
    without_size : nodules that count for the AUC only, as no advice follows without a size.
    systems : by name.
    differences : (name, other) -> the first less the other, on the same resamples.
    """

    nodules: int
    malignant: int
    patients: int
    without_size: int
    systems: Mapping[str, Performance]
    differences: Mapping[tuple[str, str], Performance]


@dataclass(frozen=True)
class FittedTirads:
    """Points fitted on training patients, how they do on held-out ones, and the definition that offers them.

    Attributes
    ----------
    evaluation : on the held-out nodules.
    training : the same figures on the nodules that they were fitted to; they flatter the fitted points.
    """

    points: OptimisedPoints
    evaluation: Evaluation
    training: Evaluation
    definition: dict[str, Any]


def fit_tirads(
    training: Sequence[DiagnosedNodule],
    held_out: Sequence[DiagnosedNodule],
    definition: dict[str, Any],
    *,
    title: str,
    seed: int = 0,
    generations: int = GENERATIONS,
    resamples: int = RESAMPLES,
) -> FittedTirads:
    """Fit points on training patients and report them on held-out ones, against the definition's own systems.

    Parameters
    ----------
    definition : checked, scored by points; its first system is what the search begins with (ACR TI-RADS).
    title : of the new system, e.g. "Fitted on thyroid-1".

    Raises
    ------
    ValueError : a patient on both sides, a nodule without a patient, or nodules of one kind only.
    AnswerError : a feature that the definition does not have.
    """
    check_split(training, held_out)
    first = systems_of(definition)[0]
    found = optimise_points(training, first, seed=seed, generations=generations)
    offered = with_system(definition, found.points, name=FITTED, title=title)
    systems = systems_of(offered)
    return FittedTirads(
        points=found,
        evaluation=evaluate(held_out, systems, resamples=resamples, seed=seed),
        training=evaluate(training, systems, resamples=resamples, seed=seed),
        definition=offered,
    )


def check_split(training: Sequence[DiagnosedNodule], held_out: Sequence[DiagnosedNodule]) -> None:
    """Let a split pass in which no patient is on both sides.

    Raises
    ------
    ValueError : otherwise, or when a nodule does not say whose it is.
    """
    if any(not nodule.patient for nodule in (*training, *held_out)):
        raise ValueError("Every nodule must say whose it is, or the split can't be checked.")
    both = {nodule.patient for nodule in training} & {nodule.patient for nodule in held_out}
    if both:
        counted = "1 patient is" if len(both) == 1 else f"{len(both)} patients are"
        raise ValueError(f"{counted} among the training and the held-out patients; split by patient.")


def with_system(definition: dict[str, Any], points: Points, *, name: str, title: str) -> dict[str, Any]:
    """Return the definition with one more table of points: what is offered as the schema's next version.

    A system of that name is replaced. Features that stop the scoring end it at 0 points.

    Raises
    ------
    AnswerError : the points leave out an option of a category.
    """
    offered = copy.deepcopy(definition)
    scoring = offered["scoring"]
    for question in offered["form"]["questions"]:
        if question["name"] not in scoring["categories"]:
            continue
        table = points.get(question["name"], {})
        for option in question["options"]:
            if option["value"] not in table:
                raise AnswerError(f"no points for {option['value']!r}", f"points.{question['name']}")
            option["points"][name] = table[option["value"]]
    ends = {category: sorted(features) for category, features in STOPS.items()}
    others = [system for system in scoring["systems"] if system["name"] != name]
    scoring["systems"] = [*others, {"name": name, "title": title, "ends_at_zero": ends}]
    return offered


def evaluate(
    nodules: Sequence[DiagnosedNodule],
    systems: Sequence[PointSystem],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Evaluation:
    """Measure systems on nodules, with intervals from a bootstrap over patients; nodules without one stand alone.

    Raises
    ------
    ValueError : not both benign and malignant nodules; a category that a nodule lacks and a system needs.
    AnswerError : a feature that a system does not have.
    """
    malignant = np.array([nodule.malignant for nodule in nodules], dtype=bool)
    if not malignant.any() or malignant.all():
        raise ValueError("A system is measured on benign and malignant nodules; here all are of one kind.")
    owners = [nodule.patient or f"nodule {place}" for place, nodule in enumerate(nodules)]
    names, patient = np.unique(np.array(owners), return_inverse=True)
    draws = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    weights = np.vstack([np.ones((1, len(names)), dtype=draws.dtype), draws])
    sized = np.array([nodule.size_mm is not None for nodule in nodules], dtype=bool)
    measured = {
        system.name: _measure(*_points_and_advice(nodules, system), malignant, sized, weights[:, patient])
        for system in systems
    }
    return Evaluation(
        nodules=len(nodules),
        malignant=int(malignant.sum()),
        patients=len(names),
        without_size=int((~sized).sum()),
        systems={name: _performance(figures) for name, figures in measured.items()},
        differences={
            (one, other): _performance([a - b for a, b in zip(measured[one], measured[other], strict=True)])
            for one in measured
            for other in measured
            if one != other
        },
    )


def _points_and_advice(
    nodules: Sequence[DiagnosedNodule], system: PointSystem
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    points, aspirate = [], []
    for place, nodule in enumerate(nodules):
        score = score_nodule(system, {c: tuple(f) for c, f in nodule.features.items()}, size_mm=nodule.size_mm)
        if score.points is None:
            raise ValueError(f"Nodule {place + 1} has no answer to {', '.join(score.missing)}: it can't be scored.")
        points.append(score.points)
        aspirate.append(score.advice is Advice.ASPIRATE)
    return np.array(points, dtype=np.int64), np.array(aspirate, dtype=bool)


def _measure(
    points: NDArray[np.int64],
    aspirate: NDArray[np.bool_],
    malignant: NDArray[np.bool_],
    sized: NDArray[np.bool_],
    weights: NDArray[np.int64],
) -> list[NDArray[np.float64]]:
    """AUC, sensitivity and specificity for each row of weights (resamples, nodules); NaN where there is none."""
    totals = np.eye(int(points.max()) + 1, dtype=np.int64)[points]
    ill, well = (weights * malignant) @ totals, (weights * ~malignant) @ totals
    below = np.cumsum(well, axis=1) - well
    right = ill * (below + well / 2)
    return [
        _share(right.sum(axis=1), ill.sum(axis=1) * well.sum(axis=1)),
        _share(weights @ (aspirate & malignant & sized), weights @ (malignant & sized)),
        _share(weights @ (~aspirate & ~malignant & sized), weights @ (~malignant & sized)),
    ]


def _share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    share = np.full(len(whole), np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share


def _performance(figures: Sequence[NDArray[np.float64]]) -> Performance:
    auc, sensitivity, specificity = (_estimate(one) for one in figures)
    return Performance(auc, sensitivity, specificity)


def _estimate(values: NDArray[np.float64]) -> Estimate:
    """The first value is of the nodules as they are, the others are of the resamples."""
    drawn = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]):
        return Estimate(None, None, None)
    if drawn.size == 0:
        return Estimate(float(values[0]), None, None)
    low, high = np.quantile(drawn, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return Estimate(float(values[0]), float(low), float(high))
