"""Files with regions blanked: what is shown outside of them stays, whatever the pixels were stored as."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from annotator.accounts.models import User
from annotator.imaging.actions.decide_text_review import decide_text_review
from annotator.imaging.burned_in.blank_region import BlankRegion
from annotator.imaging.burned_in.blanking import blank_file
from annotator.imaging.headers.parsing import open_instance
from annotator.imaging.models import Instance
from annotator.imaging.pixels.decoding import decode_frame
from annotator.imaging.store.filing import original_place, place_exists
from tests.annotator.imaging.burned_in.conftest import Waiting
from tests.builders import ct_series, written_ultrasound
from tests.fixtures.stores import on_both_stores

REGION = BlankRegion(2, 3, 5, 4)
# One a way of storing pixels; what pydicom's readers make of each is in the data's README.
FILES = (
    "us/DIRW0007.dcm", "us/OBXXXX1A_rle_2frame.dcm", "us/US-YBR_FULL_422-EVRLE.dcm", "us/US1_J2KR.dcm",
    "us/US1_UNCR.dcm", "us/color-pl.dcm", "us/gdcm-US-ALOKA-16.dcm", "us/no-pixel-spacing.dcm",
    "us/JPGLosslessP14SV1_1s_1f_8b.dcm", "odd/CR-MONO1-10-chest.dcm", "odd/MR_small_bigendian.dcm",
    "odd/ExplVR_BigEnd.dcm", "odd/SC_ybr_full_uncompressed.dcm", "odd/image_dfl.dcm", "odd/TestPattern_Palette_16.dcm",
    "odd/CR-ModalitySequenceLUT.dcm", "enhanced_multiframe/emri_small_RLE.dcm",
    "transfer_syntax/CTImage.dcm_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm",
    "transfer_syntax/CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm",
)  # fmt: skip


def frames_of(path: Path) -> list[np.ndarray]:
    with open_instance(path) as instance:
        count = instance.parsed.picture.number_of_frames
        return [decode_frame(instance.frame_bytes(one), instance.pixel_description).copy() for one in range(count)]


@pytest.mark.needs_data
@pytest.mark.parametrize("file", FILES)
def test_what_is_outside_of_the_regions_is_shown_as_before(data_dir: Path, tmp_path: Path, file: str) -> None:
    source, target = data_dir / "dicom" / file, tmp_path / "blanked.dcm"
    blank_file(source, target, [REGION])
    before, after = frames_of(source), frames_of(target)
    assert len(before) == len(after)
    for was, now in zip(before, after, strict=True):
        box = now[3:7, 2:7]
        assert (box == box[0, 0]).all()
        was[3:7, 2:7] = box
        assert was.dtype == now.dtype
        assert np.array_equal(was, now)


@pytest.mark.needs_data
def test_what_lost_something_stays_marked_as_lossy(data_dir: Path, tmp_path: Path) -> None:
    blank_file(data_dir / "dicom/us/DIRW0007.dcm", tmp_path / "blanked.dcm", [REGION])
    header = pydicom.dcmread(tmp_path / "blanked.dcm", stop_before_pixels=True)
    assert header.LossyImageCompression == "01"
    assert header.LossyImageCompressionMethod


@pytest.mark.parametrize("side", [32, 4096])
def test_text_in_an_overlay_is_blanked_too(tmp_path: Path, side: int) -> None:
    """The large one's plane is longer than what a header reads at once."""
    source, target = with_overlay(tmp_path, side), tmp_path / "blanked.dcm"
    blank_file(source, target, [BlankRegion(4, 2, 8, 6)])
    plane = pydicom.dcmread(target)[0x6000, 0x3000].value
    bits = np.unpackbits(np.frombuffer(plane, np.uint8), bitorder="little")[: side * side].reshape(side, side)
    # The overlay's own first pixel lies at row 2, column 3 of the picture, counted from 1.
    expected = np.ones((side, side), np.uint8)
    expected[1:7, 2:10] = 0
    assert np.array_equal(bits, expected)


def test_icons_and_overlays_in_the_unused_bits_go(tmp_path: Path) -> None:
    source, target = with_overlay(tmp_path, 32), tmp_path / "blanked.dcm"
    dataset = pydicom.dcmread(source)
    del dataset[0x6000, 0x3000]
    dataset[0x6000, 0x0102].value = 12
    icon = pydicom.Dataset()
    icon.Rows, icon.Columns = 1, 1
    dataset.IconImageSequence = [icon]
    dataset.save_as(source)
    blank_file(source, target, [REGION])
    header = pydicom.dcmread(target, stop_before_pixels=True)
    assert "IconImageSequence" not in header
    assert not [tag for tag in header.keys() if tag.group == 0x6000]  # noqa: SIM118


@on_both_stores
def test_the_old_file_is_gone_from_folders_and_buckets_alike(
    waiting: Waiting, tmp_path: Path, data_manager: User
) -> None:
    (review,) = waiting(written_ultrasound(tmp_path / "in"))
    old = review.instance.sha256
    decide_text_review(data_manager, review.pk, verdict="blanked", regions=[REGION.to_json()])
    assert not place_exists(original_place(old))
    assert place_exists(original_place(Instance.objects.get().sha256))


def with_overlay(folder: Path, side: int) -> Path:
    """A CT slice of 32 x 32 under an overlay plane that is set everywhere."""
    path = ct_series(folder, slices=1, rows=32, columns=32)[0]
    dataset = pydicom.dcmread(path)
    dataset.add_new(0x60000010, "US", side)
    dataset.add_new(0x60000011, "US", side)
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [2, 3])
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60000102, "US", 0)
    dataset.add_new(0x60003000, "OW", b"\xff" * (side * side // 8))
    dataset.save_as(path)
    return path
