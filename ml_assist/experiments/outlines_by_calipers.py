"""How a guided network outlines held-out pictures by calipers as they are found: by matching, a network, people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.statistics.overlap import dice_of_masks
from ml_assist.guidance.caliper_axes import GuidanceError
from ml_assist.guidance.guide import Hint, guide_of
from ml_assist.inference.segmenter import Segmenter
from ml_assist.training.dice import dice_summary
from ml_assist.training.example import Example

Report = Callable[[int, str], None]
Places = NDArray[np.float64]


def judge_by_calipers(
    segmenter: Segmenter,
    examples: Sequence[Example],
    finders: Mapping[str, Callable[[Example], Places]],
    *,
    seed: int,
    report: Report,
) -> dict[str, Any]:
    """Dice by who found the calipers, each on the pictures where what was found makes an outline.

    Parameters
    ----------
    finders : by what they are called: calipers of a picture, (n, 2) of column and row, SCOORD.

    Returns
    -------
    by finder: dice, guide_alone (of the calipers' own mask) and how many pictures made no outline; and under
    "same_pictures" the first two on those pictures that all finders make an outline of.
    """
    found: dict[str, dict[str, tuple[float, float]]] = {name: {} for name in finders}
    for number, example in enumerate(examples):
        report(100 * number // len(examples), "Outlining the pictures that were held out")
        for name, find in finders.items():
            judged = _judged(segmenter, example, find(example))
            if judged is not None:
                found[name][example.key] = judged
    patients = {example.key: example.patient for example in examples}
    common = set(patients).intersection(*(set(one) for one in found.values()))
    return {
        name: {
            **_summary(one, sorted(one), patients, seed),
            "pictures_without_outline": len(examples) - len(one),
            "same_pictures": _summary(one, sorted(common), patients, seed),
        }
        for name, one in found.items()
    }


def _judged(segmenter: Segmenter, example: Example, places: Places) -> tuple[float, float] | None:
    hint = Hint("calipers", tuple((float(column), float(row)) for column, row in places))
    rows, columns = example.mask.shape
    try:
        alone = guide_of(hint, rows=rows, columns=columns, aspects=segmenter.config.axis_aspects)
        drawn = segmenter.outline(example.picture, hint).mask
    except GuidanceError:
        return None
    truth = example.mask > 0
    return dice_of_masks(drawn > 0, truth), dice_of_masks(alone > 0, truth)


def _summary(
    judged: Mapping[str, tuple[float, float]], keys: Sequence[str], patients: Mapping[str, str], seed: int
) -> dict[str, Any]:
    if not keys:
        return {"dice": None, "guide_alone": None}
    of = [patients[key] for key in keys]
    return {
        name: dice_summary([judged[key][at] for key in keys], of, seed=seed).to_json()
        for at, name in enumerate(("dice", "guide_alone"))
    }
