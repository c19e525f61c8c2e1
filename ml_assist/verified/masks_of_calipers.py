"""How near a mask made of calipers alone comes to the true one: what a hint is worth before any network. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.statistics.estimates import Estimate, bootstrap_by_case
from ml_assist.guidance.caliper_axes import GuidanceError
from ml_assist.guidance.guide import Hint, guide_of
from ml_assist.verified.verified_set import VerifiedPicture


def dice_of_calipers(calipers: NDArray[np.float64], mask: NDArray[np.bool_]) -> float | None:
    """Dice of the mask that calipers make; None where they make none: fewer than two, or in one place.

    Parameters
    ----------
    calipers : (n, 2), column and row, SCOORD.
    mask : (rows, columns), the true one.
    """
    rows, columns = mask.shape
    try:
        made = guide_of(Hint("calipers", tuple((float(c), float(r)) for c, r in calipers)), rows=rows, columns=columns)
    except GuidanceError:
        return None
    both = float(made.sum() + mask.sum())
    return 2 * float((made.astype(bool) & mask).sum()) / both if both else None


def mean_dice(pictures: Sequence[VerifiedPicture], dice: Mapping[str, float]) -> Estimate:
    """Mean over pictures, with an interval by patient: pictures of one patient are alike."""
    of_patient: dict[str, list[float]] = {}
    for one in pictures:
        if one.image in dice:
            of_patient.setdefault(one.patient, []).append(dice[one.image])
    lists = list(of_patient.values())

    def mean_of(chosen: NDArray[np.intp]) -> float:
        values = [value for at in chosen for value in lists[at]]
        return float(np.mean(values)) if values else float("nan")

    return bootstrap_by_case(mean_of, len(lists))
