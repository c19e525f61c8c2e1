"""The overlay planes of an instance as pictures in its file of the frame store, behind its frames."""

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from annotator.imaging.frame_description import FrameOverlay
from annotator.imaging.headers.describe_overlays import OverlayPlane, overlay_planes
from annotator.imaging.headers.parsing import OpenInstance
from annotator.imaging.pixels.decoding import DecodingError, decode_words
from annotator.imaging.pixels.overlay_pictures import bit_of, overlay_png

FrameOverlays = tuple[FrameOverlay, ...]


def has_overlays(instance: OpenInstance) -> bool:
    """Whether a header offers planes that can be shown."""
    return bool(overlay_planes(instance.parsed.dataset))


def write_overlays(instance: OpenInstance, target: BinaryIO) -> list[FrameOverlays]:
    """Append the planes of every frame to a file; what lies over each frame, in the order of the frames.

    A plane that covers all frames is written once. Planes on which nothing is drawn, or that can't be read, are
    left out: the picture is right without them.
    """
    count = instance.parsed.picture.number_of_frames
    planes = overlay_planes(instance.parsed.dataset)
    if not planes:
        return [()] * count
    shared: dict[int, FrameOverlay | None] = {}
    found = []
    for index in range(count):
        number, words, overlays = index + 1, None, []
        for plane in planes:
            if not plane.covers(number):
                continue
            if plane.bits is None:
                if words is None:
                    words = _words(instance, index)
                overlay = None if words is None else _written(plane, bit_of(words, plane.bit_position), target)
            elif plane.frames is None:
                if plane.group not in shared:
                    shared[plane.group] = _written(plane, plane.bitmap(number), target)
                overlay = shared[plane.group]
            else:
                overlay = _written(plane, plane.bitmap(number), target)
            if overlay is not None:
                overlays.append(overlay)
        found.append(tuple(overlays))
    return found


def _words(instance: OpenInstance, index: int) -> NDArray[Any] | None:
    try:
        return decode_words(instance.frame_bytes(index), instance.pixel_description)
    except DecodingError:
        return None


def _written(plane: OverlayPlane, bitmap: NDArray[np.bool_], target: BinaryIO) -> FrameOverlay | None:
    if not bitmap.any():
        return None
    picture, offset = overlay_png(bitmap), target.tell()
    target.write(picture)
    return FrameOverlay(
        label=plane.label,
        description=plane.description,
        kind=plane.kind,
        rows=plane.rows,
        columns=plane.columns,
        row=plane.row,
        column=plane.column,
        offset=offset,
        length=len(picture),
    )
