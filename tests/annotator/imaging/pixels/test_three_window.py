"""Brain, blood and bone as channels, against the formula of the standard by hand and pydicom's windows."""

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_windowing

from annotator.imaging.frame_description import FrameGrey, LookupTable, Window
from annotator.imaging.pixels.presets import three_windows
from annotator.imaging.pixels.three_window import three_window, three_window_of_stored

CASES = json.loads(
    (Path(__file__).parents[4] / "frontend/viewer/src/pixels/three_window_cases.json").read_text(encoding="utf-8")
)
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


def test_the_channels_are_brain_subdural_and_bone() -> None:
    assert [window.name for window in three_windows()] == ["Brain", "Subdural", "Bone"]


def test_tissues_have_the_colours_that_their_windows_give() -> None:
    """By hand, LINEAR: ((x - (c - 0.5)) / (w - 1) + 0.5) * 255, clamped and rounded."""
    air, water, blood, bone = three_window(np.array([[-1000, 0, 65, 1200]], np.int16))[0].tolist()

    assert air == [0, 0, 0]
    # 0 HU: brain ((0 - 39.5) / 79 + .5) * 255 = 0; subdural ((0 - 74.5) / 214 + .5) * 255 = 38.7; bone 72.9.
    assert water == [0, 39, 73]
    # 65 HU: brain 209.8; subdural 116.2; bone 78.8.
    assert blood == [210, 116, 79]
    assert bone == [255, 255, 182]


def test_each_channel_is_pydicoms_window_of_a_real_slice() -> None:
    dataset = pydicom.dcmread(BUNDLED / "CT_small.dcm")
    values = apply_modality_lut(dataset.pixel_array, dataset)
    shown = three_window(values.astype(np.float32))

    assert shown.shape == (128, 128, 3)
    for channel, window in enumerate(three_windows()):
        wanted = Dataset()
        wanted.PhotometricInterpretation, wanted.BitsStored, wanted.PixelRepresentation = "MONOCHROME2", 16, 1
        wanted.WindowCenter, wanted.WindowWidth = window.centre, window.width
        grey = (apply_windowing(values, wanted) + 32768) / 65535 * 255
        assert np.abs(shown[..., channel] - grey).max() <= 0.51


def test_stored_values_give_the_same_picture_as_hounsfield_units() -> None:
    stored = np.arange(-100, 3000, 7, dtype=np.int16).reshape(1, -1)
    grey = FrameGrey(slope=1.0, intercept=-1024.0)

    np.testing.assert_array_equal(three_window_of_stored(stored, grey), three_window(stored - np.int16(1024)))


def test_monochrome1_and_a_modality_lut_show_the_tissue_all_the_same() -> None:
    stored = np.array([[0, 1, 2]], np.uint8)
    table = FrameGrey(modality_lut=LookupTable(0, 16, (0, 65, 1200)), inverted=True)

    np.testing.assert_array_equal(
        three_window_of_stored(stored, table), three_window(np.array([[0, 65, 1200]], np.int16))
    )


def test_other_windows_may_be_given_and_anything_but_three_is_refused() -> None:
    values = np.array([[0, 100]], np.int16)
    narrow = Window(50, 100, function="LINEAR_EXACT")

    assert three_window(values, windows=[narrow] * 3).tolist() == [[[0, 0, 0], [255, 255, 255]]]
    with pytest.raises(ValueError, match="three windows, not 2"):
        three_window(values, windows=[narrow] * 2)
    with pytest.raises(ValueError, match="rows, columns"):
        three_window(np.zeros((2, 2, 3), np.int16))


def test_every_value_has_the_colour_that_the_viewer_gives_it() -> None:
    """The viewer's test reads the same file: per channel, the least whole value of each grey from 1 to 255."""
    assert [(w.name, w.centre, w.width) for w in three_windows()] == [
        (one["name"], one["centre"], one["width"]) for one in CASES["windows"]
    ]
    values = np.arange(-32768, 32768, dtype=np.int16)
    shown = three_window(values.reshape(1, -1))[0]
    for channel, starts in enumerate(CASES["starts"]):
        np.testing.assert_array_equal(shown[:, channel], np.searchsorted(starts, values, side="right"))
    fractions = np.array([[case["value"] for case in CASES["fractions"]]], np.float32)
    assert three_window(fractions)[0].tolist() == [case["colour"] for case in CASES["fractions"]]
