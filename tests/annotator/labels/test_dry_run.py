"""Answers held against a version that they were not given under: what stays valid, and whose level changes."""

from typing import Any

from annotator.labels.context import ScoringContext
from annotator.labels.diff import SchemaText, compare_schemas
from annotator.labels.dry_run import MOST_EXAMPLES, Tally, levels_of, try_answer
from annotator.labels.schema import score_answers
from tests.annotator.labels.test_diff import bleed

NOTHING = ScoringContext()


def tried_on(definition: dict[str, Any], population: list[dict[str, Any]]) -> dict[str, Any]:
    tally = Tally()
    for at, answers in enumerate(population):
        score = score_answers(bleed(), answers)
        tally.add(try_answer(definition, answers, score=score, context=NOTHING), at)
    return tally.to_json()


SMALL = {"bleed": True, "grade": "small"}
LARGE = {"bleed": True, "grade": "large", "signs": ["oedema"]}


def test_under_the_same_version_nothing_changes() -> None:
    found = tried_on(bleed(), [SMALL, LARGE, {}])
    assert (found["answers"], found["valid"], found["invalid"], found["changed"]) == (3, 3, 0, 0)
    assert found["faults"] == []
    assert all(row["before"] == row["after"] for row in found["levels"])


def test_an_option_that_is_gone_makes_its_answers_invalid_with_path_and_examples() -> None:
    changed = bleed()
    changed["form"]["questions"][2]["options"].pop()
    changed["answers"]["properties"]["signs"]["items"]["enum"].pop()
    found = tried_on(changed, [SMALL, *[LARGE] * 8])
    assert (found["valid"], found["invalid"]) == (1, 8)
    (fault,) = found["faults"]
    assert fault["path"] == "answers.signs[0]"
    assert "oedema" in fault["reason"]
    assert (fault["count"], fault["examples"]) == (8, list(range(1, MOST_EXAMPLES + 1)))
    assert not compare_schemas(SchemaText("", bleed()), SchemaText("", changed)).keeps_answers


def test_a_higher_threshold_moves_levels_and_says_from_where_to_where() -> None:
    changed = bleed()
    changed["scoring"]["levels"][1]["from"] = 4
    found = tried_on(changed, [SMALL, LARGE, LARGE])
    assert (found["invalid"], found["changed"], found["points_changed"]) == (0, 2, 0)
    moves = {(row["before"], row["after"]): (row["count"], row["examples"]) for row in found["levels"]}
    assert moves == {("G1", "G1"): (1, []), ("G2", "G1"): (2, [1, 2])}


def test_levels_that_advise_nothing_recommend_nothing() -> None:
    silent = bleed()
    del silent["scoring"]["levels"][1]["follow_from_mm"]
    assert score_answers(silent, LARGE)["systems"]["grade"]["recommendation"] == ""
    assert score_answers(bleed(), LARGE)["systems"]["grade"]["recommendation"]


def test_the_measured_size_goes_along() -> None:
    context = ScoringContext(size_mm=7.0)
    score = score_answers(bleed(), LARGE, context=context)
    tried = try_answer(bleed(), LARGE, score=score, context=context)
    assert tried.is_valid
    assert tried.before == tried.after == levels_of(score)


def test_the_tables_of_a_score_with_two_are_kept_apart() -> None:
    score = {"systems": {"a": {"title": "A", "level": "TR3"}, "b": {"title": "B", "level": None}}}
    assert levels_of(score) == {"A": "TR3", "B": "none"}
    assert levels_of({"category": "4A", "level": None}) == {"": "4A"}
    assert levels_of({}) == {"": "none"}
