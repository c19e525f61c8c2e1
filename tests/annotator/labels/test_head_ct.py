"""Head CT: a type or a slice implies haemorrhage, what follows says so, and uncertain is never a negative."""

from itertools import product

import pytest

from annotator.labels.context import OtherAnswer, ScoringContext
from annotator.labels.head_ct import HeadReading, Sign, read_head
from annotator.labels.schema import check_answers, score_answers
from annotator.labels.shipped import newest_shipped, shipped_schemas
from annotator.labels.targets import AppliesTo, Target

DEFINITION = newest_shipped("head-ct").definition
SLICES = newest_shipped("head-ct-slices").definition
TYPES = ["intraparenchymal", "intraventricular", "subdural", "extradural", "subarachnoid"]
P, A, U = Sign.PRESENT, Sign.ABSENT, Sign.UNCERTAIN
# What was said of haemorrhage, what of a type (both on the scan) -> what holds, and whether that is derived. By hand.
BY_TYPE = {
    (None, None): (None, False),
    (None, A): (None, False),
    (None, U): (U, True),
    (None, P): (P, True),
    (A, None): (A, False),
    (A, A): (A, False),
    (A, U): (A, False),
    (A, P): (P, True),
    (U, None): (U, False),
    (U, A): (U, False),
    (U, U): (U, False),
    (U, P): (P, True),
    (P, None): (P, False),
    (P, A): (P, False),
    (P, U): (P, False),
    (P, P): (P, False),
}


def reading(said: Sign | None, kind: Sign | None, *slices: dict[str, Sign]) -> HeadReading:
    given = {name: sign for name, sign in (("haemorrhage", said), ("subdural", kind)) if sign is not None}
    return read_head("haemorrhage", TYPES, given, slices)


def context(*slices: dict[str, str]) -> ScoringContext:
    target = Target(AppliesTo.SLICES, first_frame="f1", last_frame="f9")
    return ScoringContext(others=tuple(OtherAnswer("head-ct-slices", target, answers) for answers in slices))


def test_a_type_decides_about_haemorrhage_as_the_truth_table_says() -> None:
    assert set(BY_TYPE) == set(product([None, P, A, U], repeat=2))
    for (said, kind), (holds, is_derived) in BY_TYPE.items():
        read = reading(said, kind)
        assert (read.holds("haemorrhage"), "haemorrhage" in read.derived) == (holds, is_derived), (said, kind)


def test_slices_decide_about_an_item_as_a_type_does_and_never_make_it_absent() -> None:
    """The same table holds for what ranges of slices show, for haemorrhage and for a type."""
    for (said, shown), (holds, is_derived) in BY_TYPE.items():
        slices = [{}] if shown is None else [{"haemorrhage": shown}, {"haemorrhage": A}]
        read = reading(said, None, *slices)
        assert (read.holds("haemorrhage"), "haemorrhage" in read.derived) == (holds, is_derived), (said, shown)
        of_type = reading(None, said, *([{"subdural": shown}, {"subdural": A}] if shown else [{}]))
        assert (of_type.holds("subdural"), "subdural" in of_type.derived) == (holds, is_derived), (said, shown)


def test_every_whole_reading_is_present_where_anything_is_and_never_absent_without_being_said() -> None:
    """All combinations of haemorrhage, two types and one range of slices."""
    for said, one, other, shown in product([None, P, A, U], repeat=4):
        given = {"haemorrhage": said, "subdural": one, "extradural": other}
        slices = [{"subarachnoid": shown}] if shown else []
        read = read_head("haemorrhage", TYPES, {k: v for k, v in given.items() if v}, slices)
        holds = read.holds("haemorrhage")
        assert (holds is P) == (P in {said, one, other, shown}), given
        if holds is A:
            assert said is A
        if said is None and holds is None:
            assert U not in {one, other, shown}


@pytest.mark.parametrize("version", [1, 2])
def test_a_type_implies_haemorrhage_and_says_from_what_in_old_versions_too(version: int) -> None:
    definition = next(s.definition for s in shipped_schemas() if (s.key, s.version) == ("head-ct", version))
    result = score_answers(definition, {"subdural": "present"})
    assert result["derived"] == {"haemorrhage": {"value": "present", "because": "Follows from subdural haemorrhage"}}
    assert result["explanation"][0] == "Intracranial haemorrhage: present (derived from subdural haemorrhage)"
    assert "haemorrhage" not in result["missing_names"]


def test_one_slice_that_a_reader_marks_makes_the_scan_present_by_type_and_as_a_whole() -> None:
    result = score_answers(
        DEFINITION, {}, context=context({"haemorrhage": "absent"}, {"haemorrhage": "present", "extradural": "present"})
    )
    assert result["derived"] == {
        "extradural": {"value": "present", "because": "Follows from a range of slices marked present"},
        "haemorrhage": {
            "value": "present",
            "because": "Follows from extradural haemorrhage and a range of slices marked present",
        },
    }
    assert "extradural" not in result["missing_names"]
    assert "bleed_side" in result["missing_names"]


def test_what_the_reader_said_is_not_marked_as_derived() -> None:
    assert score_answers(DEFINITION, {"haemorrhage": "present", "subdural": "present"})["derived"] == {}


def test_answers_that_contradict_each_other_are_remarked_on_with_the_questions_they_touch() -> None:
    [warning] = score_answers(DEFINITION, {"haemorrhage": "absent", "subdural": "present"})["warnings"]
    assert warning == {
        "message": 'Intracranial haemorrhage is answered "absent", yet subdural haemorrhage is present: present counts',
        "questions": ["haemorrhage", "subdural"],
    }
    [warning] = score_answers(DEFINITION, {"haemorrhage": "absent", "extradural": "uncertain"})["warnings"]
    assert warning["message"].endswith("extradural haemorrhage is uncertain: say uncertain here, or settle it there")
    assert warning["questions"] == ["haemorrhage", "extradural"]
    warnings = score_answers(
        DEFINITION, {"haemorrhage": "present", "subdural": "absent"}, context=context({"subdural": "present"})
    )["warnings"]
    assert [w["questions"] for w in warnings] == [["subdural"]]
    [unsure] = score_answers(DEFINITION, {"haemorrhage": "absent"}, context=context({"haemorrhage": "uncertain"}))[
        "warnings"
    ]
    assert "yet a range of slices is marked uncertain" in unsure["message"]
    assert "yet a range of slices is marked present: present counts" in warnings[0]["message"]


def test_answers_that_go_together_are_not_remarked_on() -> None:
    for answers in ({}, {"haemorrhage": "present", "subdural": "absent"}, {"haemorrhage": "uncertain"}):
        assert score_answers(DEFINITION, answers, context=context({"haemorrhage": "absent"}))["warnings"] == []


def test_uncertain_is_told_and_absent_is_not() -> None:
    lines = score_answers(DEFINITION, {"haemorrhage": "absent", "midline_shift": "uncertain", "mass_effect": "absent"})
    assert lines["explanation"] == ["Intracranial haemorrhage: absent", "Midline shift: uncertain"]


def test_types_and_side_are_asked_for_only_where_there_may_be_blood() -> None:
    assert "subdural" not in score_answers(DEFINITION, {"haemorrhage": "absent"})["missing_names"]
    uncertain = score_answers(DEFINITION, {"haemorrhage": "uncertain"})["missing_names"]
    assert "subdural" in uncertain
    assert "bleed_side" not in uncertain
    assert "bleed_side" in score_answers(DEFINITION, {"subdural": "present"})["missing_names"]


def test_a_whole_reading_misses_nothing_and_a_range_of_slices_wants_one_answer() -> None:
    answers = {name: "absent" for name in DEFINITION["answers"]["properties"] if name != "bleed_side"}
    assert score_answers(DEFINITION, answers)["missing"] == []
    assert score_answers(SLICES, {})["missing_names"] == ["haemorrhage"]
    assert score_answers(SLICES, {"subarachnoid": "present"})["missing_names"] == []
    assert score_answers(SLICES, {"haemorrhage": "present"})["missing_names"] == []


def test_everything_can_be_uncertain() -> None:
    every = dict.fromkeys(DEFINITION["answers"]["properties"], "uncertain")
    check_answers(DEFINITION, every)
    assert score_answers(DEFINITION, every)["missing"] == []
    check_answers(SLICES, dict.fromkeys(SLICES["answers"]["properties"], "uncertain"))
