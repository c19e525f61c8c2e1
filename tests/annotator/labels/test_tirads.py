"""TI-RADS: the published tables and worked examples, the short circuits, and properties that must always hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.context import ScoringContext
from annotator.labels.errors import AnswerError
from annotator.labels.schema import score_answers
from annotator.labels.shipped import newest_shipped
from annotator.labels.tirads import Advice, advice_for, level_of, score_nodule, systems_of
from tests.annotator.labels.nodules import POINTS

DEFINITION = newest_shipped("acr-tirads").definition
ACR, AI = systems_of(DEFINITION)

PLAIN = {
    "composition": "mixed",
    "echogenicity": "isoechoic",
    "shape": "wider_than_tall",
    "margin": "smooth",
    "echogenic_foci": ["none"],
}
FOCI = sorted(set(POINTS["echogenic_foci"]) - {"none"})

whole_answers = st.fixed_dictionaries(
    {
        **{c: st.sampled_from(sorted(f)) for c, f in POINTS.items() if c != "echogenic_foci"},
        "echogenic_foci": st.one_of(st.just(["none"]), st.lists(st.sampled_from(FOCI), min_size=1, unique=True)),
    }
)
sizes = st.one_of(st.none(), st.floats(min_value=0.1, max_value=200))


def score(answers, **options):
    return score_answers(DEFINITION, answers, context=ScoringContext(**options))


def as_features(answers):
    return {c: tuple(v) if isinstance(v, list) else (v,) for c, v in answers.items()}


def test_the_shipped_points_are_the_published_ones():
    shipped = {
        category: {feature: (ACR.points[category][feature], AI.points[category][feature]) for feature in table}
        for category, table in ACR.points.items()
    }
    assert shipped == POINTS


@pytest.mark.parametrize(
    ("changes", "acr", "ai"),
    [
        ({"shape": "taller_than_wide"}, (5, "TR4"), (1, "TR1")),  # figure 4
        ({"echogenicity": "hypoechoic"}, (3, "TR3"), (2, "TR2")),  # figure 5
    ],
)
def test_the_worked_examples_of_the_paper_come_out(changes, acr, ai):
    systems = score({**PLAIN, **changes})["systems"]
    assert (systems["acr"]["points"], systems["acr"]["level"]) == acr
    assert (systems["ai"]["points"], systems["ai"]["level"]) == ai


@pytest.mark.parametrize(
    ("points", "level"),
    [(0, "TR1"), (1, "TR1"), (2, "TR2"), (3, "TR3"), (4, "TR4"), (6, "TR4"), (7, "TR5"), (17, "TR5")],
)
def test_points_become_levels_at_the_published_borders(points, level):
    assert level_of(ACR, points).level == level


@pytest.mark.parametrize(
    ("level", "size_mm", "advice"),
    [
        ("TR1", 90, Advice.NOTHING),
        ("TR2", None, Advice.NOTHING),
        ("TR3", 24.9, Advice.FOLLOW_UP),
        ("TR3", 25, Advice.ASPIRATE),
        ("TR3", 14.9, Advice.NOTHING),
        ("TR4", 15, Advice.ASPIRATE),
        ("TR4", 14.9, Advice.FOLLOW_UP),
        ("TR4", 9.9, Advice.NOTHING),
        ("TR5", 10, Advice.ASPIRATE),
        ("TR5", 5, Advice.FOLLOW_UP),
        ("TR5", 4.9, Advice.NOTHING),
        ("TR5", None, Advice.SIZE_NEEDED),
    ],
)
def test_the_size_decides_the_advice_from_the_published_thresholds(level, size_mm, advice):
    row = next(row for row in ACR.levels if row.level == level)
    assert advice_for(row, size_mm) is advice


def test_an_unanswered_category_gives_no_level_and_is_named():
    answers = {k: v for k, v in PLAIN.items() if k not in {"margin", "echogenic_foci"}}
    result = score(answers)
    assert (result["points"], result["level"], result["recommendation"]) == (None, None, "")
    assert result["missing"] == ["Margin", "Echogenic foci"]
    assert result["missing_names"] == ["margin", "echogenic_foci"]


def test_spongiform_ends_the_scoring_in_both_systems_with_the_rest_unanswered():
    systems = score({"composition": "spongiform"})["systems"]
    assert {(s["points"], s["level"], tuple(s["missing"])) for s in systems.values()} == {(0, "TR1", ())}


def test_spongiform_outweighs_suspicious_answers_and_says_that_they_do_not_count():
    result = score({**PLAIN, "composition": "spongiform", "margin": "extrathyroidal_extension"})
    assert (result["points"], result["level"]) == (0, "TR1")
    assert "Margin: extrathyroidal extension (not counted)" in result["explanation"]
    assert "Margin: extrathyroidal extension, not counted" in result["systems"]["ai"]["explanation"]


def test_cystic_ends_the_scoring_in_ai_tirads_only():
    systems = score({**PLAIN, "composition": "cystic", "margin": "lobulated_or_irregular"})["systems"]
    assert systems["ai"]["points"] == 0
    assert systems["acr"]["points"] == 3
    alone = score({"composition": "cystic"})["systems"]
    assert alone["ai"]["level"] == "TR1"
    assert alone["acr"]["level"] is None


def test_echogenic_foci_add_up():
    foci = ["macrocalcifications", "peripheral_calcifications", "punctate_echogenic_foci"]
    systems = score({**PLAIN, "echogenic_foci": foci})["systems"]
    assert systems["acr"]["points"] == 1 + 1 + (1 + 2 + 3)
    assert systems["ai"]["points"] == 0 + 2 + 3


def test_a_typed_size_goes_before_the_measured_one():
    answers = {**PLAIN, "shape": "taller_than_wide", "size_mm": 16}
    assert score(answers, size_mm=3)["systems"]["acr"]["advice"] == "aspirate"
    assert score(answers, size_mm=3)["size_source"] == "typed"
    measured = score({**PLAIN, "shape": "taller_than_wide"}, size_mm=12)
    assert (measured["systems"]["acr"]["advice"], measured["size_source"]) == ("follow_up", "measured")


def test_the_explanation_counts_every_category_and_ends_with_the_level():
    result = score({**PLAIN, "shape": "taller_than_wide"})
    assert result["systems"]["acr"]["explanation"] == [
        "Composition: mixed cystic and solid, 1 point",
        "Echogenicity: isoechoic, 1 point",
        "Shape: taller than wide, 3 points",
        "Margin: smooth, 0 points",
        "Echogenic foci: none, 0 points",
        "5 points: TR4, moderately suspicious",
    ]
    assert result["explanation"] == [
        "Composition: mixed cystic and solid (ACR 1, AI 0)",
        "Echogenicity: isoechoic (ACR 1, AI 0)",
        "Shape: taller than wide (ACR 3, AI 1)",
        "Margin: smooth (ACR 0, AI 0)",
        "Echogenic foci: none (ACR 0, AI 0)",
        "ACR TI-RADS 2017: 5 points, TR4, moderately suspicious",
        "AI TI-RADS 2019: 1 point, TR1, benign",
    ]


def test_what_ends_a_scoring_and_what_is_missing_is_told_for_each_system():
    assert score({"composition": "cystic", "shape": "taller_than_wide"})["explanation"] == [
        "Composition: cystic or almost completely cystic (ACR 0, AI not counted)",
        "Shape: taller than wide (ACR 3, AI not counted)",
        "Cystic or almost completely cystic ends the scoring at 0 points in AI TI-RADS 2019",
        "ACR TI-RADS 2017: no level without echogenicity, margin, echogenic foci",
        "AI TI-RADS 2019: 0 points, TR1, benign",
    ]


def test_a_measured_size_counts_as_it_is_shown():
    tr3 = {**PLAIN, "echogenicity": "hypoechoic"}
    for measured, advice in [(24.94, "follow_up"), (24.96, "aspirate"), (14.94, "nothing"), (14.951, "follow_up")]:
        result = score(tr3, size_mm=measured)
        assert result["systems"]["acr"]["advice"] == advice, measured
        assert result["size_mm"] == round(measured, 1)
        assert f"{result['size_mm']:g} mm" in result["recommendation"]
    assert score({**tr3, "size_mm": 24.96})["systems"]["acr"]["advice"] == "follow_up", "a typed size is taken as typed"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, "Size needed; TR4: follow-up from 10 mm, aspiration from 15 mm"),
        (9.9, "Neither at 9.9 mm; TR4: follow-up from 10 mm, aspiration from 15 mm"),
        (10, "Follow-up: 10 mm, TR4 from 10 mm"),
        (15, "Fine-needle aspiration: 15 mm, TR4 from 15 mm"),
    ],
)
def test_the_advice_of_the_papers_figure_4_is_told_in_words_by_size(size, words):
    systems = score({**PLAIN, "shape": "taller_than_wide"}, size_mm=size)["systems"]
    assert systems["acr"]["recommendation"] == words
    assert systems["ai"]["recommendation"] == "No fine-needle aspiration, whatever the size"


def test_a_lexicon_of_its_own_words_advises_by_the_largest_size_that_is_reached():
    words = [{"text": "Leave it."}, {"text": "Look again.", "from_mm": 6}, {"text": "Take tissue.", "from_mm": 8}]
    levels = [{"level": "L1", "from": 0, "meaning": "any", "recommendations": words}]
    definition = {**DEFINITION, "scoring": {**DEFINITION["scoring"], "levels": levels}}
    for size, told in [(5.9, "Leave it."), (6, "Look again."), (7.9, "Look again."), (8, "Take tissue.")]:
        assert score_answers(definition, PLAIN, context=ScoringContext(size_mm=size))["recommendation"] == told
    assert score_answers(definition, PLAIN)["recommendation"] == (
        "Leave it. Size needed (from 6 mm: Look again.; from 8 mm: Take tissue.)"
    )


@pytest.mark.parametrize("size_mm", [0, -3, float("nan"), float("inf")])
def test_a_size_that_can_not_be_is_refused(size_mm):
    with pytest.raises(AnswerError, match="above 0"):
        score({**PLAIN, "shape": "taller_than_wide"}, size_mm=size_mm)


def test_a_feature_that_the_system_does_not_have_is_refused_with_its_category():
    with pytest.raises(AnswerError, match="no feature 'round'") as refused:
        score_nodule(ACR, {"shape": ("round",)})
    assert refused.value.path == "shape"


@given(answers=whole_answers, category=st.sampled_from(sorted(set(POINTS) - {"echogenic_foci"})), data=st.data())
def test_a_more_suspicious_feature_never_lowers_points_level_or_advice(answers, category, data):
    size_mm = data.draw(sizes)
    for system in (ACR, AI):
        ends = system.ends_at_zero.get(category, frozenset())
        table = {f: p for f, p in system.points[category].items() if f not in ends}
        worse = data.draw(
            st.sampled_from(sorted(f for f, p in table.items() if p >= system.points[category][answers[category]]))
        )
        before = score_nodule(system, as_features(answers), size_mm=size_mm)
        after = score_nodule(system, as_features({**answers, category: worse}), size_mm=size_mm)
        assert after.points >= before.points
        assert after.level.from_points >= before.level.from_points
        if size_mm is not None:
            severity = [Advice.NOTHING, Advice.FOLLOW_UP, Advice.ASPIRATE]
            assert severity.index(after.advice) >= severity.index(before.advice)


@given(answers=whole_answers, more=st.sampled_from(FOCI))
def test_one_more_echogenic_focus_never_lowers_the_points(answers, more):
    foci = sorted({*answers["echogenic_foci"], more} - {"none"})
    for system in (ACR, AI):
        before = score_nodule(system, as_features(answers))
        assert score_nodule(system, as_features({**answers, "echogenic_foci": foci})).points >= before.points


@given(answers=whole_answers, dropped=st.sampled_from(sorted(POINTS)))
def test_a_dropped_answer_never_leaves_a_level_unless_the_scoring_had_ended(answers, dropped):
    rest = {k: v for k, v in answers.items() if k != dropped}
    for system in (ACR, AI):
        result = score_nodule(system, as_features(rest))
        assert (result.level is None) == (result.ended_by is None)


@given(answers=whole_answers)
def test_ai_tirads_only_rates_above_acr_where_its_table_does(answers):
    """Solid is the one feature with more points in AI TI-RADS: without it AI never has more points."""
    if answers["composition"] != "solid":
        assert score_nodule(AI, as_features(answers)).points <= score_nodule(ACR, as_features(answers)).points
