"""A part of a frame as a picture of its own: cut out, mirrored, scaled. Source: DICOM PS3.18 8.3.5.1.3."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.imaging.pixels.rendering import Rendering, check_composition, encode_picture, render_pixels
from annotator.imaging.store.frame_source import FrameSource


@dataclass(frozen=True)
class PictureRegion:
    """A rectangle of the stored matrix, in whole pixels, and the viewport that it is scaled to fit.

    Attributes
    ----------
    width, height : None reaches to the frame's right or lower edge.
    mirrored : left and right changed; flipped: top and bottom.
    """

    viewport: tuple[int, int]
    column: int = 0
    row: int = 0
    width: int | None = None
    height: int | None = None
    mirrored: bool = False
    flipped: bool = False


def render_region(
    source: FrameSource, rendering: Rendering, region: PictureRegion | None, *, quality: int | None = None
) -> bytes:
    """Encode a frame, or a part of it, as a picture; the rendering's own viewport counts where there is no region.

    Raises
    ------
    InvalidError : the region lies outside the frame.
    FrameStoreError, DecodingError, Htj2kError, WindowError, CompositionError : as render_frame.
    """
    if rendering.composition is not None:
        check_composition(source)
    whole = render_pixels(
        source,
        window=rendering.window,
        viewport=rendering.viewport if region is None else None,
        composition=rendering.composition,
    )
    pixels = whole if region is None else _cut(whole, region)
    return encode_picture(pixels, rendering.media_type, quality=quality)


def _cut(whole: NDArray[np.uint8], region: PictureRegion) -> NDArray[np.uint8]:
    rows, columns = whole.shape[:2]
    width = columns - region.column if region.width is None else region.width
    height = rows - region.row if region.height is None else region.height
    if width < 1 or height < 1 or region.column + width > columns or region.row + height > rows:
        raise InvalidError(
            f"The region {region.column},{region.row},{width},{height} reaches outside the frame of {columns} by "
            f"{rows} pixels.",
            "viewport",
        )
    part: NDArray[Any] = whole[region.row : region.row + height, region.column : region.column + width]
    part = part[:: -1 if region.flipped else 1, :: -1 if region.mirrored else 1]
    scale = min(region.viewport[0] / width, region.viewport[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size == (width, height):
        return np.ascontiguousarray(part)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(part), size, interpolation=how).astype(np.uint8, copy=False)
