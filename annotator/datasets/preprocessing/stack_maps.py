"""From a stack and the options to the way that each of its frames goes. Pure."""

from collections.abc import Sequence

import numpy as np

from annotator.accounts.errors import RoomError
from annotator.annotations.shapes import outline_of
from annotator.datasets.preprocessing.frame_map import FrameMap, Pair
from annotator.datasets.preprocessing.options import Preprocessing
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack
from annotator.imaging.geometry import normal_of, scoord_from_patient


class NotPreparedError(RoomError):
    """The options can't be applied to this stack; the message says why."""


def maps_of(stack: ReleasedStack, options: Preprocessing) -> tuple[FrameMap, ...]:
    """One map a frame.

    Raises
    ------
    NotPreparedError : millimetres are asked for and the frame has none; nothing to crop to.
    """
    shifts = _straightening(stack.frames) if options.straighten else [(0.0, 0.0)] * len(stack.frames)
    region = _cropped_to(stack, options)
    return tuple(_map_of(frame, options, shift, region) for frame, shift in zip(stack.frames, shifts, strict=True))


def millimetres_of(frame: ReleasedFrame) -> Pair | None:
    """(a column, a row) in millimetres: of the frame, or of the ultrasound regions when they have one scale."""
    if frame.geometry.spacing is not None:
        between_rows, between_columns = frame.geometry.spacing
        return between_columns, between_rows
    scales = {
        (region.mm_per_column, region.mm_per_row)
        for region in frame.geometry.regions
        if region.spatial and region.mm_per_column and region.mm_per_row
    }
    if len(scales) != 1:
        return None
    [(across, down)] = scales
    return (across, down) if across and down else None


def _map_of(
    frame: ReleasedFrame, options: Preprocessing, shift: Pair, region: tuple[float, float, float, float] | None
) -> FrameMap:
    left, top, right, bottom = region or (0.0, 0.0, float(frame.columns), float(frame.rows))
    factor = (1.0, 1.0)
    if options.pixel_mm or options.field_of_view_mm:
        size = millimetres_of(frame)
        if size is None:
            raise NotPreparedError("its pixels have no known size in millimetres")
        if options.pixel_mm:
            factor = (size[0] / options.pixel_mm, size[1] / options.pixel_mm)
        if options.field_of_view_mm:
            half = (options.field_of_view_mm / size[0] / 2, options.field_of_view_mm / size[1] / 2)
            middle = ((left + right) / 2, (top + bottom) / 2)
            left, right = middle[0] - half[0], middle[0] + half[0]
            top, bottom = middle[1] - half[1], middle[1] + half[1]
    if options.halve:
        factor = (factor[0] / 2, factor[1] / 2)
    if factor == (1.0, 1.0) and not options.straighten:
        # Whole pixels pass as they are.
        left, top, right, bottom = (float(round(value)) for value in (left, top, right, bottom))
    return FrameMap(
        origin=(left + shift[0], top + shift[1]),
        factor=factor,
        columns=max(1, round((right - left) * factor[0])),
        rows=max(1, round((bottom - top) * factor[1])),
    )


def _straightening(frames: Sequence[ReleasedFrame]) -> list[Pair]:
    """How far each slice's origin is moved within it so that all lie above the middle one's."""
    middle = frames[len(frames) // 2].geometry
    if any(not (f.geometry.position and f.geometry.orientation and f.geometry.spacing) for f in frames):
        return [(0.0, 0.0)] * len(frames)
    normal, start = normal_of(middle), np.asarray(middle.position, dtype=np.float64)
    shifts = []
    for frame in frames:
        away = np.asarray(frame.geometry.position, dtype=np.float64) - start
        column, row = scoord_from_patient(start + (away @ normal) * normal, frame.geometry)[0].tolist()
        # Hundredths of a pixel are rounding of the header, not a lean.
        shift = (column - 0.5, row - 0.5)
        shifts.append(shift if max(map(abs, shift)) > 0.01 else (0.0, 0.0))
    return shifts


def _cropped_to(stack: ReleasedStack, options: Preprocessing) -> tuple[float, float, float, float] | None:
    if options.crop == "none":
        return None
    boxes = _tissue(stack.frames) if options.crop == "region" else _marked(stack.marks)
    if not boxes:
        if options.crop == "region":
            # Pictures without regions, CT among them, are tissue all over.
            return None
        raise NotPreparedError("it has no mark to crop to")
    columns, rows = (max(getattr(frame, name) for frame in stack.frames) for name in ("columns", "rows"))
    margin = options.margin
    return (
        max(0.0, np.floor(min(box[0] for box in boxes)) - margin),
        max(0.0, np.floor(min(box[1] for box in boxes)) - margin),
        min(float(columns), np.ceil(max(box[2] for box in boxes)) + margin),
        min(float(rows), np.ceil(max(box[3] for box in boxes)) + margin),
    )


def _tissue(frames: Sequence[ReleasedFrame]) -> list[tuple[float, float, float, float]]:
    return [
        (region.min_column, region.min_row, region.max_column + 1, region.max_row + 1)
        for frame in frames
        for region in frame.geometry.regions
        if region.spatial
    ]


def _marked(marks: Sequence[ReleasedMark]) -> list[tuple[float, float, float, float]]:
    boxes = []
    for mark in marks:
        points = np.asarray(outline_of(mark.kind, mark.points) or mark.points, dtype=np.float64).reshape(-1, 2)
        if len(points):
            boxes.append((*points.min(axis=0).tolist(), *points.max(axis=0).tolist()))
    return boxes
