"""BI-RADS findings: what is asked of which finding, how it is told, and where its place contradicts itself."""

from typing import Any

import pytest

from annotator.labels.birads_finding import HOURS, finding_warnings
from annotator.labels.conditions import shown_questions
from annotator.labels.context import MarkedFinding, ScoringContext
from annotator.labels.errors import AnswerError
from annotator.labels.schema import check_answers, score_answers
from annotator.labels.shipped import newest_shipped
from annotator.labels.targets import AppliesTo, Target

MAMMOGRAPHY = newest_shipped("birads-mammography").definition
ULTRASOUND = newest_shipped("birads-ultrasound").definition
PLACE = {"laterality", "quadrant", "clock_face", "depth", "distance_from_nipple_mm", "size_mm"}
MASS: dict[str, Any] = {
    "finding_type": "mass",
    "mass_shape": "irregular",
    "mass_margin": "spiculated",
    "mass_density": "high",
    "laterality": "right",
}


def asked(definition: dict[str, Any], answers: dict[str, Any]) -> set[str]:
    return set(shown_questions(definition["form"]["questions"], answers)) - PLACE


@pytest.mark.parametrize(
    ("answers", "questions"),
    [
        ({}, {"finding_type"}),
        ({"finding_type": "mass"}, {"mass_shape", "mass_margin", "mass_density", "associated_features"}),
        ({"finding_type": "architectural_distortion"}, {"associated_features"}),
        ({"finding_type": "asymmetry"}, {"asymmetry_kind", "associated_features"}),
        ({"finding_type": "special_case"}, {"special_case"}),
        ({"finding_type": "calcifications"}, {"calcification_group", "associated_features"}),
        (
            {"finding_type": "calcifications", "calcification_group": "suspicious"},
            {"calcification_group", "calcifications_suspicious", "calcifications_distribution", "associated_features"},
        ),
        (
            {"finding_type": "calcifications", "calcification_group": "typically_benign"},
            {"calcification_group", "calcifications_benign", "associated_features"},
        ),
        (
            {
                "finding_type": "calcifications",
                "calcification_group": "typically_benign",
                "calcifications_benign": ["round"],
            },
            {"calcification_group", "calcifications_benign", "calcifications_distribution", "associated_features"},
        ),
    ],
)
def test_a_mammographic_finding_is_asked_what_belongs_to_its_type(answers: dict[str, Any], questions: set[str]) -> None:
    assert asked(MAMMOGRAPHY, answers) == {"finding_type", *questions}
    assert set(shown_questions(MAMMOGRAPHY["form"]["questions"], answers)) >= PLACE


@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (
            "mass",
            {
                *("mass_shape", "orientation", "mass_margin", "echo_pattern", "posterior_features"),
                *("calcifications", "associated_features", "vascularity", "elasticity"),
            },
        ),
        ("calcifications", {"calcifications", "associated_features", "vascularity", "elasticity"}),
        ("special_case", {"special_case"}),
    ],
)
def test_an_ultrasound_finding_is_asked_what_belongs_to_its_type(kind: str, questions: set[str]) -> None:
    assert asked(ULTRASOUND, {"finding_type": kind}) == {"finding_type", *questions}


def test_an_answer_to_a_question_of_another_type_is_refused() -> None:
    with pytest.raises(AnswerError) as refused:
        check_answers(MAMMOGRAPHY, {"finding_type": "mass", "asymmetry_kind": "asymmetry"})
    assert refused.value.path == "answers.asymmetry_kind"


def test_a_finding_is_told_in_two_lines_as_in_a_report() -> None:
    answers = {
        **MASS,
        "associated_features": ["skin_retraction"],
        "quadrant": "upper_outer",
        "clock_face": 10,
        "depth": "posterior",
        "distance_from_nipple_mm": 60,
    }
    check_answers(MAMMOGRAPHY, answers)
    result = score_answers(MAMMOGRAPHY, answers, context=ScoringContext(size_mm=14.2))
    assert result["explanation"] == [
        "Mass; irregular; spiculated; high density; skin retraction",
        "Right, upper outer, 10 o'clock, posterior depth, 60 mm from the nipple, largest diameter 14.2 mm",
    ]
    assert (result["missing"], result["warnings"], result["size_source"]) == ([], [], "measured")


def test_what_is_not_there_is_told_with_what_it_is_and_a_measured_size_as_it_is_shown() -> None:
    answers = {"finding_type": "calcifications", "associated_features": ["none"], "laterality": "left"}
    result = score_answers(MAMMOGRAPHY, answers, context=ScoringContext(size_mm=44.5213, size_source="caliper"))
    assert result["explanation"] == ["Calcifications; no associated features", "Left, largest diameter 44.5 mm"]
    assert (result["size_mm"], result["size_source"]) == (44.5, "caliper")
    typed = score_answers(MAMMOGRAPHY, {**answers, "size_mm": 12}, context=ScoringContext(size_mm=44.5))
    assert (typed["size_mm"], typed["size_source"]) == (12, "typed")


def test_what_the_lexicon_asks_of_a_type_is_missing_until_it_is_answered() -> None:
    assert score_answers(MAMMOGRAPHY, {})["missing_names"] == ["finding_type", "laterality"]
    open_ = score_answers(MAMMOGRAPHY, {"finding_type": "mass", "laterality": "left"})["missing_names"]
    assert open_ == ["mass_shape", "mass_margin", "mass_density"]
    assert score_answers(MAMMOGRAPHY, {"finding_type": "mass"})["missing_names"] == [*open_, "laterality"]


def test_the_hours_of_the_breasts_mirror_each_other_and_each_lies_in_one_quadrant_or_on_a_border() -> None:
    assert HOURS["right"]["upper_outer"] == (9, 10, 11, 12)
    assert set(HOURS["left"]["upper_outer"]) == {12, 1, 2, 3}
    for side in HOURS.values():
        for hour in range(1, 13):
            assert sum(hour in hours for hours in side.values()) == (2 if hour % 3 == 0 else 1)


@pytest.mark.parametrize(
    ("laterality", "hour", "quadrant", "fits"),
    [
        ("right", 10, "upper_outer", True),
        ("left", 10, "upper_outer", False),
        ("left", 2, "upper_outer", True),
        ("right", 6, "lower_inner", True),
        ("right", 7, "lower_inner", False),
        ("left", 10, "axillary_tail", True),
        ("left", 10, "retroareolar", True),
    ],
)
def test_a_clock_face_outside_its_quadrant_is_remarked_on(
    laterality: str, hour: int, quadrant: str, fits: bool
) -> None:
    warnings = finding_warnings({"laterality": laterality, "clock_face": hour, "quadrant": quadrant})
    assert [w.questions for w in warnings] == ([] if fits else [("quadrant", "clock_face")])


def test_a_laterality_that_is_not_that_of_the_marks_is_remarked_on() -> None:
    def warned(side: str) -> list[dict[str, Any]]:
        mine = Target(AppliesTo.FINDING, finding="f1")
        seen = (MarkedFinding("f1", "mass", side), MarkedFinding("f2", "mass", "L"))
        context = ScoringContext(target=mine, findings=seen)
        return list(score_answers(MAMMOGRAPHY, MASS, context=context)["warnings"])

    assert warned("R") == []
    assert warned("") == []
    assert warned("L") == [
        {"message": "Laterality is right, yet the finding is marked in the left breast", "questions": ["laterality"]}
    ]


@pytest.mark.parametrize("definition", [MAMMOGRAPHY, ULTRASOUND])
def test_a_laterality_that_was_left_open_is_that_of_the_marks(definition: dict[str, Any]) -> None:
    mine = Target(AppliesTo.FINDING, finding="f1")
    context = ScoringContext(target=mine, findings=(MarkedFinding("f1", "mass", "L"),))
    result = score_answers(definition, {"quadrant": "upper_outer", "clock_face": 10}, context=context)
    assert result["derived"] == {"laterality": {"value": "left", "because": "Follows from marks in the left breast"}}
    assert "laterality" not in result["missing_names"]
    assert result["explanation"] == ["Left, upper outer, 10 o'clock"]
    assert [w["questions"] for w in result["warnings"]] == [["quadrant", "clock_face"]]
    said = score_answers(definition, {"laterality": "left"}, context=context)
    assert (said["derived"], said["warnings"]) == ({}, [])


def test_calcifications_without_calcifications_are_remarked_on() -> None:
    result = score_answers(ULTRASOUND, {"finding_type": "calcifications", "calcifications": ["none"]})
    assert [w["questions"] for w in result["warnings"]] == [["finding_type", "calcifications"]]
