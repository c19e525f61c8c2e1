"""What a begun form must have before its reading is submitted; the cases are shared with required.test.ts."""

import json
from pathlib import Path

import pytest

from annotator.labels.completeness import required_left
from annotator.labels.schema import score_answers

SHARED = json.loads(Path(__file__).with_name("completeness_cases.json").read_text(encoding="utf-8"))
DEFINITION = {"form": {"questions": SHARED["questions"]}, "scoring": {"kind": "none"}}


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["says"])
def test_a_shared_case_leaves_these_questions(case):
    derived = {name: {"value": "present", "because": ""} for name in case["derived"]}
    assert list(required_left(DEFINITION, case["answers"], derived=derived)) == case["left"]
    if case["answers"] and not derived:
        assert score_answers(DEFINITION, case["answers"])["missing_names"] == case["left"], (
            "the score waits for the same"
        )
