"""The best, the median and the worst picture that a caliper network is judged by, with rings. Nothing of torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ml_assist.inference.calipers import Caliper
from ml_assist.training.caliper_evaluation import judge_finds
from ml_assist.training.caliper_labels import picture_of
from ml_assist.training.checked_calipers import CheckedCalipers
from ml_assist.training.folder_source import FolderPicture
from ml_assist.training.report_pictures import ringed_picture

_NAMES = ("best", "median", "worst")
EXAMPLE_FILES = tuple(f"{name}.png" for name in _NAMES)


class Finder(Protocol):
    def find(self, image: NDArray[Any], *, minimum_score: float | None = None) -> list[Caliper]: ...


def write_examples(
    finder: Finder, pictures: Sequence[FolderPicture], table: CheckedCalipers, folder: Path
) -> dict[str, dict[str, Any]]:
    """Write best.png, median.png and worst.png; nothing where no picture was checked.

    Pictures are put in order by the part of their calipers and finds that are right; those with more are taken first.

    Returns
    -------
    by name: key, right, wrong, missed.
    """
    judged = []
    for one in pictures:
        if one.key not in table.calipers:
            continue
        found = {one.key: finder.find(picture_of(one))}
        counts = judge_finds(found, {one.key: table.calipers[one.key]}, unsure=table.not_judged)
        total = counts.right + counts.wrong + counts.missed
        judged.append((counts.right / total if total else 1.0, total, one, found[one.key], counts))
    if not judged:
        return {}
    judged.sort(key=lambda line: (line[0], line[1]))
    made = {}
    for name, (_, _, one, finds, counts) in zip(_NAMES, (judged[-1], judged[len(judged) // 2], judged[0]), strict=True):
        places = np.array([(find.column, find.row) for find in finds], np.float64).reshape(-1, 2)
        (folder / f"{name}.png").write_bytes(ringed_picture(picture_of(one), table.calipers[one.key], places))
        made[name] = {"key": one.key, "right": counts.right, "wrong": counts.wrong, "missed": counts.missed}
    return made
