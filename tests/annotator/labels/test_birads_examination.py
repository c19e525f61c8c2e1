"""BI-RADS of breasts and of the examination that follows from them, and what contradicts the findings."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from annotator.labels.birads import ASSESSMENTS
from annotator.labels.birads_breast import breast_facts, findings_of_breast
from annotator.labels.birads_groups import Biopsy, Group, group_of
from annotator.labels.context import MarkedFinding, OtherAnswer, ScoringContext
from annotator.labels.errors import DefinitionError
from annotator.labels.override import overridable
from annotator.labels.schema import check_definition, score_answers
from annotator.labels.shipped import newest_shipped
from annotator.labels.targets import AppliesTo, Target

SHARED = json.loads(Path(__file__).with_name("breast_fact_cases.json").read_text(encoding="utf-8"))
BREAST = newest_shipped("birads-breast").definition
EXAMINATION = newest_shipped("birads-assessment").definition
ULTRASOUND = newest_shipped("birads-assessment-ultrasound").definition
# By hand, as the atlas has them: what it means, the likelihood of malignancy, the management.
TEXTS = {
    "0": ("incomplete", "", "Recall for more imaging, or compare with earlier examinations"),
    "1": ("negative", "essentially 0 %", "Routine screening"),
    "2": ("benign", "essentially 0 %", "Routine screening"),
    "3": ("probably benign", "> 0 to ≤ 2 %", "Short-interval follow-up (6 months), then surveillance"),
    "4": ("suspicious", "> 2 to < 95 %", "Tissue diagnosis"),
    "4A": ("low suspicion", "> 2 to ≤ 10 %", "Tissue diagnosis"),
    "4B": ("moderate suspicion", "> 10 to ≤ 50 %", "Tissue diagnosis"),
    "4C": ("high suspicion", "> 50 to < 95 %", "Tissue diagnosis"),
    "5": ("highly suggestive of malignancy", "≥ 95 %", "Tissue diagnosis"),
    "6": ("malignancy proven by biopsy", "", "Surgical excision when clinically appropriate"),
}
ORDER = ["5", "4C", "4B", "4", "4A", "0", "6", "3", "2", "1"]


def breast(
    category: str, side: str = "L", findings: tuple[MarkedFinding, ...] | None = None, **more: Any
) -> dict[str, Any]:
    context = ScoringContext(target=Target(AppliesTo.BREAST, breast=side), findings=findings, **more)
    return score_answers(BREAST, {"assessment": category}, context=context)


def of_breast(side: str, category: str | None) -> OtherAnswer:
    answers = {} if category is None else {"assessment": category}
    return OtherAnswer("birads-breast", Target(AppliesTo.BREAST, breast=side), answers)


def mass(identifier: str = "f1", **answers: str) -> OtherAnswer:
    return OtherAnswer(
        "birads-mammography", Target(AppliesTo.FINDING, finding=identifier), {"finding_type": "mass", **answers}
    )


def examination(*others: OtherAnswer, definition: dict[str, Any] = EXAMINATION, **answers: str) -> dict[str, Any]:
    return score_answers(definition, answers, context=ScoringContext(others=others))


def messages(result: dict[str, Any]) -> list[str]:
    return [warning["message"] for warning in result["warnings"]]


@pytest.mark.parametrize("category", sorted(TEXTS))
def test_every_category_is_told_with_its_likelihood_and_management(category: str) -> None:
    meaning, likelihood, management = TEXTS[category]
    result = breast(category)
    assert (result["level"], result["category"]) == (f"BI-RADS {category}", category)
    assert (result["likelihood"], result["management"]) == (likelihood, management)
    assert result["recommendation"] == management
    assert result["explanation"][0].startswith(f"Left breast: {category}, {meaning}")
    assert set(TEXTS) == set(ASSESSMENTS)


def test_a_breast_that_was_not_imaged_has_no_category_and_an_open_one_is_missing() -> None:
    assert breast("not_imaged")["category"] is None
    assert breast("not_imaged")["missing"] == []
    assert score_answers(BREAST, {})["missing_names"] == ["assessment"]


def test_what_is_needed_is_asked_of_an_incomplete_breast_only() -> None:
    assert score_answers(BREAST, {"assessment": "0", "needed": ["ultrasound"]})["level"] == "BI-RADS 0"


def test_the_examination_is_the_most_abnormal_of_its_breasts_for_every_pair() -> None:
    for right, left in product(ORDER, repeat=2):
        result = examination(of_breast("R", right), of_breast("L", left))
        assert result["category"] == ORDER[min(ORDER.index(right), ORDER.index(left))]
        assert result["management"] == TEXTS[result["category"]][2]
        assert result["likelihood"] == TEXTS[result["category"]][1]


def test_the_order_is_the_definitions() -> None:
    first_zero = ["0", *(category for category in ORDER if category != "0")]
    changed = {**EXAMINATION, "scoring": {**EXAMINATION["scoring"], "most_abnormal_first": first_zero}}
    check_definition(changed)
    assert examination(of_breast("R", "0"), of_breast("L", "5"), definition=changed)["category"] == "0"
    changed["scoring"]["most_abnormal_first"] = ORDER[:-1]
    with pytest.raises(DefinitionError, match="every category once"):
        check_definition(changed)


def test_a_breast_without_assessment_gives_no_category_and_is_named() -> None:
    result = examination(of_breast("L", "2"), density="b")
    assert (result["category"], result["level"]) == (None, None)
    assert result["missing"] == ["Assessment of the right breast"]
    assert examination(of_breast("L", None), density="b")["missing_names"] == ["breast:R", "breast:L"]
    assert examination(of_breast("R", "1"), of_breast("L", "1"))["missing_names"] == ["density"]


def test_a_breast_that_was_not_imaged_leaves_the_other_to_decide() -> None:
    assert examination(of_breast("R", "not_imaged"), of_breast("L", "3"))["category"] == "3"
    neither = examination(of_breast("R", "not_imaged"), of_breast("L", "not_imaged"))
    assert (neither["category"], messages(neither)) == (None, ["No breast was imaged: there is nothing to assess"])


def test_the_examinations_category_can_be_overridden_and_a_breasts_is_the_readers_own_answer() -> None:
    assert set(overridable(EXAMINATION)["category"]) == set(TEXTS)
    assert overridable(BREAST) == {}


def test_ultrasound_has_its_own_examination_from_the_same_breasts() -> None:
    result = examination(of_breast("R", "2"), of_breast("L", "4B"), definition=ULTRASOUND, tissue="heterogeneous")
    assert (result["category"], result["missing"], result["derived"]) == ("4B", [], {})


def test_a_negative_breast_with_a_finding_and_a_suspicious_one_without_are_remarked_on_in_that_breast_only() -> None:
    left = (MarkedFinding("f1", "mass", "L"),)
    assert messages(breast("1", "L", left)) == ["Category 1 is negative, yet a finding is marked in the left breast"]
    assert messages(breast("1", "R", left)) == []
    assert messages(breast("4B", "R", left)) == [
        "Category 4B is suspicious, yet no finding is marked in the right breast"
    ]
    assert messages(breast("4B", "L", left)) == []
    assert breast("1", "L", left)["warnings"][0]["questions"] == ["assessment"]
    assert messages(breast("2", "L", ())) == []


def test_a_finding_whose_side_is_not_known_is_held_against_no_breast() -> None:
    somewhere = (MarkedFinding("f1", "mass"),)
    assert messages(breast("1", "L", somewhere)) == []
    assert messages(breast("5", "L", somewhere)) == []
    assert messages(breast("5", "L", None)) == []
    answered = (mass(laterality="left"),)
    assert len(messages(breast("1", "L", somewhere, others=answered))) == 1
    assert len(messages(breast("5", "R", somewhere, others=answered))) == 1


@pytest.mark.parametrize("case", SHARED, ids=lambda case: case["says"])
def test_the_findings_of_a_breast_are_counted_as_the_viewer_counts_them(case: dict[str, Any]) -> None:
    sides = [set(one["sides"]) for one in case["findings"]]
    one_side = [next(iter(some)) if len(some) == 1 and some <= {"L", "R"} else "" for some in sides]
    found = tuple(MarkedFinding(f"f{at}", "mass", side) for at, side in enumerate(one_side))
    answered = tuple(
        OtherAnswer("birads-mammography", Target(AppliesTo.FINDING, finding=f"f{at}"), {"laterality": one["answered"]})
        for at, one in enumerate(case["findings"])
        if one["answered"]
    )
    counted = findings_of_breast(
        case["breast"], ScoringContext(findings=found, others=answered), ("birads-mammography",)
    )
    facts = breast_facts(case["breast"], counted)
    assert (facts["@certain"], facts["@possible"], facts["@findings"]) == (
        case["certain"],
        case["possible"],
        case["words"],
    )


def test_an_undivided_4_is_remarked_on_only_where_the_protocol_asks_for_more() -> None:
    asks = {**BREAST, "scoring": {**BREAST["scoring"], "asks_for_subdivision": True}}
    check_definition(asks)
    assert messages(score_answers(BREAST, {"assessment": "4"})) == []
    assert messages(score_answers(asks, {"assessment": "4"})) == ["This protocol asks for 4A, 4B or 4C in place of 4"]
    assert messages(score_answers(asks, {"assessment": "4A"})) == []


# A.8: category, the findings, the biopsy -> group. By hand.
@pytest.mark.parametrize(
    ("category", "findings", "biopsy", "group"),
    [
        ("1", set(), None, Group.NORMAL),
        ("1", set(), Biopsy.NONE, Group.NORMAL),
        ("1", {"mass"}, None, None),
        ("2", set(), Biopsy.NONE, None),
        ("0", {"mass"}, Biopsy.NONE, Group.ACTIONABLE),
        ("0", {"architectural_distortion"}, Biopsy.NONE, Group.ACTIONABLE),
        ("0", {"mass"}, None, None),
        ("0", {"calcifications"}, Biopsy.NONE, None),
        ("0", {"mass"}, Biopsy.BENIGN, Group.BENIGN),
        ("4A", {"mass"}, Biopsy.BENIGN, Group.BENIGN),
        ("5", {"mass", "calcifications"}, Biopsy.MALIGNANT, Group.CANCER),
        ("4", {"calcifications"}, Biopsy.MALIGNANT, None),
        ("3", {"mass"}, Biopsy.BENIGN, None),
        ("6", {"mass"}, Biopsy.MALIGNANT, None),
        (None, {"mass"}, Biopsy.MALIGNANT, None),
    ],
)
def test_the_groups_of_the_tomosynthesis_data_set_follow_where_they_are_defined(
    category: str | None, findings: set[str], biopsy: Biopsy | None, group: Group | None
) -> None:
    found = group_of(category, frozenset(findings), biopsy)
    assert found.group == group
    assert found.because


def test_a_group_is_derived_when_it_was_left_open_and_remarked_on_when_it_was_answered_otherwise() -> None:
    others = (of_breast("R", "1"), of_breast("L", "4B"), mass())
    assert examination(*others, biopsy="malignant")["derived"] == {
        "group": {
            "value": "cancer",
            "because": "Follows from a mass or distortion of category 4B, biopsied with a malignant result",
        }
    }
    assert examination(*others, biopsy="malignant", group="cancer")["derived"] == {}
    [warning] = examination(*others, biopsy="malignant", group="benign")["warnings"]
    assert warning["questions"] == ["group"]
    assert '"Benign" is answered' in warning["message"]
    assert examination(*others)["derived"] == {}


def test_a_finding_marked_as_mass_counts_for_the_group_without_a_description() -> None:
    def group_with(kind: str) -> dict[str, Any]:
        others = (of_breast("R", "1"), of_breast("L", "0"))
        context = ScoringContext(others=others, findings=(MarkedFinding("f1", kind, "L"),))
        return dict(score_answers(EXAMINATION, {"biopsy": "none"}, context=context)["derived"])

    def described_as(finding_type: str) -> dict[str, Any]:
        target = Target(AppliesTo.FINDING, finding="f1")
        described = OtherAnswer("birads-mammography", target, {"finding_type": finding_type})
        others = (of_breast("R", "1"), of_breast("L", "0"), described)
        context = ScoringContext(others=others, findings=(MarkedFinding("f1", "mass", "L"),))
        return dict(score_answers(EXAMINATION, {"biopsy": "none"}, context=context)["derived"])

    assert described_as("calcifications") == {}, "what was described goes before the name it was marked with"
    assert described_as("mass")["group"]["value"] == "actionable"
    assert group_with("distortion")["group"]["value"] == "actionable"
    assert group_with("other") == {}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"applies_to": "finding"}, "applies_to"),
        ({"scoring": {**EXAMINATION["scoring"], "group": "density"}}, "scoring"),
        ({"scoring": {"kind": "function", "name": "birads_examination", "from": "birads-breast"}}, "scoring"),
        ({"scoring": {**EXAMINATION["scoring"], "from": "Birads Breast"}}, "scoring.from"),
        ({"scoring": {**EXAMINATION["scoring"], "weight": 2}}, "scoring"),
    ],
)
def test_settings_that_do_not_go_with_the_form_are_refused_with_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        check_definition({**EXAMINATION, **changes})
    assert refused.value.path == path
