"""Finds are held against calipers one by one, by both criteria."""

from pathlib import Path

import numpy as np
import pytest

from annotator.accounts.errors import InvalidError
from ml_assist.inference.calipers import Caliper
from ml_assist.training.caliper_evaluation import best_threshold, judge_finds, strictest_threshold
from ml_assist.training.caliper_labels import agreed_labels, first_labels
from ml_assist.training.checked_calipers import checked_calipers

TWO = np.array([[20.5, 30.5], [60.5, 30.5]])
NONE = np.empty((0, 2))


def at(column: float, row: float, score: float = 0.9) -> Caliper:
    return Caliper(column, row, score)


def test_the_strictest_threshold_keeps_the_recall_that_is_asked_for():
    known = {"a": np.array([[10.0, 10.0], [30.0, 30.0], [50.0, 50.0], [70.0, 70.0]])}
    scores = (0.9, 0.8, 0.6, 0.3)
    finds = [Caliper(float(x), float(y), score) for (x, y), score in zip(known["a"], scores, strict=True)]
    found = {"a": [*finds, Caliper(90.0, 10.0, 0.5)]}
    assert strictest_threshold(found, known, recall=0.75) == pytest.approx(0.6, abs=0.011)
    assert strictest_threshold(found, known, recall=0.5) == pytest.approx(0.8, abs=0.011)
    assert strictest_threshold({"a": finds[:2]}, known, recall=0.75) == pytest.approx(0.1), "nothing finds that many"


def test_right_wrong_and_missed_are_counted_and_finds_on_pictures_without_named():
    found = {"a": [at(21.5, 30.5), at(100, 100)], "b": [at(5, 5)]}
    judged = judge_finds(found, {"a": TWO, "b": NONE, "c": NONE})
    assert (judged.right, judged.wrong, judged.missed) == (1, 2, 1)
    assert (judged.pictures, judged.without, judged.wrong_without, judged.wrong_pictures) == (3, 2, 1, 1)
    said = judged.to_json()
    assert said["precision"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert said["recall"]["low"] < 0.5 < said["recall"]["high"]
    assert said["pixels_beside"]["median"] == pytest.approx(1.0)


def test_one_caliper_is_right_once_however_often_it_was_found():
    judged = judge_finds({"a": [at(20, 30), at(21, 31)]}, {"a": TWO[:1]})
    assert (judged.right, judged.wrong, judged.missed) == (1, 1, 0)


def test_the_papers_boxes_may_lie_farther_beside_along_an_axis_than_three_pixels():
    found = {"a": [at(20.5 + 4.2, 30.5)]}
    assert judge_finds(found, {"a": TWO[:1]}).right == 0
    assert judge_finds(found, {"a": TWO[:1]}, criterion="boxes").right == 1
    # 13 by 13 pixels: half of the union is reached at a shift of a third of a side.
    assert judge_finds({"a": [at(20.5 + 4.4, 30.5)]}, {"a": TWO[:1]}, criterion="boxes").right == 0


def test_a_find_where_nobody_is_sure_is_neither_right_nor_wrong():
    judged = judge_finds({"a": [at(50, 50)]}, {"a": TWO}, unsure={"a": np.array([[51.0, 52.0]])})
    assert (judged.wrong, judged.missed) == (0, 2)


def test_the_threshold_lies_between_what_is_right_and_what_is_wrong():
    found = {"a": [at(20.5, 30.5, 0.8), at(60.5, 30.5, 0.75), at(90, 90, 0.4)]}
    assert 0.4 < best_threshold(found, {"a": TWO}) < 0.75


def test_the_first_round_knows_what_the_matching_is_sure_of_the_next_what_both_say():
    matched = [at(20, 30, 0.9), at(60, 30, 0.65), at(90, 90, 0.58)]
    assert first_labels(matched, rows=300).sure.tolist() == [[20, 30]]
    assert first_labels(matched, rows=300).unsure.tolist() == [[60, 30], [90, 90]]
    network = [at(20.4, 30.2, 0.7), at(59, 31, 0.5), at(120, 50, 0.45), at(10, 10, 0.1)]
    agreed = agreed_labels(matched, network, rows=300)
    assert agreed.sure.tolist() == [[20, 30], [60, 30]]
    assert agreed.unsure.tolist() == [[120, 50]], "what one alone finds teaches nothing, and faint matches are none"
    assert agreed_labels([], [at(70, 80, 0.55)], rows=300).sure.tolist() == [[70, 80]]
    assert first_labels([at(70, 295)], rows=300).sure.tolist() == [], "at the lower edge stands the legend"


def test_a_checked_table_may_count_pixels_or_places_and_lists_pictures_without(tmp_path: Path):
    places, pictures, pixels = (tmp_path / name for name in ("calipers.tsv", "pictures.tsv", "pixels.csv"))
    places.write_text("image\tcolumn\trow\na\t10.0\t20.5\na\t30\t40\n")
    pictures.write_text("image\tnot_judged\na\t\nb\t0.5,212.5 7,8\n")
    pixels.write_text("image,x,y\nc.png,10,20\n")
    read = checked_calipers(places, pictures, pixels)
    assert {key: one.tolist() for key, one in read.calipers.items()} == {
        "a": [[10, 20.5], [30, 40]],
        "b": [],
        "c": [[10.5, 20.5]],
    }
    assert read.not_judged["b"].tolist() == [[0.5, 212.5], [7, 8]]
    places.write_text("image\tcolumn\trow\na\ttwo\t20.5\n")
    with pytest.raises(InvalidError, match="table of calipers"):
        checked_calipers(places)
