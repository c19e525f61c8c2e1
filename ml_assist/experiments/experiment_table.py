"""The table of the experiment: mean Dice by approach and share, beside the paper's. Nothing of torch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.datasets.canonical_json import readable_json
from annotator.statistics.estimates import Estimate, bootstrap_by_case

Approach = Literal["approximate", "precise", "guided"]
APPROACHES: tuple[Approach, ...] = ("approximate", "precise", "guided")
TITLES: dict[Approach, str] = {
    "approximate": "Approximate masks only",
    "precise": "Precise masks",
    "guided": "Precise masks with caliper guidance",
}
# Buda et al. 2020, with all training pictures: thyroid nodules, 400 test pictures, the median of ten trainings.
PAPER: dict[Approach, float] = {"approximate": 0.851, "precise": 0.904, "guided": 0.931}


@dataclass(frozen=True)
class Cell:
    """A cell of the table; `share` is of the training patients, 0 to 1."""

    approach: Approach
    share: float


@dataclass(frozen=True)
class JudgedRun:
    """One training, judged.

    Attributes
    ----------
    dice, guide_dice : by test picture; of the network, and of the calipers' mask alone where that was given to it.
    patients : by test picture.
    taught_by : how many pictures it was trained on.
    """

    cell: Cell
    seed: int
    dice: Mapping[str, float]
    guide_dice: Mapping[str, float]
    patients: Mapping[str, str]
    taught_by: int
    epochs: int
    seconds: float


def write_tables(folder: Path, runs: Sequence[JudgedRun], *, plan_said: dict[str, Any], planned: int) -> dict[str, Any]:
    """Write experiment.json and experiment.md with what is there so far; returns what the JSON has."""
    cells = [_cell(cell, [run for run in runs if run.cell == cell]) for cell in _in_order({run.cell for run in runs})]
    guides = next((run for run in runs if run.guide_dice), None)
    alone = guides and _estimate_json(median_over_seeds([guides.guide_dice], guides.patients))
    made = {
        "planned": planned,
        "done": len(runs),
        "cells": cells,
        "calipers_alone": alone,
        "guidance_adds": _guidance_adds(runs),
        "paper": PAPER,
        "run": plan_said,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "experiment.json").write_bytes(readable_json(made))
    (folder / "experiment.md").write_text(markdown_of(made), encoding="utf-8")
    return made


def median_over_seeds(dice: Sequence[Mapping[str, float]], patients: Mapping[str, str]) -> Estimate:
    """The median over trainings of the mean Dice over pictures; whole patients are resampled, all trainings alike.

    Parameters
    ----------
    dice : by picture, of each training; the same pictures in each.
    """
    count, median = _median_of(dice, patients)
    return bootstrap_by_case(median, count)


def difference_over_seeds(
    dice: Sequence[Mapping[str, float]], other: Sequence[Mapping[str, float]], patients: Mapping[str, str]
) -> Estimate:
    """How much the one median lies above the other; both are of the same pictures, and patients are resampled for both
    at once, so that what makes a picture hard for both doesn't count."""
    count, median = _median_of(dice, patients)
    _, other_median = _median_of(other, patients)
    return bootstrap_by_case(lambda chosen: median(chosen) - other_median(chosen), count)


def _median_of(
    dice: Sequence[Mapping[str, float]], patients: Mapping[str, str]
) -> tuple[int, Callable[[NDArray[np.intp]], float]]:
    """How many patients there are, and the median over trainings on some of them."""
    keys = sorted(patients)
    names, of = np.unique([patients[key] for key in keys], return_inverse=True)
    values = np.array([[one[key] for key in keys] for one in dice])
    sums = np.stack([np.bincount(of, weights=row, minlength=len(names)) for row in values])
    counts = np.bincount(of, minlength=len(names))
    return len(names), lambda chosen: float(np.median(sums[:, chosen].sum(axis=1) / counts[chosen].sum()))


def markdown_of(made: Mapping[str, Any]) -> str:
    """The table as the documentation has it: a row an approach, a column a share."""
    shares = sorted({one["share"] for one in made["cells"]})
    by = {(one["approach"], one["share"]): one for one in made["cells"]}
    lines = [
        "| Mean Dice, % (95 % interval) | "
        + " | ".join(f"{share:.0%} of patients" for share in shares)
        + " | Paper, 100 % |",
        "|---" * (len(shares) + 2) + "|",
    ]
    for approach in APPROACHES:
        row = [_words(by.get((approach, share))) for share in shares]
        lines.append(f"| {TITLES[approach]} | " + " | ".join(row) + f" | {100 * PAPER[approach]:.1f} |")
    if made["guidance_adds"]:
        adds = {one["share"]: _signed(one["difference"]) for one in made["guidance_adds"]}
        lines.append(
            "| What guidance adds, picture by picture | "
            + " | ".join(adds.get(one, "-") for one in shares)
            + " | 2.7 |"
        )
    if made["calipers_alone"]:
        alone = _figure(made["calipers_alone"])
        lines.append("| The calipers' own mask, no network | " + " | ".join([alone] * len(shares)) + " | |")
    if made["done"] < made["planned"]:
        lines += ["", f"{made['done']} of {made['planned']} trainings are done; a dash is a cell that wasn't run."]
    return "\n".join(lines) + "\n"


def _words(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return "-"
    seeds = len(cell["seeds"])
    return f"{_figure(cell['dice'])}, {'one seed' if seeds == 1 else f'{seeds} seeds'}"


def _figure(one: Mapping[str, Any]) -> str:
    if one["low"] is None:
        return f"{100 * one['value']:.1f}"
    return f"{100 * one['value']:.1f} ({100 * one['low']:.1f}-{100 * one['high']:.1f})"


def _signed(one: Mapping[str, Any]) -> str:
    if one["low"] is None:
        return f"{100 * one['value']:+.1f}"
    return f"{100 * one['value']:+.1f} ({100 * one['low']:+.1f} to {100 * one['high']:+.1f})"


def _guidance_adds(runs: Sequence[JudgedRun]) -> list[dict[str, Any]]:
    """By share, where both precise masks alone and with guidance have been trained."""
    found = []
    for share in sorted({run.cell.share for run in runs}):
        with_it, alone = (
            [run for run in runs if run.cell == Cell(approach, share)] for approach in ("guided", "precise")
        )
        if with_it and alone:
            difference = difference_over_seeds(
                [run.dice for run in with_it], [run.dice for run in alone], alone[0].patients
            )
            found.append({"share": share, "difference": _estimate_json(difference)})
    return found


def _in_order(cells: set[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (APPROACHES.index(cell.approach), cell.share))


def _cell(cell: Cell, runs: Sequence[JudgedRun]) -> dict[str, Any]:
    return {
        "approach": cell.approach,
        "share": cell.share,
        "dice": _estimate_json(median_over_seeds([run.dice for run in runs], runs[0].patients)),
        "pictures": len(runs[0].dice),
        "patients": len(set(runs[0].patients.values())),
        "training_pictures": [run.taught_by for run in runs],
        "epochs": [run.epochs for run in runs],
        "seconds": [run.seconds for run in runs],
        "seeds": {str(run.seed): round(float(np.mean(list(run.dice.values()))), 4) for run in runs},
    }


def _estimate_json(one: Estimate) -> dict[str, Any]:
    return {"value": one.value, "low": one.low, "high": one.high, "patients": one.n, "method": one.method}
