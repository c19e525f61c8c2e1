"""A frame as a picture: the cheapest bytes that hold enough pixels, windowed, resized and encoded."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import cv2
import imagecodecs
import numpy as np
import simplejpeg
from django.conf import settings
from numpy.typing import NDArray

from annotator.imaging.frame_description import FrameGrey, Window
from annotator.imaging.models import DerivedFormat
from annotator.imaging.pixels.decoding import decode_frame
from annotator.imaging.pixels.finished_pictures import FinishedPictures
from annotator.imaging.pixels.htj2k import MAX_REDUCTION, decode_htj2k
from annotator.imaging.pixels.presets import first_preset
from annotator.imaging.pixels.three_window import CompositionError, three_window_of_stored
from annotator.imaging.pixels.windowing import grey_from_stored, whole_range_of_8_bits
from annotator.imaging.store.frame_source import FrameSource

MediaType = Literal["image/jpeg", "image/png", "image/webp"]
MEDIA_TYPES: tuple[MediaType, ...] = ("image/jpeg", "image/png", "image/webp")
Composition = Literal["three-window"]
COMPOSITIONS: tuple[Composition, ...] = ("three-window",)
# Counts in the ETag: raise it when the same request begins to give other bytes.
RENDERING_VERSION = 2
JPEG_QUALITY = 90
WEBP_QUALITY = 90


@dataclass(frozen=True)
class Rendering:
    """What is asked for.

    Attributes
    ----------
    window : in modality units; None shows the object's own window, else its VOI LUT, a preset, or its range.
    viewport : (width, height) that the picture is scaled to fit, up or down, its matrix's aspect kept; None: as it is.
    composition : "three-window", a head CT as brain, blood and bone in red, green and blue; it has windows of its own.
    """

    media_type: MediaType = "image/jpeg"
    window: Window | None = None
    viewport: tuple[int, int] | None = None
    composition: Composition | None = None


def render_frame(source: FrameSource, rendering: Rendering) -> bytes:
    """Encode one frame as a picture.

    Raises
    ------
    FrameStoreError, DecodingError, Htj2kError : the stored bytes are damaged.
    WindowError : a window that DICOM forbids.
    CompositionError : the frame can't be shown in the composition.
    """
    if rendering.composition is not None:
        check_composition(source)
    if _is_stored_already(source, rendering):
        return source.stored.read()
    finished = finished_pictures()
    picture = finished.get((source, rendering))
    if picture is None:
        pixels = render_pixels(
            source, window=rendering.window, viewport=rendering.viewport, composition=rendering.composition
        )
        picture = encode_picture(pixels, rendering.media_type)
        finished.put((source, rendering), picture)
    return picture


@cache
def finished_pictures() -> FinishedPictures:
    """The pictures that this process made last."""
    return FinishedPictures(settings.FINISHED_PICTURES_BYTES)


def check_composition(source: FrameSource) -> None:
    """Refuse the three-window picture of what is not in Hounsfield units.

    Raises
    ------
    CompositionError : colour, another modality than CT, or a CT whose Rescale Type says other units.
    """
    if source.grey.colour:
        raise CompositionError("The three-window picture is made of Hounsfield units; this frame is in colour.")
    if source.modality != "CT":
        raise CompositionError(
            f"The three-window picture is made of Hounsfield units, which {source.modality} does not have. "
            "Ask for a CT, or with a window instead."
        )
    if source.grey.units not in ("", "HU"):
        raise CompositionError(
            f"The three-window picture is made of Hounsfield units; this CT is in {source.grey.units!r}. "
            "Ask with a window instead."
        )


def render_pixels(
    source: FrameSource,
    *,
    window: Window | None = None,
    viewport: tuple[int, int] | None = None,
    composition: Composition | None = None,
) -> NDArray[np.uint8]:
    """One frame as (rows, columns) grey or (rows, columns, 3) RGB, windowed and at the viewport's size."""
    size = (source.columns, source.rows) if viewport is None else fitted_size(source, viewport)
    values = _resized(_read_pixels(source, size), size)
    if composition is not None:
        check_composition(source)
        return three_window_of_stored(values, source.grey)
    if values.ndim == 3:
        return values
    return grey_from_stored(values, source.grey, window or default_window(source))


def stored_pixels(source: FrameSource) -> NDArray[Any]:
    """One frame as it was stored, neither windowed nor scaled: (rows, columns) integers, or (rows, columns, 3) RGB.

    Raises
    ------
    FrameStoreError, DecodingError, Htj2kError : the stored bytes are damaged.
    """
    return _read_pixels(source, (source.columns, source.rows))


def default_window(source: FrameSource) -> Window | None:
    """The window of a frame that none was asked for; None: its VOI LUT, or else the range of its values."""
    grey = source.grey
    if grey.windows:
        return grey.windows[0]
    if grey.voi_lut is not None:
        return None
    preset = first_preset(source.modality, source.body_part)
    return preset or _whole_range_of_8_bits(source, grey)


def _whole_range_of_8_bits(source: FrameSource, grey: FrameGrey) -> Window | None:
    if grey.modality_lut is not None:
        return None
    return whole_range_of_8_bits(
        bits_stored=source.pixels.bits_stored,
        signed=source.pixels.pixel_representation == 1,
        slope=grey.slope,
        intercept=grey.intercept,
    )


def fitted_size(source: FrameSource, viewport: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of the frame scaled to fit a viewport. Source: DICOM PS3.18 8.3.5.1.3."""
    scale = min(viewport[0] / source.columns, viewport[1] / source.rows)
    return max(1, round(source.columns * scale)), max(1, round(source.rows * scale))


def reduction_for(source: FrameSource, size: tuple[int, int]) -> int:
    """How often a frame can be halved and still hold `size` (width, height) pixels."""
    reduction = 0
    while (
        reduction < MAX_REDUCTION
        and -(-source.columns >> reduction + 1) >= size[0]
        and -(-source.rows >> reduction + 1) >= size[1]
    ):
        reduction += 1
    return reduction


def _is_stored_already(source: FrameSource, rendering: Rendering) -> bool:
    return (
        source.stored_format == DerivedFormat.JPEG
        and source.grey.colour
        and rendering.media_type == "image/jpeg"
        and rendering.viewport is None
    )


def _read_pixels(source: FrameSource, size: tuple[int, int]) -> NDArray[Any]:
    """Stored values or RGB, at least `size` (width, height) large."""
    if source.stored_format == DerivedFormat.JPEG:
        return decode_frame(source.stored.read(), source.pixels)
    reduction = reduction_for(source, size)
    if source.native is not None and reduction == 0:
        return decode_frame(source.native.read(), source.pixels)
    return decode_htj2k(source.stored_for(reduction).read(), reduce=reduction)


def _resized(values: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    rows, columns = values.shape[:2]
    if (columns, rows) == size:
        return values
    if values.dtype == np.int8:
        values = values.astype(np.int16)  # OpenCV has no 8-bit signed resize
    shrinks = size[0] < columns
    return cv2.resize(values, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def encode_picture(pixels: NDArray[np.uint8], media_type: MediaType, *, quality: int | None = None) -> bytes:
    """Encode (rows, columns) grey or (rows, columns, 3) RGB as JPEG, PNG (lossless) or WebP.

    Parameters
    ----------
    quality : 1 to 100, of JPEG and WebP.
    """
    if media_type == "image/jpeg":
        if pixels.ndim == 2:
            return simplejpeg.encode_jpeg(
                np.ascontiguousarray(pixels)[..., None],
                quality or JPEG_QUALITY,
                colorspace="GRAY",
                colorsubsampling="Gray",
            )
        # Full chroma: colour Doppler is drawn in thin coloured pixels.
        return simplejpeg.encode_jpeg(
            np.ascontiguousarray(pixels), quality or JPEG_QUALITY, colorspace="RGB", colorsubsampling="444"
        )
    if media_type == "image/png":
        # Runs and Huffman codes of differences: four times faster than searching for repetitions that noise has not.
        png = imagecodecs.PNG
        return bytes(
            imagecodecs.png_encode(np.ascontiguousarray(pixels), 1, strategy=png.STRATEGY.RLE, filter=png.FILTER.SUB)
        )
    picture = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality or WEBP_QUALITY])[1]
    return bytes(encoded.data)
