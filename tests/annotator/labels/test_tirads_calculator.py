"""The calculator as a Python function: it gives what the tables give, and refuses what they don't hold."""

import random

import pytest

from annotator.labels.errors import AnswerError
from annotator.labels.tirads import advice_for, level_of, score_nodule, systems_of
from annotator.labels.tirads_calculator import calculate_tirads, tirads_definition
from tests.annotator.labels.nodules import every_nodule


def test_a_sample_of_nodules_and_sizes_gives_what_the_tables_give_in_both_systems() -> None:
    chance, systems = random.Random(4), systems_of(tirads_definition())
    for nodule in chance.sample(list(every_nodule(open_too=True)), 150):
        size = chance.choice([None, round(chance.uniform(1, 40), 1), 5.0, 10.0, 15.0, 25.0])
        answers = {
            category: list(some) if category == "echogenic_foci" else some[0] for category, some in nodule.items()
        }
        result = calculate_tirads(answers, size_mm=size)
        assert list(result["systems"]) == ["acr", "ai"]
        for system in systems:
            told, score = result["systems"][system.name], score_nodule(system, nodule, size_mm=size)
            assert (told["points"], told["missing_names"]) == (score.points, list(score.missing))
            if score.points is not None:
                level = level_of(system, score.points)
                assert (told["level"], told["advice"]) == (level.level, advice_for(level, size).value)


@pytest.mark.parametrize(
    ("features", "path"),
    [
        ({"composition": "marble"}, "features.composition"),
        ({"composition": ["solid"]}, "features.composition"),
        ({"echogenic_foci": ["none", "macrocalcifications"]}, "features.echogenic_foci"),
        ({"echogenic_foci": []}, "features.echogenic_foci"),
        ({"echogenic_foci": ["none", "spots"]}, "features.echogenic_foci[1]"),
        ({"density": "a"}, "features.density"),
        ({"size_mm": 12}, "features.size_mm"),
        ({"composition": "marble", "sizes": 3}, "features.sizes"),
    ],
)
def test_what_the_table_does_not_hold_is_refused_with_its_path(features: dict[str, object], path: str) -> None:
    with pytest.raises(AnswerError) as refused:
        calculate_tirads(features)
    assert refused.value.path == path


@pytest.mark.parametrize("size", [0.0, -3.0, float("nan"), float("inf"), 5000.0])
def test_an_absurd_size_is_refused(size: float) -> None:
    with pytest.raises(AnswerError) as refused:
        calculate_tirads({"composition": "solid"}, size_mm=size)
    assert refused.value.path == "size_mm"


def test_a_missing_category_gives_no_level_and_is_named() -> None:
    result = calculate_tirads({"composition": "solid"})
    assert result["level"] is None
    assert result["missing_names"] == ["echogenicity", "shape", "margin", "echogenic_foci"]
