"""Stored values to 8-bit grey: modality rescale or LUT, VOI window or LUT, and MONOCHROME1. Pure functions of arrays.

All windows run through one kernel of a multiplication and a clamp in stored units, which is what makes a
tomosynthesis frame take a millisecond; a shift before the multiplication keeps float32 exact enough for it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import RoomError
from annotator.imaging.frame_description import FrameGrey, LookupTable, Window

Kernel = TypeVar("Kernel", bound=Callable[..., None])


class WindowError(RoomError):
    """A window that DICOM forbids, or that is not a number."""


def _compiled(kernel: Kernel) -> Kernel:
    """Compile without the GIL, cached on disk where a folder can be written (a read-only container has none)."""
    try:
        return cast(Kernel, numba.njit(nogil=True, cache=True, fastmath=True)(kernel))
    except RuntimeError:
        return cast(Kernel, numba.njit(nogil=True, fastmath=True)(kernel))


@_compiled
def _ramp(values: NDArray[Any], shift: np.float32, scale: np.float32, grey: NDArray[np.uint8]) -> None:
    for i in range(values.size):
        # 127.5 is the middle of the ramp; the other half rounds to the nearest grey.
        shade = (np.float32(values[i]) - shift) * scale + np.float32(128.0)
        grey[i] = np.uint8(min(max(shade, np.float32(0.0)), np.float32(255.0)))


@_compiled
def _sigmoid(values: NDArray[Any], shift: np.float32, scale: np.float32, grey: NDArray[np.uint8]) -> None:
    for i in range(values.size):
        exponent = (shift - np.float32(values[i])) * scale
        exponent = min(max(exponent, np.float32(-80.0)), np.float32(80.0))
        grey[i] = np.uint8(np.float32(255.0) / (np.float32(1.0) + np.exp(exponent)) + np.float32(0.5))


@_compiled
def _each_looked_up(words: NDArray[Any], table: NDArray[np.uint8], grey: NDArray[np.uint8]) -> None:
    for i in range(words.size):
        grey[i] = table[words[i]]


def check_window(window: Window) -> None:
    """Refuse what the standard forbids.

    Raises
    ------
    WindowError : a centre or width that is not finite, LINEAR below 1, other functions at or below 0.

    Source: DICOM PS3.3 C.11.2.1.2, C.11.2.1.3.
    """
    if not (np.isfinite(window.centre) and np.isfinite(window.width)):
        raise WindowError(f"Window centre {window.centre} and width {window.width} must be finite numbers.")
    if window.function == "LINEAR" and window.width < 1:
        raise WindowError(f"The width of a LINEAR window is at least 1, not {window.width}.")
    if window.width <= 0:
        raise WindowError(f"The width of a {window.function} window is above 0, not {window.width}.")


def window_linear(values: NDArray[np.float32], centre: float, width: float) -> NDArray[np.uint8]:
    """Map modality values to 8-bit grey by DICOM's LINEAR function.

    Parameters
    ----------
    values : (rows, columns), after the modality LUT, e.g. Hounsfield units.
    centre, width : in the same units; width >= 1.

    Raises
    ------
    WindowError : width below 1, or no number.

    Source: DICOM PS3.3 C.11.2.1.2.1.
    """
    return window_values(values, Window(centre, width))


def window_linear_exact(values: NDArray[np.float32], centre: float, width: float) -> NDArray[np.uint8]:
    """Map modality values to 8-bit grey by LINEAR_EXACT; width > 0. Source: DICOM PS3.3 C.11.2.1.3.2."""
    return window_values(values, Window(centre, width, function="LINEAR_EXACT"))


def window_sigmoid(values: NDArray[np.float32], centre: float, width: float) -> NDArray[np.uint8]:
    """Map modality values to 8-bit grey by SIGMOID; width > 0. Source: DICOM PS3.3 C.11.2.1.3.1."""
    return window_values(values, Window(centre, width, function="SIGMOID"))


def window_values(
    values: NDArray[Any], window: Window, *, slope: float = 1.0, intercept: float = 0.0, inverted: bool = False
) -> NDArray[np.uint8]:
    """Map stored values to 8-bit grey: rescale, window and inversion in one pass.

    Parameters
    ----------
    values : integers or float32, any shape.
    slope, intercept : modality value = slope * stored value + intercept.
    inverted : MONOCHROME1, the lowest value is white.

    Raises
    ------
    WindowError : see check_window.

    Source: DICOM PS3.3 C.11.1.1.2 (rescale), C.11.2.1.2 and C.11.2.1.3 (functions).
    """
    check_window(window)
    if slope == 0.0:
        # Every pixel then means the intercept.
        values, slope = np.zeros_like(values), 1.0
    centre, width = window.centre, window.width
    if window.function == "LINEAR":
        centre, width = centre - 0.5, width - 1.0
    # In stored units, so that a pixel costs one subtraction and one multiplication.
    shift = (centre - intercept) / slope
    direction = -1.0 if inverted else 1.0
    grey = np.empty(values.shape, dtype=np.uint8)
    flat, out = np.ascontiguousarray(values).reshape(-1), grey.reshape(-1)
    if width == 0.0:
        above = flat > shift if slope > 0 else flat < shift
        out[:] = np.where(above != inverted, 255, 0)
    elif window.function == "SIGMOID":
        _sigmoid(flat, np.float32(shift), np.float32(direction * 4.0 * slope / width), out)
    else:
        _ramp(flat, np.float32(shift), np.float32(direction * 255.0 * slope / width), out)
    return grey


def look_up(values: NDArray[Any], table: LookupTable) -> NDArray[np.int32]:
    """Look integer values up in a Modality or VOI LUT; beyond its ends the end value holds.

    Source: DICOM PS3.3 C.11.1.1, C.11.2.1.1.
    """
    entries = np.asarray(table.values, dtype=np.int32)
    places = np.clip(values.astype(np.int32) - table.first, 0, len(entries) - 1)
    return np.asarray(entries[places])


def window_of_range(low: float, high: float) -> Window:
    """The window that shows low as black and high as white."""
    return Window((low + high) / 2, max(high - low, 1.0), "Whole range", "LINEAR_EXACT")


def whole_range_of_8_bits(*, bits_stored: int, signed: bool, slope: float, intercept: float) -> Window | None:
    """The window that shows pictures of at most 8 unsigned bits as they are; None for others.

    Ultrasound is meant to be seen as it is; stretching each frame to its own range would make a cine flicker.
    """
    if bits_stored > 8 or signed:
        return None
    return window_of_range(*sorted((intercept, intercept + slope * (2**bits_stored - 1))))


def window_of_values(stored: NDArray[Any], grey: FrameGrey) -> Window:
    """The window from the least to the greatest modality value of a frame, padding left out."""
    kept = stored
    if grey.padding is not None:
        low, high = grey.padding
        kept = stored[(stored < low) | (stored > high)]
    if kept.size == 0:
        return window_of_range(0.0, 1.0)
    ends = np.array([kept.min(), kept.max()])
    values = _modality(ends, grey)
    return window_of_range(float(values.min()), float(values.max()))


def _modality(stored: NDArray[Any], grey: FrameGrey) -> NDArray[Any]:
    if grey.modality_lut is not None:
        return look_up(stored, grey.modality_lut)
    return np.asarray(stored.astype(np.float64) * grey.slope + grey.intercept)


def modality_values(stored: NDArray[Any], grey: FrameGrey) -> NDArray[np.float32]:
    """What stored values mean: Hounsfield units in CT, through Rescale Slope and Intercept or the Modality LUT.

    Parameters
    ----------
    stored : (rows, columns), 8 or 16 bit integers.

    Source: DICOM PS3.3 C.11.1.
    """
    return _modality(stored, grey).astype(np.float32)


def _needs_table(grey: FrameGrey, window: Window | None) -> bool:
    if window is None:
        return grey.voi_lut is not None
    # An exponential for each of 65,536 values, once, not for each of millions of pixels.
    return grey.modality_lut is not None or window.function == "SIGMOID"


def grey_from_stored(stored: NDArray[Any], grey: FrameGrey, window: Window | None) -> NDArray[np.uint8]:
    """Show stored values as 8-bit grey.

    Parameters
    ----------
    stored : (rows, columns), 8 or 16 bit integers.
    window : in modality units; None takes the object's VOI LUT when it has one, else the frame's range.

    Raises
    ------
    WindowError : see check_window.
    """
    if window is None and grey.voi_lut is None:
        window = window_of_values(stored, grey)
    if window is not None and not _needs_table(grey, window):
        return window_values(stored, window, slope=grey.slope, intercept=grey.intercept, inverted=grey.inverted)
    shown = np.empty(stored.shape, dtype=np.uint8)
    words = np.ascontiguousarray(stored).view(f"u{stored.itemsize}")
    _each_looked_up(words.reshape(-1), _shades(grey, window, stored.dtype), shown.reshape(-1))
    return shown


@lru_cache(maxsize=16)
def _shades(grey: FrameGrey, window: Window | None, stored_type: np.dtype[Any]) -> NDArray[np.uint8]:
    """The grey of every value that can be stored, by its bits as an unsigned number; 64 kB."""
    possible = np.arange(1 << 8 * stored_type.itemsize).astype(f"u{stored_type.itemsize}").view(stored_type)
    values = _modality(possible, grey)
    if window is not None:
        return window_values(values.astype(np.float32), window, inverted=grey.inverted)
    if grey.voi_lut is None:
        raise WindowError("Neither a window nor a table says how values become grey.")
    shades = look_up(np.rint(values), grey.voi_lut) * (255.0 / (2**grey.voi_lut.bits - 1))
    table = np.rint(np.clip(shades, 0, 255)).astype(np.uint8)
    return np.asarray(255 - table if grey.inverted else table)
