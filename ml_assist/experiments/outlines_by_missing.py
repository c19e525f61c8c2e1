"""How a guided network outlines pictures with four calipers when a finder misses one or two of them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.statistics.overlap import dice_of_masks
from ml_assist.guidance.caliper_axes import Point, measured_lesions
from ml_assist.guidance.measured_hints import FoundCaliper, measured_hints
from ml_assist.inference.segmenter import Segmenter
from ml_assist.training.dice import dice_summary
from ml_assist.training.example import Example

Report = Callable[[int, str], None]
_FOUR = 4


def judge_by_missing(
    segmenter: Segmenter,
    examples: Sequence[Example],
    checked: Mapping[str, NDArray[np.float64]],
    *,
    seed: int,
    report: Report,
) -> dict[str, Any]:
    """Dice by what is left of the four calipers of a lesion: all, three, an axis, one end of each axis.

    Each picture counts once in each group, with the mean over all ways to miss that leave so much.

    Parameters
    ----------
    checked : the calipers of a picture, (n, 2) of column and row (SCOORD), as people placed them.

    Returns
    -------
    by group, the words that its suggestions carry behind a bar: dice, and how many outlines were drawn.
    """
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    whole = [(one, lesion) for one in examples if (lesion := _one_lesion(checked.get(one.key))) is not None]
    for number, (example, points) in enumerate(whole):
        report(100 * number // len(whole), "Outlining with calipers left out")
        axes = [{axis.start, axis.end} for axis in measured_lesions(points)[0].axes]
        for count in (4, 3, 2):
            for some in combinations(points, count):
                left = {4: "all four", 3: "three", 2: "an axis" if set(some) in axes else "one end of each axis"}[count]
                for one in measured_hints([FoundCaliper(point, 1.0) for point in some]):
                    drawn = segmenter.outline(example.picture, one.hint).mask
                    dice = dice_of_masks(drawn > 0, example.mask > 0)
                    found[f"{left} | {one.words}"][example.key].append(dice)
    patients = {example.key: example.patient for example in examples}
    return {
        name: {
            "outlines": sum(map(len, by_picture.values())),
            "dice": dice_summary(
                [float(np.mean(some)) for some in by_picture.values()],
                [patients[key] for key in by_picture],
                seed=seed,
            ).to_json(),
        }
        for name, by_picture in sorted(found.items())
    }


def _one_lesion(places: NDArray[np.float64] | None) -> list[Point] | None:
    """The calipers of a picture that has four, of one lesion, which nothing is said against."""
    if places is None or len(places) != _FOUR:
        return None
    points: list[Point] = [(float(column), float(row)) for column, row in places]
    hints = measured_hints([FoundCaliper(point, 1.0) for point in points])
    return points if len(hints) == 1 and not hints[0].words else None
