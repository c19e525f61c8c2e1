"""Head CT: a type implies haemorrhage, uncertain is never a negative."""

from itertools import product

from annotator.labels.head_ct import Sign, haemorrhage_of
from annotator.labels.schema import score_answers
from annotator.labels.shipped import shipped_schemas

DEFINITION = next(s.definition for s in shipped_schemas() if s.key == "head-ct")


def test_a_type_implies_haemorrhage_and_is_marked_as_derived():
    result = score_answers(DEFINITION, {"subdural": "present"})
    assert result["derived"] == {"haemorrhage": {"value": "present", "derived_from": ["subdural"]}}
    assert result["explanation"][0] == "Intracranial haemorrhage: present (derived from subdural haemorrhage)"
    assert "haemorrhage" not in result["missing_names"]


def test_what_the_reader_said_is_not_marked_as_derived():
    assert score_answers(DEFINITION, {"haemorrhage": "present", "subdural": "present"})["derived"] == {}


def test_a_type_that_contradicts_the_answer_counts_and_is_remarked_on():
    result = score_answers(DEFINITION, {"haemorrhage": "absent", "subdural": "present"})
    assert result["derived"]["haemorrhage"]["value"] == "present"
    assert result["warnings"] == [
        'Intracranial haemorrhage is answered "absent", yet a type is present: present counts'
    ]


def test_absent_and_uncertain_types_imply_nothing():
    for signs in product([Sign.ABSENT, Sign.UNCERTAIN], repeat=2):
        types = dict(zip(["subdural", "extradural"], signs, strict=True))
        assert haemorrhage_of(None, types).value is None
        assert haemorrhage_of(Sign.UNCERTAIN, types).value is Sign.UNCERTAIN


def test_uncertain_is_told_and_absent_is_not():
    lines = score_answers(DEFINITION, {"haemorrhage": "absent", "midline_shift": "uncertain", "mass_effect": "absent"})
    assert lines["explanation"] == ["Intracranial haemorrhage: absent", "Midline shift: uncertain"]


def test_types_and_side_are_asked_for_only_where_there_may_be_blood():
    assert "subdural" not in score_answers(DEFINITION, {"haemorrhage": "absent"})["missing_names"]
    uncertain = score_answers(DEFINITION, {"haemorrhage": "uncertain"})["missing_names"]
    assert "subdural" in uncertain
    assert "bleed_side" not in uncertain
    assert "bleed_side" in score_answers(DEFINITION, {"subdural": "present"})["missing_names"]


def test_a_whole_reading_misses_nothing():
    answers = {name: "absent" for name in DEFINITION["answers"]["properties"] if name != "bleed_side"}
    assert score_answers(DEFINITION, answers)["missing"] == []
