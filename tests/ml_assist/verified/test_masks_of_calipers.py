"""What calipers alone make of a lesion, held against its true outline."""

import numpy as np
import pytest

from ml_assist.verified.masks_of_calipers import dice_of_calipers, mean_dice
from ml_assist.verified.verified_set import VerifiedPicture

DOWN, ACROSS = np.mgrid[:200, :200] + 0.5
ELLIPSE = ((ACROSS - 100) / 60) ** 2 + ((DOWN - 90) / 30) ** 2 <= 1
ENDS = np.array([[40.0, 90.0], [160.0, 90.0], [100.0, 60.0], [100.0, 120.0]])


def test_calipers_at_the_ends_of_an_ellipse_make_nearly_all_of_it_and_two_of_them_less() -> None:
    four, two = dice_of_calipers(ENDS, ELLIPSE), dice_of_calipers(ENDS[:2], ELLIPSE)
    assert four is not None
    assert two is not None
    assert four > 0.95 > two


def test_one_caliper_or_none_makes_nothing() -> None:
    assert dice_of_calipers(ENDS[:1], ELLIPSE) is None
    assert dice_of_calipers(ENDS[:0], ELLIPSE) is None


def test_the_mean_is_over_pictures_and_the_interval_over_patients() -> None:
    pictures = [
        VerifiedPicture(f"{number}", f"{number // 2}", "", ENDS, (), False, False, ENDS[:0], "") for number in range(40)
    ]
    dice = {one.image: 0.5 + 0.01 * int(one.image) for one in pictures if one.image != "39"}
    mean = mean_dice(pictures, dice)
    assert mean.value == pytest.approx(np.mean(list(dice.values())))
    assert mean.low is not None
    assert mean.high is not None
    assert 0.6 < mean.low < mean.value < mean.high < 0.8
    assert mean.n == 20
