"""BI-RADS: categories, the most abnormal one, and contradictions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.birads import ASSESSMENTS, MOST_ABNORMAL_FIRST, consistency_notes, most_abnormal
from annotator.labels.errors import AnswerError
from annotator.labels.schema import score_answers
from annotator.labels.shipped import shipped_schemas

# Both breasts in one form: superseded, and readable for ever.
DEFINITION = next(s.definition for s in shipped_schemas() if (s.key, s.version) == ("birads-assessment", 1))


def test_the_order_holds_every_category_once():
    assert sorted(MOST_ABNORMAL_FIRST) == sorted(ASSESSMENTS)


@pytest.mark.parametrize(
    ("categories", "most"),
    [
        (["1", "2"], "2"),
        (["0", "3"], "0"),
        (["0", "4A"], "4A"),
        (["6", "0"], "0"),
        (["4", "4A"], "4"),
        (["4", "4B"], "4B"),
        (["4C", "5"], "5"),
        (["6", "3"], "6"),
    ],
)
def test_the_examination_is_the_most_abnormal_of_its_breasts(categories, most):
    assert most_abnormal(categories) == most
    assert most_abnormal(reversed(categories)) == most


@given(st.lists(st.sampled_from(MOST_ABNORMAL_FIRST), min_size=1))
def test_the_most_abnormal_is_one_of_the_given_and_none_goes_before_it(categories):
    chosen = most_abnormal(categories)
    assert chosen in categories
    assert all(MOST_ABNORMAL_FIRST.index(chosen) <= MOST_ABNORMAL_FIRST.index(c) for c in categories)


def test_the_order_can_be_configured_in_the_definition():
    first_zero = ["0", "5", "4C", "4B", "4", "4A", "6", "3", "2", "1"]
    changed = {**DEFINITION, "scoring": {**DEFINITION["scoring"], "most_abnormal_first": first_zero}}
    assert score_answers(changed, {"right": "0", "left": "5"})["level"] == "BI-RADS 0"


def test_an_unknown_category_is_refused_in_words():
    with pytest.raises(AnswerError, match="'7' is no assessment category"):
        most_abnormal(["7"])
    with pytest.raises(AnswerError, match="at least one"):
        most_abnormal([])


@pytest.mark.parametrize(
    ("category", "likelihood"),
    [
        ("3", "> 0 to ≤ 2 %"),
        ("4", "> 2 to < 95 %"),
        ("4A", "> 2 to ≤ 10 %"),
        ("4B", "> 10 to ≤ 50 %"),
        ("4C", "> 50 to < 95 %"),
        ("5", "≥ 95 %"),
    ],
)
def test_likelihoods_are_those_of_the_fifth_edition(category, likelihood):
    assert ASSESSMENTS[category].likelihood == likelihood


def test_a_whole_answer_gives_level_management_and_likelihoods():
    result = score_answers(DEFINITION, {"right": "2", "left": "4B", "density": "c"})
    assert (result["level"], result["category"]) == ("BI-RADS 4B", "4B")
    assert result["recommendation"] == "Tissue diagnosis"
    assert result["explanation"][1] == "Left breast: 4B, moderate suspicion, likelihood of malignancy > 10 to ≤ 50 %"
    assert result["missing"] == []


def test_a_breast_without_an_answer_gives_no_level_and_is_named():
    result = score_answers(DEFINITION, {"left": "5"})
    assert (result["level"], result["missing"], result["missing_names"]) == (None, ["Right breast"], ["right"])


def test_a_breast_that_was_not_imaged_does_not_count():
    assert score_answers(DEFINITION, {"right": "not_imaged", "left": "3"})["level"] == "BI-RADS 3"
    neither = score_answers(DEFINITION, {"right": "not_imaged", "left": "not_imaged"})
    assert neither["level"] is None
    assert neither["warnings"] == ["No breast was imaged: there is nothing to assess"]


def test_contradictions_between_assessments_and_findings_are_said():
    assert consistency_notes({"Left breast": "1"}, finding_count=1) == [
        "Category 1 is negative, yet a finding is marked"
    ]
    assert consistency_notes({"Left breast": "4A"}, finding_count=0) == [
        "Left breast is category 4A, yet no finding is marked"
    ]
    assert consistency_notes({"Left breast": "4A"}, finding_count=2) == []
    assert consistency_notes({"Left breast": "4A", "Right breast": "1"}, finding_count=1) == []
    assert consistency_notes({"Left breast": "5"}) == []


def test_an_undivided_4_is_remarked_on_only_where_the_protocol_asks_for_more():
    assert consistency_notes({"Left breast": "4"}) == []
    assert consistency_notes({"Left breast": "4"}, asks_for_subdivision=True) == [
        "Left breast: say 4A, 4B or 4C instead of 4"
    ]
