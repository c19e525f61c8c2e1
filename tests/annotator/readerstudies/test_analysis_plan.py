"""What is counted and how: written down, read again, and refused with the path of the fault."""

import pytest

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.analysis_plan import AnalysisPlan, DisagreementRules
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.letters import letters_of


def test_a_plan_comes_back_as_it_was_written_and_what_is_left_out_has_its_default() -> None:
    rules = DisagreementRules(questions=("a.b",), dice_below=None)
    plan = AnalysisPlan("head.bleed", ("present", 1), True, "head.sure", "consensus", "staple", 0.2, rules)
    assert AnalysisPlan.from_json(plan.to_json()) == plan
    assert AnalysisPlan.from_json({}) == AnalysisPlan()


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "analysis"),
        ({"qestion": "a.b"}, "analysis"),
        ({"question": "bleed"}, "analysis.question"),
        ({"positive": "present"}, "analysis.positive"),
        ({"truth": "god"}, "analysis.truth"),
        ({"masks": "or"}, "analysis.masks"),
        ({"minimum_overlap": 0}, "analysis.minimum_overlap"),
        ({"disagreement": {"dice_below": 2}}, "analysis.disagreement.dice_below"),
        ({"disagreement": {"labels": "yes"}}, "analysis.disagreement.labels"),
        ({"disagreement": {"questions": ["x"]}}, "analysis.disagreement.questions"),
        ({"disagreement": []}, "analysis.disagreement"),
    ],
)
def test_what_cannot_be_right_is_named_by_its_path(data, path: str) -> None:
    with pytest.raises(InvalidError) as refused:
        AnalysisPlan.from_json(data)
    assert refused.value.path == path


def test_letters_are_the_same_within_a_study_whatever_the_order_and_shuffled_between_studies() -> None:
    readers = [f"R{at:02}" for at in range(30)]
    letters = letters_of("one", readers)
    assert letters == letters_of("one", reversed(readers))
    assert len(set(letters.values())) == 30
    assert {"Reader A", "Reader Z", "Reader AA", "Reader AD"} <= set(letters.values())
    assert letters != letters_of("two", readers)
    assert [letters[one] for one in readers] != sorted(letters.values(), key=lambda word: (len(word), word))


def test_a_protocol_keeps_its_analysis_and_names_a_fault_in_it_by_its_path() -> None:
    plan = AnalysisPlan(question="head.bleed", positive=("present",), masks="staple")
    kept = Protocol.from_json({"analysis": plan.to_json()})
    assert kept.analysis == plan
    assert Protocol.from_json(kept.to_json()) == kept
    with pytest.raises(InvalidError) as refused:
        Protocol.from_json({"analysis": {"masks": "or"}})
    assert refused.value.path == "analysis.masks"
