"""The example in docs/label-schemas.md is a schema, and does what the page says."""

import json
import re
from pathlib import Path

import pytest

from annotator.labels.conditions import shown_questions
from annotator.labels.context import ScoringContext
from annotator.labels.form import DRAWN_KINDS
from annotator.labels.override import check_override
from annotator.labels.schema import check_answers, check_definition, score_answers

PAGE = (Path(__file__).parents[3] / "docs" / "label-schemas.md").read_text(encoding="utf-8")
[EXAMPLE] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
DEFINITION = {name: part for name, part in EXAMPLE.items() if name not in {"key", "version", "title"}}
SUSPICIOUS = {"hilum": "absent", "signs": ["cystic"], "short_axis_mm": 9, "sampled": False, "why": "refused"}


def test_the_example_holds_together():
    check_definition(DEFINITION)


def test_its_conditions_follow_each_other():
    questions = DEFINITION["form"]["questions"]
    assert "sampled" not in shown_questions(questions, {"hilum": "present", "signs": ["none"]})
    assert {"sampled", "why"} <= set(shown_questions(questions, SUSPICIOUS))


@pytest.mark.parametrize(
    ("size", "advice"), [(None, "Look again in three months"), (7.9, "Look again in three months"), (8, "Sample it")]
)
def test_its_points_and_sizes_advise_as_the_page_says(size, advice):
    answers = {name: value for name, value in SUSPICIOUS.items() if name != "short_axis_mm"}
    check_answers(DEFINITION, answers)
    score = score_answers(DEFINITION, answers, context=ScoringContext(size_mm=size))
    assert (score["points"], score["level"], score["missing"]) == (4, "N2", [])
    assert advice in score["recommendation"]


def test_its_levels_can_be_overridden():
    override = {"level": "N2", "reason": "grew"}
    assert check_override(DEFINITION, override) == override


def test_the_page_names_every_kind_of_mark():
    assert all(f"`{kind}`" in PAGE for kind in DRAWN_KINDS)
