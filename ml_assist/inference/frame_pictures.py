"""A frame as a network is shown it: windowed as its configuration says."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.datasets.exporters.windowed_pictures import window_of
from annotator.imaging.pixels.rendering import render_pixels
from annotator.imaging.store.frame_source import FrameSource
from ml_assist.training.unet_config import UNetConfig

# A hue is seen from this difference between its channels on; a caliper's yellow covers less than this share.
_COLOURED, _COLOURED_SHARE = 40, 0.02
COLOUR_NOTE = "Much of this picture is in colour; the network sees it in grey, as it learned."


@dataclass(frozen=True)
class FramePicture:
    """A frame, (rows, columns, channels), and whether much of it was in colour, which grey pictures lose."""

    pixels: NDArray[np.uint8]
    coloured: bool


def picture_for(config: UNetConfig, source: FrameSource) -> FramePicture:
    """One frame in a network's windows.

    Raises
    ------
    FrameStoreError, DecodingError : its bytes are gone or damaged.
    """
    if not source.grey.colour:
        shown = [render_pixels(source, window=window_of(choice, source.modality)) for choice in config.windows]
        return FramePicture(np.stack(shown, axis=-1), coloured=False)
    rgb = render_pixels(source)
    coloured = is_coloured(rgb)
    if config.picture_channels == 3:
        return FramePicture(rgb, coloured)
    return FramePicture(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)[..., None], coloured)


def is_coloured(picture: NDArray[np.uint8]) -> bool:
    """Whether flow or elasticity is painted over the tissue: more colour than symbols and words have."""
    if picture.ndim == 2:
        return False
    spread = picture.max(axis=2).astype(np.int16) - picture.min(axis=2)
    return bool((spread > _COLOURED).mean() > _COLOURED_SHARE)
