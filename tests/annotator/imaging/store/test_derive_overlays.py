"""Overlays on their way from a file to the frame store: read back from there, beside pydicom or a bitmap by hand."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.pixels import pixel_array

from annotator.imaging.models import Frame, Stack
from annotator.imaging.pixels.htj2k import decode_htj2k
from annotator.imaging.queries import frames_in_order
from annotator.imaging.store.frame_source import source_of_frame
from tests.annotator.imaging.conftest import Take
from tests.annotator.imaging.headers.test_describe_overlays import CROSS, RING, add_plane, packed
from tests.builders import ct_series, multi_frame, ultrasound

pytestmark = pytest.mark.django_db
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


def frames_of(take: Take, path: Path) -> list[Frame]:
    take(path, derive=True)
    return frames_in_order(Stack.objects.get())


def drawn(frame: Frame, number: int = 1) -> np.ndarray:
    picture = Image.open(io.BytesIO(source_of_frame(frame.key).overlay(number).read()))
    return np.asarray(picture.convert("RGBA"))[..., 3] == 255


def test_the_overlay_of_a_real_slice_arrives_bit_for_bit(take: Take) -> None:
    (frame,) = frames_of(take, BUNDLED / "examples_overlay.dcm")

    assert frame.overlays[0]["description"] == "Siemens MedCom Object Graphics"
    np.testing.assert_array_equal(
        drawn(frame), pydicom.dcmread(BUNDLED / "examples_overlay.dcm").overlay_array(0x6000).astype(bool)
    )


def test_each_frame_has_the_planes_that_cover_it_and_a_shared_one_is_kept_once(take: Take, tmp_path: Path) -> None:
    path = multi_frame(tmp_path, frames=4)
    dataset = pydicom.dcmread(path)
    add_plane(dataset, 0x6000, label="every frame", data=packed(RING))
    add_plane(dataset, 0x6002, label="two frames", frames=2, first_frame=2, data=packed(CROSS, ~CROSS))
    add_plane(dataset, 0x6004, label="nothing drawn", data=b"\0\0")
    dataset.save_as(path)
    frames = sorted(frames_of(take, path), key=lambda frame: frame.number)

    assert [[overlay["label"] for overlay in frame.overlays] for frame in frames] == [
        ["every frame"],
        ["every frame", "two frames"],
        ["every frame", "two frames"],
        ["every frame"],
    ]
    assert len({frame.overlays[0]["offset"] for frame in frames}) == 1
    np.testing.assert_array_equal(drawn(frames[3]), RING)
    np.testing.assert_array_equal(drawn(frames[1], 2), CROSS)
    np.testing.assert_array_equal(drawn(frames[2], 2), ~CROSS)


def test_an_old_overlay_in_the_high_bits_is_taken_out_of_the_pixels(take: Take, tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path, slices=1)
    dataset = pydicom.dcmread(path)
    values = (np.arange(dataset.Rows * dataset.Columns) % 4096).astype(np.uint16).reshape(dataset.Rows, dataset.Columns)
    bitmap = np.random.default_rng(3).random(values.shape) > 0.5
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = (values | bitmap.astype(np.uint16) << 14).tobytes()
    add_plane(dataset, rows=dataset.Rows, columns=dataset.Columns, allocated=16, position=14, data=None)
    dataset.save_as(path)
    (frame,) = frames_of(take, path)

    np.testing.assert_array_equal(drawn(frame), bitmap)
    np.testing.assert_array_equal(decode_htj2k(source_of_frame(frame.key).stored.read()), values)


def test_an_overlay_over_a_kept_jpeg_lies_in_a_file_of_its_own(take: Take, tmp_path: Path) -> None:
    path = ultrasound(tmp_path, frames=2)
    dataset = pydicom.dcmread(path)
    add_plane(dataset, label="caliper")
    dataset.save_as(path)
    frames = frames_of(take, path)

    assert {frame.derived_format for frame in frames} == {"jpeg"}
    for frame in frames:
        np.testing.assert_array_equal(drawn(frame), CROSS)
        assert source_of_frame(frame.key).stored.read()[:2] == b"\xff\xd8"


def test_values_in_the_upper_bits_of_their_words_are_shifted_down(take: Take, tmp_path: Path) -> None:
    """High Bit 15 with 12 bits stored, as ACR-NEMA files have it: pydicom ignores it, so the values are the oracle."""
    (path,) = ct_series(tmp_path, slices=1)
    dataset = pydicom.dcmread(path)
    values = (np.arange(dataset.Rows * dataset.Columns) % 4096).astype(np.uint16).reshape(dataset.Rows, dataset.Columns)
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 15, 0
    dataset.PixelData = (values << 4 | 5).tobytes()
    dataset.save_as(path)
    (frame,) = frames_of(take, path)
    source = source_of_frame(frame.key)

    assert (pixel_array(path) != values).any()
    assert source.native is None
    np.testing.assert_array_equal(decode_htj2k(source.stored.read()), values)
