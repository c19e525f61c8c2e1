"""The optimiser finds the points that a made-up population was made with."""

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.errors import AnswerError
from annotator.labels.shipped import newest_shipped
from annotator.labels.tirads import PointSystem, systems_of
from annotator.labels.tirads_optimiser import (
    CROSSOVER,
    GENERATIONS,
    HIGHEST,
    LOWEST,
    MUTATION,
    MUTATION_A_GENE,
    POPULATION,
    TOURNAMENT,
    DiagnosedNodule,
    Points,
    genes_of,
    optimise_points,
    roc_auc,
    total_points,
)

# What makes the made-up nodules malignant: only these, and far from ACR's points.
BEST = {
    "composition": {"mixed": 0, "cannot_classify": 1, "solid": 3},
    "echogenicity": {"hyperechoic": 3, "hypoechoic": 0, "very_hypoechoic": 2},
    "shape": {"wider_than_tall": 1, "taller_than_wide": 0},
    "margin": {"smooth": 0, "lobulated_or_irregular": 2},
    "echogenic_foci": {"none": 0, "punctate_echogenic_foci": 3},
}


@pytest.fixture(scope="module")
def acr() -> PointSystem:
    return systems_of(newest_shipped("acr-tirads").definition)[0]


@pytest.fixture(scope="module")
def population() -> list[DiagnosedNodule]:
    """20 nodules of every combination, of which 2 are malignant and one more for each point of the total.

    The share of malignant nodules rises with the best total and with nothing else: no other points order them as well.
    """
    nodules = []
    for chosen in product(*BEST.values()):
        features = {category: [feature] for category, feature in zip(BEST, chosen, strict=True)}
        total = total_points(BEST, features)
        nodules += [
            DiagnosedNodule(features, malignant=n < 2 + total, patient=f"{'-'.join(chosen)} {n}", size_mm=20)
            for n in range(20)
        ]
    return nodules


def auc_of(points: Points, nodules: list[DiagnosedNodule]) -> float:
    totals = np.array([total_points(points, nodule.features) for nodule in nodules])
    return roc_auc(totals, np.array([nodule.malignant for nodule in nodules]))


def test_nineteen_features_are_fitted_the_others_stop_the_scoring_or_keep_their_points(acr: PointSystem) -> None:
    genes = genes_of(acr)
    assert len(genes) == 19
    every = {(category, feature) for category, table in acr.points.items() for feature in table}
    assert every - set(genes) == {
        ("composition", "cystic"),
        ("composition", "spongiform"),
        ("echogenicity", "anechoic"),
        ("margin", "extrathyroidal_extension"),
    }


def test_the_search_is_that_of_the_authors() -> None:
    assert (POPULATION, GENERATIONS, TOURNAMENT) == (100, 50, 4)
    assert (CROSSOVER, MUTATION, MUTATION_A_GENE) == (0.5, 0.2, 0.05)
    assert (LOWEST, HIGHEST) == (0, 3)


def test_the_points_behind_a_made_up_population_are_found(acr: PointSystem, population: list[DiagnosedNodule]) -> None:
    found = optimise_points(population, acr)
    assert {c: {f: found.points[c][f] for f in table} for c, table in BEST.items()} == BEST
    assert found.auc == pytest.approx(auc_of(BEST, population))
    assert found.auc > found.start_auc + 0.08


@pytest.mark.parametrize("seed", [1, 2])
def test_no_search_finds_better_than_the_best_and_none_ends_far_below(
    acr: PointSystem, population: list[DiagnosedNodule], seed: int
) -> None:
    found = optimise_points(population, acr, seed=seed)
    best = auc_of(BEST, population)
    assert best - 0.005 < found.auc <= best + 1e-12
    assert found.auc == pytest.approx(auc_of(found.points, population)), "of the points as they are handed out"


def test_the_same_seed_gives_the_same_points_and_leaves_the_generator_alone(
    acr: PointSystem, population: list[DiagnosedNodule]
) -> None:
    random.seed(5)
    expected = [random.random() for _ in range(3)]
    random.seed(5)
    first = optimise_points(population, acr, generations=5)
    assert [random.random() for _ in range(3)] == expected
    assert optimise_points(population, acr, generations=5) == first


def test_every_category_begins_at_zero_and_no_point_leaves_its_range(
    acr: PointSystem, population: list[DiagnosedNodule]
) -> None:
    found = optimise_points(population, acr, generations=10)
    for category, table in BEST.items():
        fitted = [found.points[category][feature] for feature in table]
        assert min(fitted) == 0
        assert max(fitted) <= 3
    assert found.points["composition"]["spongiform"] == 0
    for category, feature in [("echogenicity", "isoechoic"), ("margin", "extrathyroidal_extension")]:
        assert (category, feature) in found.unseen
        assert found.points[category][feature] == acr.points[category][feature]


def test_a_spongiform_nodule_has_no_points_whatever_else_it_shows(acr: PointSystem) -> None:
    points = {category: dict(table) for category, table in acr.points.items()}
    features = {"composition": ["spongiform"], "echogenicity": ["very_hypoechoic"]}
    assert total_points(points, features) == 0
    assert total_points(points, {**features, "composition": ["solid"]}) == 5


def test_one_kind_of_nodule_and_unknown_features_are_refused(
    acr: PointSystem, population: list[DiagnosedNodule]
) -> None:
    with pytest.raises(ValueError, match="one kind"):
        optimise_points([nodule for nodule in population if nodule.malignant], acr)
    strange = DiagnosedNodule({"composition": ["marble"]}, malignant=True)
    with pytest.raises(AnswerError, match="marble"):
        optimise_points([*population, strange], acr)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=20))
def test_the_area_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, bool]]) -> None:
    ill = [score for score, malignant in rows if malignant]
    well = [score for score, malignant in rows if not malignant]
    if ill and well:
        pairs = [(high > low) + (high == low) / 2 for high in ill for low in well]
        counted = roc_auc(np.array([score for score, _ in rows]), np.array([malignant for _, malignant in rows]))
        assert counted == pytest.approx(sum(pairs) / len(pairs))
