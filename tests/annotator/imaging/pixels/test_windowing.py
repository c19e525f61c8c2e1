"""Windows against the formulas of the standard, and against pydicom's own implementation of them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut, apply_windowing

from annotator.imaging.frame_description import FrameGrey, LookupTable, Window
from annotator.imaging.pixels.windowing import (
    WindowError,
    grey_from_stored,
    look_up,
    window_linear,
    window_linear_exact,
    window_of_values,
    window_sigmoid,
    window_values,
)

FUNCTIONS = st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"])
WINDOWS = st.builds(
    Window,
    centre=st.floats(-2000, 3000, width=32),
    width=st.floats(2, 5000, width=32),
    name=st.just(""),
    function=FUNCTIONS,
)
STORED = arrays(np.int16, (7, 9), elements=st.integers(-2048, 4095))


def formula(values: np.ndarray, window: Window) -> np.ndarray:
    """PS3.3 C.11.2.1.2.1 and C.11.2.1.3 in float64, to 0..255, not rounded."""
    x, c, w = values.astype(np.float64), window.centre, window.width
    if window.function == "SIGMOID":
        return 255 / (1 + np.exp(np.clip(-4 * (x - c) / w, -700, 700)))
    if window.function == "LINEAR":
        c, w = c - 0.5, w - 1
    return np.clip(((x - c) / w + 0.5) * 255, 0, 255)


@settings(deadline=None)
@given(STORED, WINDOWS, st.floats(0.125, 4, width=32), st.floats(-1024, 1024, width=32), st.booleans())
def test_every_function_is_the_standards_formula_rounded(
    stored: np.ndarray, window: Window, slope: float, intercept: float, inverted: bool
) -> None:
    wanted = formula(stored * float(slope) + intercept, window)
    wanted = 255 - wanted if inverted else wanted
    grey = window_values(stored, window, slope=slope, intercept=intercept, inverted=inverted)

    # Half a grey for rounding; the rest is float32 where a window of two units is met by a steep slope.
    assert np.abs(grey - wanted).max() <= 0.5 + 0.15


@settings(deadline=None, max_examples=40)
@given(STORED, WINDOWS)
def test_every_function_agrees_with_pydicom(stored: np.ndarray, window: Window) -> None:
    dataset = Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsStored, dataset.PixelRepresentation = 16, 1
    dataset.WindowCenter, dataset.WindowWidth = window.centre, window.width
    dataset.VOILUTFunction = window.function
    wanted = (apply_windowing(stored, dataset) + 32768) / 65535 * 255

    assert np.abs(window_values(stored, window) - wanted).max() <= 0.65


@settings(deadline=None)
@given(STORED, WINDOWS, st.booleans())
def test_brighter_values_never_become_darker(stored: np.ndarray, window: Window, inverted: bool) -> None:
    order = np.argsort(stored, axis=None, kind="stable")
    shades = window_values(stored, window, inverted=inverted).ravel()[order].astype(int)

    assert (np.diff(shades) * (-1 if inverted else 1) >= 0).all()


@pytest.mark.parametrize("stored_type", [np.uint8, np.int8, np.uint16, np.int16, np.float32])
def test_every_stored_type_takes_the_same_path(stored_type: type) -> None:
    values = np.arange(0, 100, dtype=stored_type).reshape(10, 10)

    np.testing.assert_array_equal(window_values(values, Window(50, 80)), np.rint(formula(values, Window(50, 80))))


def test_the_edges_of_a_brain_window_are_black_and_white() -> None:
    values = np.array([[-1000, 0, 0.5, 39.5, 79.0, 80, 3000]], np.float32)

    assert window_linear(values, 40, 80).tolist() == [[0, 0, 2, 128, 255, 255, 255]]
    assert window_linear_exact(values, 40, 80).tolist() == [[0, 0, 2, 126, 252, 255, 255]]
    assert window_sigmoid(values, 40, 80)[0, 0] == 0


def test_a_linear_window_of_width_one_is_a_threshold() -> None:
    values = np.array([[9, 10, 11]], np.int16)

    assert window_values(values, Window(10.5, 1)).tolist() == [[0, 0, 255]]
    assert window_values(values, Window(10.5, 1), inverted=True).tolist() == [[255, 255, 0]]


def test_a_slope_of_zero_makes_every_pixel_the_intercept() -> None:
    assert window_values(np.array([[1, 900]], np.int16), Window(40, 80), slope=0, intercept=200).tolist() == [
        [255, 255]
    ]


@pytest.mark.parametrize(
    "window",
    [
        Window(40, 0.5),
        Window(40, 0, function="LINEAR_EXACT"),
        Window(40, -1, function="SIGMOID"),
        Window(float("nan"), 80),
        Window(40, float("inf")),
    ],
)
def test_windows_that_the_standard_forbids_are_refused(window: Window) -> None:
    with pytest.raises(WindowError):
        window_values(np.zeros((2, 2), np.int16), window)


@settings(deadline=None)
@given(st.integers(-50, 50), st.lists(st.integers(0, 255), min_size=1, max_size=40), STORED)
def test_beyond_the_ends_of_a_table_the_end_value_holds(first: int, entries: list[int], stored: np.ndarray) -> None:
    found = look_up(stored, LookupTable(first, 8, tuple(entries)))

    assert (found[stored <= first] == entries[0]).all()
    assert (found[stored >= first + len(entries) - 1] == entries[-1]).all()
    inside = (stored >= first) & (stored < first + len(entries))
    assert found[inside].tolist() == [entries[v - first] for v in stored[inside].tolist()]


def lut_of(item: Dataset, *, signed: bool) -> LookupTable:
    entries, first, bits = item.LUTDescriptor
    first = first - 65536 if signed and first >= 32768 else first
    data = item.LUTData if not isinstance(item.LUTData, bytes) else np.frombuffer(item.LUTData, "<u2").tolist()
    return LookupTable(first, bits, tuple(int(v) for v in data)[: entries or 65536])


@pytest.mark.needs_data
def test_a_voi_lut_of_a_real_file_shows_as_pydicom_does(data_dir: Path) -> None:
    dataset = pydicom.dcmread(data_dir / "dicom" / "odd" / "vlut_04.dcm")
    table = lut_of(dataset.VOILUTSequence[0], signed=False)
    wanted = apply_voi_lut(dataset.pixel_array, dataset, prefer_lut=True) * (255.0 / (2**table.bits - 1))

    grey = grey_from_stored(dataset.pixel_array, FrameGrey(voi_lut=table), None)
    assert np.abs(grey - wanted).max() <= 0.5


@pytest.mark.needs_data
def test_a_modality_lut_of_a_real_file_comes_before_the_window(data_dir: Path) -> None:
    dataset = pydicom.dcmread(data_dir / "dicom" / "odd" / "mlut_18.dcm")
    table = lut_of(dataset.ModalityLUTSequence[0], signed=True)
    values = apply_modality_lut(dataset.pixel_array, dataset)
    window = Window(float(np.median(values)), 1000)

    grey = grey_from_stored(dataset.pixel_array, FrameGrey(modality_lut=table), window)
    assert np.abs(grey - formula(values, window)).max() <= 0.65


@settings(deadline=None, max_examples=30)
@given(STORED, st.booleans())
def test_without_a_window_the_frames_own_range_is_shown_without_its_padding(stored: np.ndarray, inverted: bool) -> None:
    stored = stored.copy()
    stored[0] = -2048
    stored[1, :2] = [-100, 200]
    grey = FrameGrey(slope=2, intercept=-10, padding=(-2048, -2000), inverted=inverted)
    window = window_of_values(stored, grey)
    inside = stored[stored > -2000].astype(float) * 2 - 10

    assert window.centre - window.width / 2 == pytest.approx(inside.min())
    assert window.centre + window.width / 2 == pytest.approx(inside.max())
    shown = grey_from_stored(stored, grey, None)
    assert {int(shown[stored == stored.max()][0]), int(shown[0, 0])} == {0, 255}


def test_a_frame_of_one_value_or_of_padding_only_still_has_a_window() -> None:
    assert window_of_values(np.full((3, 3), 7, np.int16), FrameGrey()).width == 1
    assert window_of_values(np.full((3, 3), -2000, np.int16), FrameGrey(padding=(-2000, -2000))).width == 1


def test_a_negative_slope_turns_the_ramp_round() -> None:
    stored = np.array([[0, 100]], np.int16)

    assert window_values(stored, Window(-50, 100, function="LINEAR_EXACT"), slope=-1).tolist() == [[255, 0]]


def test_kernels_work_where_no_folder_can_be_written(tmp_path: Path) -> None:
    """A container with a read-only file system: numba finds no place for its cache and must compile without one."""
    code = (
        "import numba.core.caching as c; c.CacheImpl._locator_classes = []\n"
        "import numpy as np; from annotator.imaging.pixels.windowing import window_linear\n"
        "assert window_linear(np.zeros((2, 2), np.float32), 0, 2).tolist() == [[255, 255], [255, 255]]"
    )
    environment = {**os.environ, "HOME": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, timeout=120)

    assert result.returncode == 0, result.stderr.decode()
