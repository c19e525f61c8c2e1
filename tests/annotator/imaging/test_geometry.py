"""Points go round every loop of coordinates and come back, whatever the plane and the spacing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotator.imaging import geometry as g
from annotator.imaging.frame_description import FrameGeometry

POINTS = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(2)), elements=st.floats(0, 4096))
SPACINGS = st.tuples(st.floats(0.05, 5), st.floats(0.05, 5))
POSITIONS = st.tuples(*[st.floats(-500, 500)] * 3)
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
PRONE = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0)


@st.composite
def oblique(draw: st.DrawFn) -> tuple[float, ...]:
    quaternion = np.array(draw(st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: np.linalg.norm(q) > 0.1)))
    w, x, y, z = quaternion / np.linalg.norm(quaternion)
    row = (1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w))
    column = (2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w))
    return tuple(map(float, row + column))


GEOMETRIES = st.builds(
    FrameGeometry,
    position=POSITIONS,
    orientation=st.one_of(st.sampled_from([AXIAL, CORONAL, SAGITTAL, PRONE]), oblique()),
    spacing=SPACINGS,
    slice_thickness=st.floats(0.5, 5),
)


@given(POINTS)
def test_scoord_and_array_index_go_round(points: np.ndarray) -> None:
    np.testing.assert_allclose(g.scoord_from_index(g.index_from_scoord(points)), points, atol=1e-9)


@given(POINTS, GEOMETRIES)
def test_scoord_and_patient_millimetres_go_round(points: np.ndarray, geometry: FrameGeometry) -> None:
    patient = g.patient_from_scoord(points, geometry)

    np.testing.assert_allclose(g.scoord_from_patient(patient, geometry), points, atol=1e-6)
    np.testing.assert_allclose(g.distance_from_plane(patient, geometry), 0, atol=1e-6)


@given(POINTS, st.one_of(GEOMETRIES, st.builds(FrameGeometry, spacing=st.one_of(st.none(), SPACINGS))))
def test_scoord_and_cornerstone_world_go_round_with_and_without_a_position(
    points: np.ndarray, geometry: FrameGeometry
) -> None:
    world = g.world_from_scoord(points, geometry)

    np.testing.assert_allclose(g.scoord_from_world(world, geometry), points, atol=1e-6)


@given(POINTS, GEOMETRIES, st.integers(1, 6), st.integers(0, 5))
def test_scoord_and_nifti_go_round_and_agree_with_the_patient(
    points: np.ndarray, geometry: FrameGeometry, count: int, place: int
) -> None:
    normal = g.normal_of(geometry)
    frames = [
        FrameGeometry(tuple(np.add(geometry.position, normal * 2.5 * k)), geometry.orientation, geometry.spacing)
        for k in range(count)
    ]
    place = place % count
    affine = g.nifti_affine(frames)
    ras = g.ras_from_scoord(points, place, affine)
    back, slices = g.scoord_from_ras(ras, affine)

    np.testing.assert_allclose(back, points, atol=1e-6)
    np.testing.assert_allclose(slices, place, atol=1e-6)
    np.testing.assert_allclose(g.lps_from_ras(ras), g.patient_from_scoord(points, frames[place]), atol=1e-6)


@given(POINTS, GEOMETRIES)
def test_distances_in_the_plane_are_pixels_times_spacing(points: np.ndarray, geometry: FrameGeometry) -> None:
    patient = g.patient_from_scoord(points, geometry)
    row_spacing, column_spacing = geometry.spacing
    steps = np.diff(points, axis=0) * (column_spacing, row_spacing)

    np.testing.assert_allclose(
        np.linalg.norm(np.diff(patient, axis=0), axis=1), np.linalg.norm(steps, axis=1), atol=1e-6
    )


@given(POINTS)
def test_boxes_and_polygons_go_round_through_coco(points: np.ndarray) -> None:
    corners = g.box_from_coco(g.coco_box(points))

    np.testing.assert_allclose(corners, [points.min(axis=0), points.max(axis=0)], atol=1e-9)
    np.testing.assert_array_equal(g.points_from_coco_polygon(g.coco_polygon(points)), points)


def test_the_centre_of_the_first_pixel_is_image_position_patient() -> None:
    geometry = FrameGeometry((-100.0, 20.0, 7.0), AXIAL, (0.5, 0.25))

    assert g.patient_from_scoord([[0.5, 0.5]], geometry).tolist() == [[-100.0, 20.0, 7.0]]
    # A column further is 0.25 mm to the left, a row further 0.5 mm to the back: spacing is (rows, columns).
    assert g.patient_from_scoord([[1.5, 2.5]], geometry).tolist() == [[-99.75, 21.0, 7.0]]


def test_anisotropic_pixels_measure_twenty_millimetres_where_cornerstones_own_function_says_31_8() -> None:
    geometry = FrameGeometry((0.0, 0.0, 0.0), AXIAL, (0.4, 0.2))
    ends = g.patient_from_scoord([[10, 10], [110, 10]], geometry)

    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(20.0)


def test_the_top_left_pixel_is_row_0_column_0_right_up_to_its_edge() -> None:
    assert g.pixel_under([0.0, 0.0]) == (0, 0)
    assert g.pixel_under([0.99, 1.0]) == (1, 0)
    assert g.index_from_scoord([[0.5, 0.5]]).tolist() == [[0.0, 0.0]]


def test_nifti_turns_left_and_back_round() -> None:
    assert g.ras_from_lps([[1.0, 2.0, 3.0]]).tolist() == [[-1.0, -2.0, 3.0]]
    affine = g.nifti_affine([FrameGeometry((10.0, 20.0, 30.0), AXIAL, (0.5, 0.25), slice_thickness=3.0)])
    assert affine.tolist() == [[-0.25, 0, 0, -10], [0, -0.5, 0, -20], [0, 0, 3, 30], [0, 0, 0, 1]]


def test_the_area_of_a_polygon_is_the_shoelace() -> None:
    assert g.polygon_area([[1, 1], [4, 1], [4, 3], [1, 3]]) == 6
    assert g.polygon_area([[0, 0], [1, 1]]) == 0


@pytest.mark.parametrize(
    "geometry",
    [FrameGeometry(), FrameGeometry(spacing=(1.0, 1.0)), FrameGeometry((0.0,) * 3, AXIAL, (0.0, 1.0))],
)
def test_a_frame_that_lies_nowhere_has_no_patient_millimetres(geometry: FrameGeometry) -> None:
    with pytest.raises(g.GeometryError):
        g.patient_from_scoord([[1, 1]], geometry)


def test_points_that_are_no_numbers_and_half_polygons_are_refused() -> None:
    with pytest.raises(g.GeometryError, match="finite"):
        g.index_from_scoord([[float("nan"), 1]])
    with pytest.raises(g.GeometryError, match="pairs"):
        g.points_from_coco_polygon([1, 2, 3])
    with pytest.raises(g.GeometryError, match="needs points"):
        g.coco_box([])
    with pytest.raises(g.GeometryError, match="at least one"):
        g.nifti_affine([])
