"""The experiment on phantoms: every cell, gone on with after a stop, and its table."""

from pathlib import Path
from typing import Any

import pytest

from ml_assist.experiments.caliper_experiment import ExperimentPlan, run_experiment
from ml_assist.experiments.experiment_table import difference_over_seeds, markdown_of, median_over_seeds
from ml_assist.training.folder_source import FolderTable
from tests.ml_assist.training.phantom_folder import phantom_folder

PLAN = ExperimentPlan(
    shares=(0.5, 1.0),
    seeds=(1,),
    epochs=(1, 1),
    members={
        "size": 32,
        "filters": [4, 4, 8, 8],
        "batch_size": 4,
        "calipers": "known",
        "device": "cpu",
        "schedule": "cosine",
    },
)
TABLE = FolderTable(calipers=("calipers.tsv",), fractions=(0.5, 0.2, 0.3))


class _StoppedError(Exception):
    pass


def test_every_cell_is_trained_once_and_the_table_has_them(tmp_path: Path):
    phantoms = phantom_folder(tmp_path / "phantoms", patients=10, pictures=1)

    def until_the_guided(_percent: int, doing: str) -> None:
        if doing.startswith("guided, 100%"):
            raise _StoppedError

    with pytest.raises(_StoppedError):
        run_experiment(phantoms, TABLE, PLAN, tmp_path / "to", command="x", report=until_the_guided)
    half_way = (tmp_path / "to" / "experiment.md").read_text()
    assert "| - |" in half_way
    assert "5 of 6 trainings are done" in half_way
    said: list[str] = []
    made = run_experiment(
        phantoms, TABLE, PLAN, tmp_path / "to", command="x", report=lambda _percent, doing: said.append(doing)
    )
    assert said
    assert all(words.startswith("guided, 100%") for words in said), "what is trained isn't trained again"
    cells = {(one["approach"], one["share"]): one for one in made["cells"]}
    assert set(cells) == {(name, share) for name in ("approximate", "precise", "guided") for share in (0.5, 1.0)}
    assert cells["precise", 0.5]["training_pictures"] < cells["precise", 1.0]["training_pictures"]
    assert len({one["pictures"] for one in cells.values()}) == 1, "all are judged by the same pictures"
    assert made["calipers_alone"]["value"] > 0.8, "ends of a disc make the disc"
    adds = {one["share"]: one["difference"]["value"] for one in made["guidance_adds"]}
    for share in (0.5, 1.0):
        values = [cells[name, share]["dice"]["value"] for name in ("guided", "precise")]
        assert adds[share] == pytest.approx(values[0] - values[1])
    table = (tmp_path / "to" / "experiment.md").read_text()
    assert "What guidance adds" in table
    assert "trainings are done" not in table
    assert "93.1" in table


def test_the_median_over_trainings_is_of_their_means_and_whole_patients_are_resampled():
    patients = {f"p{number}": str(number // 2) for number in range(40)}
    trainings = [dict.fromkeys(patients, level) for level in (0.5, 0.7, 0.9)]
    assert median_over_seeds(trainings, patients).value == pytest.approx(0.7)
    uneven = [{key: 0.4 if int(key[1:]) < 20 else 0.8 for key in patients}]
    estimate = median_over_seeds(uneven, patients)
    assert estimate.value == pytest.approx(0.6)
    assert estimate.n == 20
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0.45 < estimate.low < 0.6 < estimate.high < 0.75


def test_what_guidance_adds_is_compared_picture_by_picture():
    patients = {f"p{number}": str(number // 2) for number in range(40)}
    hard = {key: 0.3 if int(key[1:]) < 20 else 0.9 for key in patients}
    better = {key: value + 0.02 for key, value in hard.items()}
    estimate = difference_over_seeds([better], [hard], patients)
    assert estimate.value == pytest.approx(0.02)
    assert estimate.low == pytest.approx(0.02), "some pictures are hard for both: that is no doubt about the difference"
    assert estimate.high == pytest.approx(0.02)
    assert estimate.n == 20


def test_a_cell_that_was_not_run_is_a_dash():
    cell: dict[str, Any] = {
        "approach": "precise",
        "share": 1.0,
        "dice": {"value": 0.8, "low": None, "high": None},
        "seeds": {"1": 0.8},
    }
    table = markdown_of({"cells": [cell], "calipers_alone": None, "guidance_adds": [], "done": 1, "planned": 3})
    assert "| Precise masks | 80.0, one seed | 90.4 |" in table
    assert "| Approximate masks only | - | 85.1 |" in table
