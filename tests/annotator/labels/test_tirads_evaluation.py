"""Points that were fitted are reported on patients they never saw, against ACR and AI, and offered as a new version."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from annotator.labels.errors import AnswerError
from annotator.labels.schema import check_definition, score_answers
from annotator.labels.shipped import newest_shipped
from annotator.labels.tirads import Advice, score_nodule, systems_of
from annotator.labels.tirads_evaluation import Evaluation, evaluate, fit_tirads, with_system
from annotator.labels.tirads_optimiser import DiagnosedNodule

Nodules = list[DiagnosedNodule]

DEFINITION = newest_shipped("acr-tirads").definition
BENIGN = {
    "composition": ["spongiform"],
    "echogenicity": ["isoechoic"],
    "shape": ["wider_than_tall"],
    "margin": ["smooth"],
    "echogenic_foci": ["none"],
}
# ACR 2+2 = 4 points, TR4: aspirated from 15 mm. AI 3+2 = 5, TR4.
SOLID = {**BENIGN, "composition": ["solid"], "echogenicity": ["hypoechoic"]}
# ACR 1+1+3 = 5 points, TR4; AI 1 point, TR1: figure 4 of the paper.
TALL = {**BENIGN, "composition": ["mixed"], "shape": ["taller_than_wide"]}


def nodules() -> list[DiagnosedNodule]:
    """Worked by hand: four malignant, four benign, in six patients."""
    return [
        DiagnosedNodule(SOLID, malignant=True, patient="a", size_mm=20),
        DiagnosedNodule(SOLID, malignant=True, patient="a", size_mm=14),
        DiagnosedNodule(SOLID, malignant=True, patient="b", size_mm=15),
        DiagnosedNodule(BENIGN, malignant=True, patient="c", size_mm=40),
        DiagnosedNodule(TALL, malignant=False, patient="d", size_mm=30),
        DiagnosedNodule(BENIGN, malignant=False, patient="d", size_mm=30),
        DiagnosedNodule(SOLID, malignant=False, patient="e", size_mm=9),
        DiagnosedNodule(BENIGN, malignant=False, patient="f"),
    ]


def drawn(count: int, seed: int) -> list[DiagnosedNodule]:
    """Patients of one or two nodules; solid makes one likely malignant, taller than wide says nothing."""
    chance = random.Random(seed)
    made = []
    for patient in range(count):
        for _ in range(chance.choice([1, 2])):
            solid, tall = chance.random() < 0.5, chance.random() < 0.5
            features = {
                **BENIGN,
                "composition": ["solid" if solid else "mixed"],
                "shape": ["taller_than_wide" if tall else "wider_than_tall"],
            }
            ill = chance.random() < (0.6 if solid else 0.1)
            made.append(DiagnosedNodule(features, ill, f"{seed}-{patient}", chance.uniform(5, 40)))
    return made


@pytest.fixture(scope="module")
def worked() -> Evaluation:
    return evaluate(nodules(), systems_of(DEFINITION), resamples=400)


def test_the_figures_are_those_worked_by_hand(worked: Evaluation) -> None:
    acr, ai = worked.systems["acr"], worked.systems["ai"]
    # ACR: malignant 4, 4, 4, 0 against benign 5, 0, 4, 0; pairs won 3 x (0 + 1 + 1/2 + 1) + (0 + 1/2 + 0 + 1/2).
    assert acr.auc.value == pytest.approx((3 * 2.5 + 1) / 16)
    # AI: malignant 5, 5, 5, 0 against benign 1, 0, 5, 0.
    assert ai.auc.value == pytest.approx((3 * 3.5 + 1) / 16)
    assert acr.sensitivity.value == ai.sensitivity.value == pytest.approx(2 / 4)
    # Of the three benign nodules with a size ACR aspirates the tall one, AI none.
    assert (acr.specificity.value, ai.specificity.value) == (pytest.approx(2 / 3), 1.0)
    assert worked.differences["ai", "acr"].specificity.value == pytest.approx(1 / 3)
    assert (worked.nodules, worked.malignant, worked.patients, worked.without_size) == (8, 4, 6, 1)


def test_intervals_hold_their_figure_and_differences_are_taken_on_the_same_resamples(worked: Evaluation) -> None:
    for one in (*worked.systems.values(), *worked.differences.values()):
        for figure in (one.auc, one.sensitivity, one.specificity):
            assert figure.low is not None
            assert figure.low <= figure.value <= figure.high
    # Both systems advise alike on every malignant nodule: a difference of resamples drawn apart would have a width.
    same = worked.differences["ai", "acr"].sensitivity
    assert (same.low, same.value, same.high) == (0, 0, 0)


def test_the_bootstrap_draws_patients_whole() -> None:
    """With one nodule copied within each patient the interval stays as wide as that of the patients."""
    once = drawn(60, seed=3)
    copied = [one for one in once for _ in range(9)]
    systems = systems_of(DEFINITION)[:1]
    narrow, wide = (evaluate(some, systems, resamples=600).systems["acr"].auc for some in (copied, once))
    assert narrow.value == pytest.approx(wide.value)
    assert (narrow.low, narrow.high) == (pytest.approx(wide.low), pytest.approx(wide.high))


def test_an_interval_agrees_with_a_bootstrap_written_out() -> None:
    some, acr = drawn(120, seed=5), systems_of(DEFINITION)[0]
    by_patient: dict[str, list[bool]] = {}
    for one in some:
        advised = score_nodule(acr, {c: tuple(f) for c, f in one.features.items()}, size_mm=one.size_mm).advice
        by_patient.setdefault(one.patient, []).extend([advised is Advice.ASPIRATE] if one.malignant else [])
    chance, names = np.random.default_rng(1), sorted(by_patient)
    shares = []
    for _ in range(4000):
        picked = [hit for name in chance.choice(names, len(names)) for hit in by_patient[name]]
        shares.append(sum(picked) / len(picked))
    low, high = np.quantile(shares, [0.025, 0.975])
    found = evaluate(some, [acr], resamples=4000).systems["acr"].sensitivity
    assert (found.low, found.high) == (pytest.approx(low, abs=0.02), pytest.approx(high, abs=0.02))


def test_fitted_points_beat_acr_on_patients_that_they_never_saw_and_are_offered_as_a_version() -> None:
    fitted = fit_tirads(drawn(250, seed=1), drawn(250, seed=2), DEFINITION, title="Fitted on made-up nodules")
    points = fitted.points.points
    assert points["composition"]["solid"] > points["composition"]["mixed"]
    gain = fitted.evaluation.differences["fitted", "acr"].auc
    assert gain.low is not None
    assert gain.low > 0
    check_definition(fitted.definition)
    assert [system.name for system in systems_of(fitted.definition)] == ["acr", "ai", "fitted"]
    answers = {category: some if category == "echogenic_foci" else some[0] for category, some in SOLID.items()}
    by_system = score_answers(fitted.definition, answers)["systems"]
    assert by_system["fitted"]["points"] == sum(points[c][feature] for c, some in SOLID.items() for feature in some)
    assert by_system["acr"] == score_answers(DEFINITION, answers)["systems"]["acr"]
    spongiform = score_answers(fitted.definition, {"composition": "spongiform"})["systems"]["fitted"]
    assert (spongiform["points"], spongiform["level"]) == (0, "TR1")


def test_a_version_is_fitted_anew_in_place_of_the_last_and_the_definition_it_came_from_stays() -> None:
    before = DEFINITION["scoring"]["systems"]
    points = {category: dict.fromkeys(table, 1) for category, table in systems_of(DEFINITION)[0].points.items()}
    offered = with_system(
        with_system(DEFINITION, points, name="fitted", title="Once"), points, name="fitted", title="2"
    )
    assert [s["title"] for s in offered["scoring"]["systems"]] == [*(s["title"] for s in before), "2"]
    assert all(
        "fitted" not in option["points"]
        for question in DEFINITION["form"]["questions"][:5]
        for option in question["options"]
    )
    with pytest.raises(AnswerError, match="no points"):
        with_system(DEFINITION, {**points, "shape": {}}, name="fitted", title="Holes")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda train, held: (train, [*held, train[0]]), "1 patient is among the training"),
        (lambda train, held: ([DiagnosedNodule(BENIGN, False), *train], held), "must say whose it is"),
        (lambda train, held: (train, [one for one in held if one.malignant]), "one kind"),
        (
            lambda train, held: (train, [*held, DiagnosedNodule({"shape": ["wider_than_tall"]}, False, "x")]),
            "composition",
        ),
    ],
)
def test_what_can_not_be_measured_is_refused_in_words(
    spoil: Callable[
        [list[DiagnosedNodule], list[DiagnosedNodule]], tuple[list[DiagnosedNodule], list[DiagnosedNodule]]
    ],
    words: str,
) -> None:
    training, held_out = spoil(drawn(20, seed=1), drawn(20, seed=2))
    with pytest.raises(ValueError, match=words):
        fit_tirads(training, held_out, DEFINITION, title="No", generations=1, resamples=10)


def test_figures_that_the_nodules_do_not_give_are_left_out() -> None:
    unsized = [DiagnosedNodule(one.features, one.malignant, one.patient) for one in nodules()]
    acr = evaluate(unsized, systems_of(DEFINITION), resamples=50).systems["acr"]
    assert acr.auc.value is not None
    assert (acr.sensitivity.value, acr.specificity.low) == (None, None)
