"""A frame as a network is shown it: windowed as its configuration says."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.datasets.exporters.windowed_pictures import window_of
from annotator.imaging.pixels.rendering import render_pixels
from annotator.imaging.store.frame_source import source_of_frame
from ml_assist.training.unet_config import UNetConfig

# A hue is seen from this difference between its channels on; a caliper's yellow covers less than this share.
_COLOURED, _COLOURED_SHARE = 40, 0.02


@dataclass(frozen=True)
class FramePicture:
    """A frame, (rows, columns, channels), and whether much of it was in colour, which grey pictures lose."""

    pixels: NDArray[np.uint8]
    coloured: bool


def picture_for(config: UNetConfig, frame_key: str) -> FramePicture:
    """One frame in a network's windows.

    Raises
    ------
    NotFoundError, FrameStoreError : the frame or its bytes are gone.
    """
    source = source_of_frame(frame_key)
    if not source.grey.colour:
        shown = [render_pixels(source, window=window_of(choice, source.modality)) for choice in config.windows]
        return FramePicture(np.stack(shown, axis=-1), coloured=False)
    shown_rgb = render_pixels(source)
    coloured = is_coloured(shown_rgb)
    if config.picture_channels == 3:
        return FramePicture(shown_rgb, coloured)
    return FramePicture(grey_of(shown_rgb)[..., None], coloured)


def grey_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(rows, columns) of a picture in grey or RGB."""
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def is_coloured(picture: NDArray[np.uint8]) -> bool:
    """Whether flow or elasticity is painted over the tissue: more colour than symbols and words have."""
    if picture.ndim == 2:
        return False
    spread = picture.max(axis=2).astype(np.int16) - picture.min(axis=2)
    return bool((spread > _COLOURED).mean() > _COLOURED_SHARE)
