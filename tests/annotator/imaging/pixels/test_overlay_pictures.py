"""Overlays as PNG, read back by another decoder."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from annotator.imaging.pixels.overlay_pictures import bit_of, overlay_png


@settings(deadline=None, max_examples=30)
@given(arrays(bool, st.tuples(st.integers(1, 20), st.integers(1, 40))))
def test_what_is_drawn_is_opaque_white_and_the_rest_is_transparent(bitmap: np.ndarray) -> None:
    image = Image.open(io.BytesIO(overlay_png(bitmap)))
    pixels = np.asarray(image.convert("RGBA"))

    assert (image.format, image.size) == ("PNG", bitmap.shape[::-1])
    np.testing.assert_array_equal(pixels[..., 3], np.where(bitmap, 255, 0))
    assert (pixels[bitmap] == 255).all()


def test_a_screen_of_graphics_takes_a_few_kilobytes() -> None:
    bitmap = np.zeros((2457, 1890), bool)
    bitmap[100:110] = bitmap[:, 50:52] = True

    assert len(overlay_png(bitmap)) < 5000


def test_only_a_bitmap_becomes_a_picture() -> None:
    for shape in ((3,), (0, 4), (2, 2, 2)):
        with pytest.raises(ValueError, match="rows, columns"):
            overlay_png(np.zeros(shape, bool))


def test_a_bit_of_each_word_is_a_bitmap() -> None:
    assert bit_of(np.array([[0x0FFF, 0x1000], [0x9000, 0x8FFF]], np.uint16), 12).tolist() == [
        [False, True],
        [True, False],
    ]
