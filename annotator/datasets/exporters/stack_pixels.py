"""The pictures of a released stack, one at a time: no more than a frame is held."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from annotator.accounts.errors import NotFoundError, RoomError
from annotator.datasets.pixel_hash import pixel_hash
from annotator.datasets.released import ReleasedStack
from annotator.imaging.frame_description import Window
from annotator.imaging.models import Instance
from annotator.imaging.pixels.rendering import default_window, stored_pixels
from annotator.imaging.pixels.windowing import grey_from_stored, modality_values
from annotator.imaging.store.frame_source import FrameSource, source_of_frame


class MissingPictureError(RoomError):
    """A frame of the release is not there any more: its study was deleted or withheld after the freeze."""


class ChangedPictureError(RoomError):
    """A frame's pixels are not those that were frozen: it was re-ingested or text in it was blanked."""


class StackPixels:
    """Reads frames of one stack by their place, from 0. Every picture is held against its hash in the release."""

    def __init__(self, stack: ReleasedStack) -> None:
        self.stack = stack

    def source(self, place: int) -> FrameSource:
        """Where a frame's bytes lie and how they are shown.

        Raises
        ------
        MissingPictureError : it isn't there any more.
        """
        frame = self.stack.frames[place]
        try:
            return source_of_frame(frame.frame_key)
        except NotFoundError as error:
            raise MissingPictureError(
                f"Frame {frame.frame_number} of {frame.sop_instance_uid} is in the release but not in the catalogue "
                "any more."
            ) from error

    def stored(self, place: int) -> NDArray[np.integer[Any]]:
        """(rows, columns) stored values, or (rows, columns, 3) uint8 RGB.

        Raises
        ------
        MissingPictureError, ChangedPictureError : it isn't what was frozen.
        FrameStoreError, DecodingError, Htj2kError : the stored bytes are damaged.
        """
        frame = self.stack.frames[place]
        values = stored_pixels(self.source(place))
        if pixel_hash(values) != frame.pixel_hash:
            raise ChangedPictureError(
                f"The pixels of frame {frame.frame_number} of {frame.sop_instance_uid} are not those that the release "
                "holds: it came in again or text in it was blanked since. Freeze a new release."
            )
        return values

    def is_colour(self, place: int) -> bool:
        return self.source(place).grey.colour

    def modality_values(self, place: int) -> NDArray[np.float32]:
        """(rows, columns) after the modality LUT: Hounsfield units in CT. Colour as its luma, 0 to 255."""
        stored = self.stored(place)
        if stored.ndim == 3:
            return _luma(stored).astype(np.float32)
        return modality_values(stored, self.source(place).grey)

    def value_dtype(self, place: int) -> np.dtype[np.generic]:
        """The smallest type that holds a frame's modality values without loss: int16, int32, or float32."""
        source = self.source(place)
        grey, bits = source.grey, source.pixels.bits_stored
        if grey.colour:
            return np.dtype(np.int16)
        if grey.modality_lut is not None:
            ends = (min(grey.modality_lut.values), max(grey.modality_lut.values))
        elif grey.slope != int(grey.slope) or grey.intercept != int(grey.intercept):
            return np.dtype(np.float32)
        else:
            signed = source.pixels.pixel_representation == 1
            stored = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            ends = tuple(int(grey.slope) * value + int(grey.intercept) for value in stored)  # type: ignore[assignment]
        return np.dtype(np.int16 if min(ends) >= -(1 << 15) and max(ends) < 1 << 15 else np.int32)

    def grey(self, place: int, window: Window | None = None) -> NDArray[np.uint8]:
        """(rows, columns), windowed; None: the frame's own window, else its modality's first. Colour as its luma."""
        stored = self.stored(place)
        if stored.ndim == 3:
            return _luma(stored)
        source = self.source(place)
        return grey_from_stored(stored, source.grey, window or default_window(source))

    def rgb(self, place: int, window: Window | None = None) -> NDArray[np.uint8]:
        """(rows, columns, 3): colour as it is, grey windowed and three times."""
        stored = self.stored(place)
        if stored.ndim == 3:
            return stored.astype(np.uint8, copy=False)
        source = self.source(place)
        shown = grey_from_stored(stored, source.grey, window or default_window(source))
        return np.repeat(shown[..., None], 3, axis=2)

    def header(self, place: int) -> Dataset:
        """The header of the frame's instance, without pixels; a query. It names the patient unless the site
        de-identifies: write the pseudonym in its place.

        Raises
        ------
        MissingPictureError : it isn't there any more.
        """
        uid = self.stack.frames[place].sop_instance_uid
        found = Instance.objects.filter(sop_instance_uid=uid).values_list("header", flat=True).first()
        if found is None:
            raise MissingPictureError(f"Instance {uid} is in the release but not in the catalogue any more.")
        return Dataset.from_json(found)


def _luma(colour: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
    """Rec. 601 luma, as every program makes grey of colour."""
    return np.asarray(cv2.cvtColor(colour.astype(np.uint8, copy=False), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
