"""Pictures that a person looked at once, rendered again through the whole path and compared pixel by pixel."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.golden.pictures import FOLDER, PICTURES, GoldenPicture
from tests.golden.rendered import rendered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_shown_as_it_was_meant_to_look(picture: GoldenPicture, frame_store: Path, tmp_path: Path) -> None:
    wanted = np.asarray(Image.open(picture.path))

    assert wanted.std() > 5, "a picture that shows nothing tells nothing"
    np.testing.assert_array_equal(rendered(picture, tmp_path), wanted)


def test_every_golden_picture_is_compared_and_together_they_stay_small() -> None:
    files = set(FOLDER.glob("*.png"))

    assert files == {picture.path for picture in PICTURES}
    assert sum(path.stat().st_size for path in files) < 200_000
