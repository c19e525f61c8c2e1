"""How far two areas overlap: Dice's and Jaccard's coefficients. Pure."""

import numpy as np
from numpy.typing import NDArray


def dice_of_counts(common: float, first: float, second: float) -> float:
    """Twice what is common by the sum of both, from 0 to 1; 0 where both are empty.

    Source: Dice, Ecology 1945;26:297.
    """
    return 2 * common / (first + second) if first + second else 0.0


def jaccard_of_dice(dice: float) -> float:
    """What is common by what is in either: the same order as Dice's coefficient, on another scale.

    Source: Jaccard, New Phytologist 1912;11:37.
    """
    return dice / (2 - dice)


def dice_of_masks(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Dice's coefficient of two masks of one shape."""
    return dice_of_counts(int((first & second).sum()), int(first.sum()), int(second.sum()))


def jaccard_of_masks(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Jaccard's coefficient of two masks of one shape."""
    return jaccard_of_dice(dice_of_masks(first, second))
