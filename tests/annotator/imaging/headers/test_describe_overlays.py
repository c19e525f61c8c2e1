"""Overlay planes of headers, against pydicom's own overlay_array and bitmaps written by hand."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from annotator.imaging.headers.describe_overlays import OverlayPlane, overlay_planes

BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"
CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], bool)
RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool)


def packed(*bitmaps: np.ndarray) -> bytes:
    data = np.packbits(np.concatenate([bitmap.ravel() for bitmap in bitmaps]), bitorder="little").tobytes()
    return data + b"\0" * (len(data) % 2)


def add_plane(dataset: Dataset, group: int = 0x6000, **elements: object) -> None:
    """Write the elements of a group; None leaves one out."""
    values: dict[int, tuple[str, object]] = {
        0x0010: ("US", elements.get("rows", 3)),
        0x0011: ("US", elements.get("columns", 3)),
        0x0015: ("IS", elements.get("frames")),
        0x0022: ("LO", elements.get("description")),
        0x0040: ("CS", elements.get("kind", "G")),
        0x0050: ("SS", elements.get("origin", [1, 1])),
        0x0051: ("US", elements.get("first_frame")),
        0x0100: ("US", elements.get("allocated", 1)),
        0x0102: ("US", elements.get("position", 0)),
        0x1500: ("LO", elements.get("label")),
        0x3000: (str(elements.get("vr", "OW")), elements.get("data", packed(CROSS))),
    }
    for element, (vr, value) in values.items():
        if value is not None:
            dataset.add_new((group, element), vr, value)


@pytest.fixture
def dataset() -> Dataset:
    made = Dataset()
    made.Rows, made.Columns, made.SamplesPerPixel = 8, 10, 1
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 12, 11
    made.set_original_encoding(False, True)
    return made


def only(dataset: Dataset) -> OverlayPlane:
    (plane,) = overlay_planes(dataset)
    return plane


def test_the_overlay_of_a_real_slice_is_the_bitmap_that_pydicom_reads() -> None:
    dataset = pydicom.dcmread(BUNDLED / "examples_overlay.dcm")
    plane = only(dataset)

    assert (plane.rows, plane.columns, plane.row, plane.column) == (300, 484, 0, 0)
    assert plane.bitmap(1).any()
    np.testing.assert_array_equal(plane.bitmap(1), dataset.overlay_array(0x6000))


@pytest.mark.needs_data
def test_every_overlay_among_the_real_files_agrees_with_pydicom(data_dir: Path) -> None:
    compared = 0
    for path in sorted((data_dir / "dicom").rglob("*.dcm")):
        dataset = pydicom.dcmread(path, force=True, stop_before_pixels=True, defer_size=1 << 20)
        for plane in overlay_planes(dataset):
            if plane.bits is not None:
                np.testing.assert_array_equal(plane.bitmap(1), dataset.overlay_array(plane.group), err_msg=path.name)
                compared += 1

    assert compared >= 1


def test_groups_come_in_their_order_with_their_words_and_places(dataset: Dataset) -> None:
    add_plane(dataset, 0x6002, label="Ring", kind="R", origin=[-1, 9], data=packed(RING))
    add_plane(dataset, 0x6000, label="Cross", description="drawn by hand")
    first, second = overlay_planes(dataset)

    assert (first.label, first.description, first.kind, first.row, first.column) == (
        "Cross",
        "drawn by hand",
        "graphics",
        0,
        0,
    )
    assert (second.label, second.kind, second.row, second.column) == ("Ring", "region", -2, 8)
    np.testing.assert_array_equal(first.bitmap(1), CROSS)
    np.testing.assert_array_equal(second.bitmap(5), RING)


def test_frames_of_an_overlay_follow_each_other_bit_by_bit(dataset: Dataset) -> None:
    add_plane(dataset, frames=2, first_frame=3, data=packed(CROSS, RING))
    plane = only(dataset)

    assert [plane.covers(number) for number in range(1, 6)] == [False, False, True, True, False]
    np.testing.assert_array_equal(plane.bitmap(3), CROSS)
    np.testing.assert_array_equal(plane.bitmap(4), RING)
    np.testing.assert_array_equal(dataset.overlay_array(0x6000), np.stack([CROSS, RING]))
    with pytest.raises(ValueError, match="frame 5"):
        plane.bitmap(5)


def test_one_plane_without_a_number_of_frames_covers_every_frame(dataset: Dataset) -> None:
    add_plane(dataset)

    assert only(dataset).covers(1)
    assert only(dataset).covers(99)


def test_big_endian_words_hold_the_same_bits(dataset: Dataset) -> None:
    dataset.set_original_encoding(False, False)
    add_plane(dataset, data=np.frombuffer(packed(CROSS), np.uint16).byteswap().tobytes())
    np.testing.assert_array_equal(only(dataset).bitmap(1), CROSS)
    add_plane(dataset, vr="OB")
    np.testing.assert_array_equal(only(dataset).bitmap(1), CROSS)


def test_an_old_plane_in_the_high_bits_of_the_pixels_says_which_bit(dataset: Dataset) -> None:
    add_plane(dataset, rows=None, columns=None, allocated=16, position=13, data=None)
    plane = only(dataset)

    assert (plane.rows, plane.columns, plane.bit_position, plane.bits) == (8, 10, 13, None)
    with pytest.raises(ValueError, match="no bitmap"):
        plane.bitmap(1)


@pytest.mark.parametrize(
    "elements",
    [
        {"data": b"\1"},
        {"frames": 2},
        {"frames": 0},
        {"rows": 0},
        {"rows": None},
        {"columns": [3, 3]},
        {"rows": 65535, "columns": 65535},
        {"origin": [1, 1, 1]},
        {"data": None, "allocated": 16, "position": 11},
        {"data": None, "allocated": 16, "position": 16},
        {"data": None, "allocated": 8, "position": 13, "rows": 8, "columns": 10},
        {"data": None, "allocated": 16, "position": 13, "rows": 8, "columns": 9},
    ],
)
def test_a_plane_that_contradicts_itself_is_left_out(dataset: Dataset, elements: dict[str, object]) -> None:
    add_plane(dataset, **elements)
    add_plane(dataset, 0x6004, label="good")

    assert [plane.label for plane in overlay_planes(dataset)] == ["good"]


def test_a_picture_in_colour_has_no_unused_bits(dataset: Dataset) -> None:
    dataset.SamplesPerPixel = 3
    add_plane(dataset, rows=8, columns=10, allocated=16, position=13, data=None)

    assert overlay_planes(dataset) == []
