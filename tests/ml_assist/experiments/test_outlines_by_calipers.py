"""A guided network is judged by calipers as somebody found them, each on the pictures where they make an outline."""

from typing import Any

import numpy as np

from ml_assist.experiments.outlines_by_calipers import judge_by_calipers
from ml_assist.experiments.outlines_by_missing import judge_by_missing
from ml_assist.guidance.guide import Hint, guide_of
from ml_assist.inference.segmenter import Outlined
from ml_assist.training.example import Example
from ml_assist.training.unet_config import ULTRASOUND

ENDS = np.array([[30.0, 40.0], [70.0, 40.0], [50.0, 20.0], [50.0, 60.0]])


class DrawsTheHint:
    """Instead of a network: what it draws is the hint's own mask."""

    config = ULTRASOUND

    def outline(self, picture: np.ndarray, hint: Hint) -> Outlined:
        rows, columns = picture.shape[:2]
        mask = guide_of(hint, rows=rows, columns=columns)
        return Outlined(mask, 1.0, mask.astype(np.float32))


def examples() -> list[Example]:
    rows, columns = np.mgrid[:80, :100] + 0.5
    inside = (np.hypot(columns - 50, rows - 40) < 20).astype(np.uint8)
    picture = np.full((80, 100, 1), 90, np.uint8)
    return [Example(f"p{at}", str(at // 2), "test", "", 1.0, picture, inside, np.empty((0, 2))) for at in range(12)]


def test_each_finder_is_judged_where_it_finds_enough_and_all_on_the_same_pictures():
    finders: dict[str, Any] = {
        "all": lambda _example: ENDS,
        "few": lambda example: ENDS * 0.8 if example.key in ("p0", "p1", "p2", "p3") else ENDS[:1],
    }
    judged = judge_by_calipers(DrawsTheHint(), examples(), finders, seed=1, report=lambda *_: None)  # type: ignore[arg-type]
    assert judged["all"]["dice"]["pictures"] == 12
    assert judged["all"]["dice"]["mean"] > 0.97
    assert judged["all"]["dice"] == judged["all"]["guide_alone"]
    assert judged["few"]["pictures_without_outline"] == 8
    assert judged["few"]["dice"]["mean"] < 0.85
    assert {judged[name]["same_pictures"]["dice"]["pictures"] for name in finders} == {4}


def test_what_is_left_of_four_calipers_is_judged_apart():
    checked = {f"p{at}": ENDS for at in range(10)} | {"p10": ENDS[:3], "p11": np.empty((0, 2))}
    judged = judge_by_missing(DrawsTheHint(), examples(), checked, seed=1, report=lambda *_: None)  # type: ignore[arg-type]
    by_left = {name.partition(" | ")[0]: one for name, one in judged.items()}
    assert set(by_left) == {"all four", "three", "an axis", "one end of each axis"}
    assert {name: one["outlines"] for name, one in by_left.items()} == {
        "all four": 10, "three": 40, "an axis": 20, "one end of each axis": 40,
    }  # fmt: skip
    assert {one["dice"]["pictures"] for one in by_left.values()} == {10}
    worth = {name: one["dice"]["mean"] for name, one in by_left.items()}
    # On a disc an axis says all, and so do three points.
    assert min(worth["all four"], worth["three"], worth["an axis"]) > 0.9
    assert worth["one end of each axis"] < 0.7
    assert any("aslant" in name for name in judged)


def test_where_nobody_finds_anything_there_is_no_figure():
    finders = {"none": lambda _example: np.empty((0, 2))}
    judged = judge_by_calipers(DrawsTheHint(), examples()[:2], finders, seed=1, report=lambda *_: None)  # type: ignore[arg-type]
    assert judged["none"]["dice"] is None
    assert judged["none"]["pictures_without_outline"] == 2
