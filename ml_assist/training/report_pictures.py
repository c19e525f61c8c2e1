"""Pictures with truth, guide and what was drawn, for people to look at. Nothing of torch."""

import cv2
import numpy as np
from numpy.typing import NDArray

# As BGR: blue for the truth, orange for the network, white dots for the guide. Told apart without red and green.
_TRUTH, _DRAWN, _GUIDE = (233, 180, 86), (0, 159, 230), (255, 255, 255)
_LEAST, _MOST = 480, 900


def outlined_picture(
    picture: NDArray[np.uint8],
    truth: NDArray[np.uint8],
    drawn: NDArray[np.uint8],
    guide: NDArray[np.uint8] | None,
) -> bytes:
    """A PNG of a grey picture, (rows, columns), with outlines of masks of its size, a size that people can look at."""
    _, shown = _enlarged(picture)
    size = (shown.shape[1], shown.shape[0])
    if guide is not None:
        for contour in _contours(guide, size):
            for column, row in contour[::6, 0]:
                cv2.circle(shown, (int(column), int(row)), 1, _GUIDE, thickness=-1)
    for mask, colour in ((truth, _TRUTH), (drawn, _DRAWN)):
        cv2.polylines(shown, _contours(mask, size), isClosed=True, color=colour, thickness=2, lineType=cv2.LINE_AA)
    return _written(shown)


def ringed_picture(picture: NDArray[np.uint8], truth: NDArray[np.float64], found: NDArray[np.float64]) -> bytes:
    """A PNG of a grey picture, (rows, columns), with rings round places, (n, 2) of column and row (SCOORD)."""
    scale, shown = _enlarged(picture)
    for places, colour, radius in ((truth, _TRUTH, 10), (found, _DRAWN, 14)):
        for column, row in places * scale:
            cv2.circle(shown, (int(column), int(row)), radius, colour, thickness=2, lineType=cv2.LINE_AA)
    return _written(shown)


def _enlarged(picture: NDArray[np.uint8]) -> tuple[float, NDArray[np.uint8]]:
    longest = max(picture.shape)
    scale = float(np.clip(longest, _LEAST, _MOST)) / longest
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    shown = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), cv2.COLOR_GRAY2BGR)
    return scale, np.asarray(shown, np.uint8)


def _written(shown: NDArray[np.uint8]) -> bytes:
    written, content = cv2.imencode(".png", shown)
    if not written:
        raise ValueError("The picture could not be written as PNG.")
    return content.tobytes()


def _contours(mask: NDArray[np.uint8], size: tuple[int, int]) -> list[NDArray[np.int32]]:
    larger = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    found, _ = cv2.findContours(larger, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [np.asarray(contour, np.int32) for contour in found]
