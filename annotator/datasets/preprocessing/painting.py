"""What is done to the pixels of one picture: calipers filled in, skin and what isn't breast blackened. Pure."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray


def calipers_painted_out(
    values: NDArray[np.generic], points: Iterable[tuple[float, float]], *, radius: int
) -> NDArray[np.generic]:
    """A disc round each point, filled from its surroundings.

    Parameters
    ----------
    values : (rows, columns) of 8 or 16 bits, or (rows, columns, 3) of 8.
    points : (column, row), SCOORD.

    Source: Telea, Journal of Graphics Tools 9 (2004) 23-34, as OpenCV has it.
    """
    hidden = np.zeros(values.shape[:2], dtype=np.uint8)
    for column, row in points:
        cv2.circle(hidden, (int(column), int(row)), radius, 1, thickness=-1)
    if not hidden.any():
        return values
    if values.dtype == np.uint8 or values.dtype == np.uint16:
        return np.asarray(cv2.inpaint(np.ascontiguousarray(values), hidden, 3, cv2.INPAINT_TELEA))
    # Signed values: lifted above 0 and back.
    lifted = (values.astype(np.int32) + 32768).astype(np.uint16)
    return (cv2.inpaint(lifted, hidden, 3, cv2.INPAINT_TELEA).astype(np.int32) - 32768).astype(values.dtype)


def breast_of(grey: NDArray[np.uint8], *, skin_radius: int | None, largest: bool) -> NDArray[np.bool_]:
    """Which pixels of a windowed breast picture are kept.

    Parameters
    ----------
    grey : (rows, columns).
    skin_radius : by how many pixels what isn't black is eroded; None: not at all. The edge of the picture is no skin.
    largest : the largest piece alone.

    Source: Buda et al., JAMA Network Open 4 (2021) e2119100, Preprocessing.
    """
    kept = (grey > 0).astype(np.uint8)
    if skin_radius is not None:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * skin_radius + 1, 2 * skin_radius + 1))
        kept = np.asarray(cv2.erode(kept, disc), dtype=np.uint8)
    if largest:
        count, named, stats, _ = cv2.connectedComponentsWithStats(kept, connectivity=8)
        if count > 1:
            kept = named == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.asarray(kept, dtype=bool)
