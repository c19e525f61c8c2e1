"""A mark where its pixels went. Pure."""

from dataclasses import replace

from annotator.annotations.mark_pixels import filled_polygon, pixels_of_mark
from annotator.annotations.shapes import CLOSED_KINDS, outline_of
from annotator.datasets.preprocessing.frame_map import FrameMap
from annotator.datasets.released import ReleasedFrame, ReleasedMark


def moved_mark(mark: ReleasedMark, frame: ReleasedFrame, way: FrameMap) -> ReleasedMark | None:
    """A mark on the picture that came out; None when nothing of it is left there.

    A box is cut at the picture's edge; another outline that crosses it becomes the mask of what is left. An ellipse and
    a spline whose axes are scaled unlike each other become the contour that the viewer drew. What has no inside goes
    along whole or not at all. Millimetres that were measured stay: what was cut off was there.

    Parameters
    ----------
    frame : of the original.
    """
    if mark.kind == "slices":
        return mark
    if mark.kind == "mask":
        return _moved_mask(mark, frame, way)
    if mark.kind == "box":
        return _moved_box(mark, way)
    if mark.kind not in CLOSED_KINDS:
        moved = way.points(mark.points)
        return replace(mark, points=_listed(moved)) if way.holds(moved) else None
    outline = way.points(outline_of(mark.kind, mark.points))
    if way.holds(outline):
        if mark.kind == "contour" or way.is_even:
            return replace(mark, points=_listed(way.points(mark.points)))
        return replace(mark, kind="contour", points=_listed(outline))
    left = filled_polygon(outline.tolist(), rows=way.rows, columns=way.columns)
    if left is None:
        return None
    corners, mask = left.as_mask()
    return replace(mark, kind="mask", points=_listed(corners), mask=mask)


def _moved_box(mark: ReleasedMark, way: FrameMap) -> ReleasedMark | None:
    moved = way.points(mark.points)
    (left, top), (right, bottom) = moved.min(axis=0), moved.max(axis=0)
    left, right = max(left, 0.0), min(right, float(way.columns))
    top, bottom = max(top, 0.0), min(bottom, float(way.rows))
    if right <= left or bottom <= top:
        return None
    return replace(mark, points=((float(left), float(top)), (float(right), float(bottom))))


def _moved_mask(mark: ReleasedMark, frame: ReleasedFrame, way: FrameMap) -> ReleasedMark | None:
    within = pixels_of_mark("mask", mark.points, mark.mask, rows=frame.rows, columns=frame.columns)
    moved = way.mask(within) if within is not None else None
    if moved is None:
        return None
    corners, mask = moved.as_mask()
    return replace(mark, points=_listed(corners), mask=mask)


def _listed(points: object) -> tuple[tuple[float, float], ...]:
    return tuple((float(column), float(row)) for column, row in points)  # type: ignore[attr-defined]
