"""The only place that converts between where a mark is stored and every other way to say where.

SCOORD points are (column, row) in the stored matrix of one frame, continuous, (0, 0) at the outer top-left corner
of the top-left pixel, whose centre is (0.5, 0.5): DICOM PS3.3 C.18.6.1.2. Every function takes and gives arrays
of points, (n, 2) in a frame and (n, 3) in space.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.accounts.errors import RoomError
from annotator.imaging.frame_description import FrameGeometry

Points = NDArray[np.float64]

_IDENTITY_ORIENTATION = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_RAS_FROM_LPS = np.array([-1.0, -1.0, 1.0])


class GeometryError(RoomError):
    """Points or a frame that the conversion is not defined for."""


def _points(points: ArrayLike, size: int) -> Points:
    array = np.asarray(points, dtype=np.float64).reshape(-1, size)
    if not np.isfinite(array).all():
        raise GeometryError("Points must be finite numbers.")
    return array


def index_from_scoord(points: ArrayLike) -> Points:
    """Array index (row, column), whole at pixel centres as numpy and scipy.ndimage count, of (column, row) points."""
    return _points(points, 2)[:, ::-1] - 0.5


def scoord_from_index(indices: ArrayLike) -> Points:
    """(column, row) points of array indices (row, column)."""
    return (_points(indices, 2) + 0.5)[:, ::-1]


def pixel_under(point: ArrayLike) -> tuple[int, int]:
    """The (row, column) of the pixel that holds one point."""
    column, row = np.floor(_points(point, 2)[0]).astype(int)
    return int(row), int(column)


def _axes(geometry: FrameGeometry) -> tuple[Points, Points, Points, float, float]:
    if geometry.position is None or geometry.orientation is None or geometry.spacing is None:
        raise GeometryError("The frame has no position, orientation and spacing: it lies nowhere in the patient.")
    between_rows, between_columns = geometry.spacing
    if between_rows <= 0 or between_columns <= 0:
        raise GeometryError(f"Pixel spacing {geometry.spacing} must be above 0.")
    origin = np.asarray(geometry.position, dtype=np.float64)
    along_row, along_column = (np.asarray(geometry.orientation[i : i + 3], dtype=np.float64) for i in (0, 3))
    return origin, along_row, along_column, between_columns, between_rows


def patient_from_scoord(points: ArrayLike, geometry: FrameGeometry) -> Points:
    """Patient millimetres (LPS: x to the left, y to the back, z to the head).

    Raises
    ------
    GeometryError : the frame has no position, orientation or spacing, or a point is no number.

    Source: DICOM PS3.3 C.7.6.2.1.1; Image Position is the centre of the first pixel, hence the half.
    """
    origin, along_row, along_column, column_step, row_step = _axes(geometry)
    offsets = _points(points, 2) - 0.5
    return np.asarray(
        origin + offsets[:, :1] * column_step * along_row + offsets[:, 1:] * row_step * along_column,
        dtype=np.float64,
    )


def scoord_from_patient(points: ArrayLike, geometry: FrameGeometry) -> Points:
    """(column, row) of the nearest point in the frame's plane; orthogonal distance is dropped."""
    origin, along_row, along_column, column_step, row_step = _axes(geometry)
    offsets = _points(points, 3) - origin
    return np.stack([offsets @ along_row / column_step + 0.5, offsets @ along_column / row_step + 0.5], axis=1)


def normal_of(geometry: FrameGeometry) -> Points:
    """The unit vector out of the frame's plane, (3,): row cosines x column cosines."""
    _, along_row, along_column, _, _ = _axes(geometry)
    normal = np.cross(along_row, along_column)
    return np.asarray(normal / np.linalg.norm(normal), dtype=np.float64)


def distance_from_plane(points: ArrayLike, geometry: FrameGeometry) -> NDArray[np.float64]:
    """Signed millimetres of patient points from the frame's plane, along its normal."""
    origin = _axes(geometry)[0]
    return np.asarray((_points(points, 3) - origin) @ normal_of(geometry), dtype=np.float64)


def display_geometry(geometry: FrameGeometry) -> FrameGeometry:
    """The plane that Cornerstone is given: the frame's own, else identity at the origin, a millimetre a pixel.

    A frame without calibration keeps spacing 1/1, so that world units are pixels there.
    """
    complete = geometry.position is not None and geometry.orientation is not None
    return FrameGeometry(
        position=geometry.position if complete else (0.0, 0.0, 0.0),
        orientation=geometry.orientation if complete else _IDENTITY_ORIENTATION,
        spacing=geometry.spacing or (1.0, 1.0),
    )


def world_from_scoord(points: ArrayLike, geometry: FrameGeometry) -> Points:
    """Cornerstone3D world coordinates (LPS millimetres where the frame lies somewhere, see display_geometry)."""
    return patient_from_scoord(points, display_geometry(geometry))


def scoord_from_world(points: ArrayLike, geometry: FrameGeometry) -> Points:
    """(column, row) of Cornerstone3D world coordinates."""
    return scoord_from_patient(points, display_geometry(geometry))


def ras_from_lps(points: ArrayLike) -> Points:
    """NIfTI's millimetres (x to the right, y to the front) of DICOM's; its own inverse."""
    return np.asarray(_points(points, 3) * _RAS_FROM_LPS, dtype=np.float64)


def lps_from_ras(points: ArrayLike) -> Points:
    """DICOM's millimetres of NIfTI's."""
    return ras_from_lps(points)


def nifti_affine(frames: Sequence[FrameGeometry]) -> NDArray[np.float64]:
    """The 4x4 matrix from voxel (column, row, slice), whole at centres, to RAS millimetres.

    Parameters
    ----------
    frames : of one volume, in order along the normal; the step between slices is the mean one. A single frame
        takes its slice thickness, else 1 mm.

    Raises
    ------
    GeometryError : no frames, or one that lies nowhere.
    """
    if not frames:
        raise GeometryError("A volume needs at least one frame.")
    origin, along_row, along_column, column_step, row_step = _axes(frames[0])
    if len(frames) > 1:
        step = (_axes(frames[-1])[0] - origin) / (len(frames) - 1)
    else:
        step = normal_of(frames[0]) * (frames[0].slice_thickness or 1.0)
    affine = np.eye(4)
    affine[:3, 0] = along_row * column_step
    affine[:3, 1] = along_column * row_step
    affine[:3, 2] = step
    affine[:3, 3] = origin
    affine[:2] *= -1.0
    return affine


def ras_from_scoord(points: ArrayLike, slice_index: float, affine: NDArray[np.float64]) -> Points:
    """RAS millimetres of points on slice `slice_index` (from 0) of a volume with this NIfTI affine."""
    voxels = _points(points, 2) - 0.5
    placed = np.column_stack([voxels, np.full(len(voxels), slice_index), np.ones(len(voxels))])
    return np.asarray((placed @ affine.T)[:, :3], dtype=np.float64)


def scoord_from_ras(points: ArrayLike, affine: NDArray[np.float64]) -> tuple[Points, NDArray[np.float64]]:
    """(column, row) points and their slice indices, of RAS millimetres in a volume."""
    spatial = _points(points, 3)
    voxels = np.column_stack([spatial, np.ones(len(spatial))]) @ np.linalg.inv(affine).T
    return np.asarray(voxels[:, :2] + 0.5, dtype=np.float64), np.asarray(voxels[:, 2], dtype=np.float64)


def coco_box(points: ArrayLike) -> list[float]:
    """COCO's [x, y, width, height] around points: COCO counts from the same outer corner, so nothing is shifted.

    Raises
    ------
    GeometryError : no points.
    """
    array = _points(points, 2)
    if len(array) == 0:
        raise GeometryError("A box needs points.")
    low, high = array.min(axis=0), array.max(axis=0)
    return [float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])]


def box_from_coco(box: Sequence[float]) -> Points:
    """The top-left and bottom-right corner of a COCO box."""
    x, y, width, height = box
    return _points([[x, y], [x + width, y + height]], 2)


def coco_polygon(points: ArrayLike) -> list[float]:
    """COCO's flat [x1, y1, x2, y2, ...]."""
    return [float(value) for value in _points(points, 2).ravel()]


def points_from_coco_polygon(polygon: Sequence[float]) -> Points:
    """(column, row) points of COCO's flat list."""
    if len(polygon) % 2:
        raise GeometryError(f"A COCO polygon has pairs of numbers, not {len(polygon)} numbers.")
    return _points(polygon, 2)


def polygon_area(points: ArrayLike) -> float:
    """The area inside a closed polygon, in square pixels, by the shoelace formula; 0 for fewer than 3 points."""
    array = _points(points, 2)
    if len(array) < 3:
        return 0.0
    x, y = array[:, 0] - array[0, 0], array[:, 1] - array[0, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
