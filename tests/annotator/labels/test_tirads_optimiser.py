"""The optimiser finds the points that a made-up population was made with."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.errors import AnswerError
from annotator.labels.shipped import newest_shipped
from annotator.labels.tirads import PointSystem, systems_of
from annotator.labels.tirads_optimiser import DiagnosedNodule, optimise_points, roc_auc, total_points

STOPS = {"composition": frozenset({"cystic", "spongiform"})}
# What makes the made-up nodules malignant: only these, and far from ACR's points.
TRUE_POINTS = {
    "composition": {"mixed": 0, "solid": 3},
    "echogenicity": {"hyperechoic": 3, "hypoechoic": 0},
    "shape": {"wider_than_tall": 2, "taller_than_wide": 0},
    "margin": {"smooth": 0, "lobulated_or_irregular": 0},
    "echogenic_foci": {"none": 0, "punctate_echogenic_foci": 0},
}


@pytest.fixture(scope="module")
def acr() -> PointSystem:
    return systems_of(newest_shipped("acr-tirads").definition)[0]


@pytest.fixture(scope="module")
def population() -> list[DiagnosedNodule]:
    """400 nodules whose chance of being malignant rises steeply with the true total."""
    drawn = random.Random(7)
    nodules = []
    for _ in range(400):
        features = {category: [drawn.choice(sorted(table))] for category, table in TRUE_POINTS.items()}
        total = sum(TRUE_POINTS[category][feature] for category, (feature,) in features.items())
        nodules.append(DiagnosedNodule(features, malignant=total + drawn.gauss(0, 0.3) > 4.5))
    return nodules


def test_the_points_behind_a_made_up_population_are_found(acr: PointSystem, population: list[DiagnosedNodule]) -> None:
    found = optimise_points(population, acr, stops=STOPS)
    assert found.start_auc < 0.75
    assert found.auc > 0.97
    points = found.points
    assert points["composition"]["solid"] > points["composition"]["mixed"]
    assert points["echogenicity"]["hyperechoic"] > points["echogenicity"]["hypoechoic"]
    assert points["shape"]["wider_than_tall"] > points["shape"]["taller_than_wide"]
    # The AUC is that of the whole points as they are handed out.
    totals = np.array([total_points(points, nodule.features, stops=STOPS) for nodule in population])
    assert roc_auc(totals, np.array([nodule.malignant for nodule in population])) == pytest.approx(found.auc)


def test_the_same_seed_gives_the_same_points_and_leaves_the_generator_alone(
    acr: PointSystem, population: list[DiagnosedNodule]
) -> None:
    random.seed(5)
    expected = [random.random() for _ in range(3)]
    random.seed(5)
    first = optimise_points(population, acr, stops=STOPS, generations=5)
    assert [random.random() for _ in range(3)] == expected
    assert optimise_points(population, acr, stops=STOPS, generations=5) == first


def test_every_category_begins_at_zero_and_no_point_leaves_its_range(
    acr: PointSystem, population: list[DiagnosedNodule]
) -> None:
    found = optimise_points(population, acr, stops=STOPS, generations=10)
    for category, table in TRUE_POINTS.items():
        fitted = [found.points[category][feature] for feature in table]
        assert min(fitted) == 0
        assert max(fitted) <= 3
    assert found.points["composition"]["spongiform"] == 0
    assert ("echogenicity", "very_hypoechoic") in found.unseen
    assert found.points["echogenicity"]["very_hypoechoic"] == acr.points["echogenicity"]["very_hypoechoic"]


def test_a_spongiform_nodule_has_no_points_whatever_else_it_shows(acr: PointSystem) -> None:
    points = {category: dict(table) for category, table in acr.points.items()}
    features = {"composition": ["spongiform"], "echogenicity": ["very_hypoechoic"]}
    assert total_points(points, features, stops=STOPS) == 0
    assert total_points(points, {**features, "composition": ["solid"]}, stops=STOPS) == 5


def test_one_kind_of_nodule_and_unknown_features_are_refused(
    acr: PointSystem, population: list[DiagnosedNodule]
) -> None:
    with pytest.raises(ValueError, match="one kind"):
        optimise_points([nodule for nodule in population if nodule.malignant], acr, stops=STOPS)
    strange = DiagnosedNodule({"composition": ["marble"]}, malignant=True)
    with pytest.raises(AnswerError, match="marble"):
        optimise_points([*population, strange], acr, stops=STOPS)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=20))
def test_the_area_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, bool]]) -> None:
    ill = [score for score, malignant in rows if malignant]
    well = [score for score, malignant in rows if not malignant]
    if ill and well:
        pairs = [(high > low) + (high == low) / 2 for high in ill for low in well]
        counted = roc_auc(np.array([score for score, _ in rows]), np.array([malignant for _, malignant in rows]))
        assert counted == pytest.approx(sum(pairs) / len(pairs))
