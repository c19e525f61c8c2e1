"""Where a file's pictures look as if something were written on them, over all frames."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.imaging.burned_in.text_regions import LONGEST_SIDE, TextRegion, text_regions
from annotator.imaging.burned_in.waiting_rule import may_show_text
from annotator.imaging.errors import QuarantineError
from annotator.imaging.frame_description import UltrasoundRegion
from annotator.imaging.headers.describe_frame import ultrasound_regions
from annotator.imaging.headers.parsing import OpenInstance, open_instance
from annotator.imaging.pixels.decoding import DecodingError, decode_frame

# Pixels around a box that are blanked with it: the soft edges of letters.
MARGIN = 3


@dataclass(frozen=True)
class SuspectedText:
    """A box in the stored matrix that may hold writing.

    Attributes
    ----------
    frame : the first frame, from 1, on which it is seen best.
    score : 0 to 1; outside the calibrated regions of an ultrasound picture 0.5 and more, inside below that.
    """

    frame: int
    column: int
    row: int
    columns: int
    rows: int
    score: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def suspected_text(path: Path, *, progress: Callable[[int], None] = lambda _frame: None) -> list[SuspectedText] | None:
    """Search a file's pictures for writing, the most suspect first; None when nobody needs to look at it.

    Every frame is decoded, one in memory at a time.

    Parameters
    ----------
    progress : called with each frame's number before it is decoded.

    Raises
    ------
    QuarantineError : it is no picture, or one of its frames can't be decoded and so can't be looked at.
    """
    with open_instance(path) as instance:
        if not may_show_text(instance.parsed):
            return None
        regions = ultrasound_regions(instance.parsed.dataset)
        picture = instance.parsed.picture

        def frames() -> Iterator[NDArray[Any]]:
            for index in range(picture.number_of_frames):
                progress(index + 1)
                yield decoded_frame(instance, index)

        return search_frames(frames(), regions=regions)


def decoded_frame(instance: OpenInstance, index: int) -> NDArray[Any]:
    """One frame as decode_frame gives it; index counts from 0.

    Raises
    ------
    QuarantineError : it can't be decoded.
    """
    try:
        return decode_frame(instance.frame_bytes(index), instance.pixel_description)
    except DecodingError as error:
        raise QuarantineError(
            f"Frame {index + 1} can't be decoded ({error}), so nobody can see whether it shows who the patient is."
        ) from error


def search_frames(frames: Iterable[NDArray[Any]], *, regions: Iterable[UltrasoundRegion] = ()) -> list[SuspectedText]:
    """The same for frames at hand: what stands still is found in the darkest, what comes and goes in the brightest.

    Parameters
    ----------
    frames : all of one shape, (rows, columns) or (rows, columns, 3).
    regions : the calibrated regions; text outside them is more suspect.
    """
    extremes = _extremes(frames)
    calibrated = [region for region in regions if region.spatial]
    found: list[SuspectedText] = []
    for picture in extremes.pictures():
        for region in text_regions(picture):
            suspected = _placed(region, extremes, calibrated)
            if not any(_same_place(suspected, other) for other in found):
                found.append(suspected)
    return sorted(found, key=lambda one: -one.score)


@dataclass
class _Extremes:
    """The darkest and brightest value of each pixel over time, reduced if large, and when it was brightest."""

    rows: int
    columns: int
    darkest: NDArray[Any]
    brightest: NDArray[Any]
    when: NDArray[np.int32]
    frames: int = 1

    @property
    def reduction(self) -> float:
        return self.columns / self.darkest.shape[1]

    def pictures(self) -> Iterator[NDArray[np.uint8]]:
        yield eight_bits(self.darkest)
        if self.frames > 1:
            yield eight_bits(self.brightest)


def _extremes(frames: Iterable[NDArray[Any]]) -> _Extremes:
    extremes: _Extremes | None = None
    for index, frame in enumerate(frames):
        reduced = _reduced(frame)
        if extremes is None:
            times = np.zeros(reduced.shape[:2], np.int32)
            extremes = _Extremes(frame.shape[0], frame.shape[1], reduced.copy(), reduced.copy(), times)
            continue
        brighter = reduced > extremes.brightest
        extremes.when[brighter.any(axis=2) if brighter.ndim == 3 else brighter] = index
        np.maximum(extremes.brightest, reduced, out=extremes.brightest)
        np.minimum(extremes.darkest, reduced, out=extremes.darkest)
        extremes.frames = index + 1
    if extremes is None:
        raise ValueError("No frames to search.")
    return extremes


def _reduced(frame: NDArray[Any]) -> NDArray[Any]:
    longest = max(frame.shape[:2])
    if longest <= LONGEST_SIDE:
        return frame
    scale = LONGEST_SIDE / longest
    size = (max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale)))
    # OpenCV resizes no int8.
    plain = frame.astype(np.int16) if frame.dtype == np.int8 else frame
    return cv2.resize(np.ascontiguousarray(plain), size, interpolation=cv2.INTER_AREA)


def eight_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Stretched over the range that the picture uses; a few extreme pixels don't count."""
    if values.dtype == np.uint8:
        return values
    low, high = (float(value) for value in np.percentile(values, (0.5, 99.5)))
    if high <= low:
        low, high = float(values.min()), float(values.max())
    stretched = (values.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6))
    return np.clip(stretched, 0, 255).astype(np.uint8)


def _placed(region: TextRegion, extremes: _Extremes, calibrated: list[UltrasoundRegion]) -> SuspectedText:
    """From the searched picture to the stored matrix, with a margin."""
    scale = extremes.reduction
    left = max(0, int(region.column * scale) - MARGIN)
    top = max(0, int(region.row * scale) - MARGIN)
    right = min(extremes.columns, int(np.ceil((region.column + region.columns) * scale)) + MARGIN)
    bottom = min(extremes.rows, int(np.ceil((region.row + region.rows) * scale)) + MARGIN)
    inside = any(
        area.min_column <= (left + right) / 2 <= area.max_column + 1
        and area.min_row <= (top + bottom) / 2 <= area.max_row + 1
        for area in calibrated
    )
    score = region.score / 2 if inside else 0.5 + region.score / 2
    when = extremes.when[region.row : region.row + region.rows, region.column : region.column + region.columns]
    frame = int(np.median(when)) + 1
    return SuspectedText(frame, left, top, right - left, bottom - top, round(score, 3))


def _same_place(one: SuspectedText, other: SuspectedText) -> bool:
    columns = min(one.column + one.columns, other.column + other.columns) - max(one.column, other.column)
    rows = min(one.row + one.rows, other.row + other.rows) - max(one.row, other.row)
    return max(0, columns) * max(0, rows) > 0.7 * one.columns * one.rows
