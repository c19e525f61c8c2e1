"""A head CT as one colour picture: brain, blood and bone windows as its channels, for thumbnails and networks.

One grey picture shows either a thin subdural collection or the grey matter beside it; readers switch windows, and
networks that were trained on photographs take three channels anyway.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.imaging.frame_description import FrameGrey, Window
from annotator.imaging.pixels.presets import three_windows
from annotator.imaging.pixels.windowing import grey_from_stored, window_values


class CompositionError(InvalidError):
    """A frame can't be shown in a composition: it has no Hounsfield units."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "composition")


def three_window(values: NDArray[Any], *, windows: Sequence[Window] | None = None) -> NDArray[np.uint8]:
    """Show Hounsfield units through three windows at once; a network's input is this divided by 255.

    Parameters
    ----------
    values : (rows, columns) Hounsfield units, integers or float32: slope * stored value + intercept.
    windows : three, for red, green and blue; None takes brain, subdural and bone of presets.json.

    Returns
    -------
    (rows, columns, 3), each channel 0 to 255.

    Raises
    ------
    WindowError : a window that DICOM forbids.
    ValueError : not two dimensions, or not three windows.
    """
    if values.ndim != 2:
        raise ValueError(f"A three-window picture is made of (rows, columns), not of shape {values.shape}.")
    return _stacked([window_values(values, window) for window in _three(windows)])


def three_window_of_stored(
    stored: NDArray[Any], grey: FrameGrey, *, windows: Sequence[Window] | None = None
) -> NDArray[np.uint8]:
    """The same of stored values, with the rescale or the Modality LUT of their frame.

    MONOCHROME1 changes nothing: a channel means how dense the tissue is, not how it is to be shown.

    Raises
    ------
    WindowError, ValueError : as three_window.
    """
    upright = FrameGrey(slope=grey.slope, intercept=grey.intercept, modality_lut=grey.modality_lut)
    return _stacked([grey_from_stored(stored, upright, window) for window in _three(windows)])


def _three(windows: Sequence[Window] | None) -> Sequence[Window]:
    chosen = three_windows() if windows is None else windows
    if len(chosen) != 3:
        raise ValueError(f"A three-window picture has three windows, not {len(chosen)}.")
    return chosen


def _stacked(channels: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return np.stack(channels, axis=-1)
