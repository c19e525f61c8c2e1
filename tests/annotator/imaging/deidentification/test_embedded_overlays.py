"""What was drawn into the unused bits of pixel words is in no byte of what is written."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from annotator.imaging.deidentification.embedded_overlays import only_bits
from tests.annotator.imaging.deidentification.conftest import Deidentify
from tests.builders.studies import ct_series

DRAWN = 0x8000


def with_an_overlay_in_bit_15(folder: Path, *, syntax: str, position: int | None) -> tuple[Path, np.ndarray]:
    """A CT of 12 bits whose highest bit is a picture of its own; gives the file and the true values."""
    (path,) = ct_series(folder, slices=1)
    dataset = pydicom.dcmread(path)
    kind = ">u2" if syntax == ExplicitVRBigEndian else "<u2"
    values = np.arange(dataset.Rows * dataset.Columns).reshape(dataset.Rows, dataset.Columns) % 4096
    drawn = np.where(np.arange(dataset.Columns) % 3 == 0, DRAWN, 0)
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 0
    for keyword in ("PixelPaddingValue", "SmallestImagePixelValue", "LargestImagePixelValue"):
        if keyword in dataset:
            delattr(dataset, keyword)
    dataset.PixelData = (values | drawn).astype(kind).tobytes()
    if position is not None:
        dataset.add_new(0x60000010, "US", dataset.Rows)
        dataset.add_new(0x60000011, "US", dataset.Columns)
        dataset.add_new(0x60000040, "CS", "G")
        dataset.add_new(0x60000050, "SS", [1, 1])
        dataset.add_new(0x60000100, "US", 16)
        dataset.add_new(0x60000102, "US", position)
    dataset.file_meta.TransferSyntaxUID = syntax
    target = folder / "overlay.dcm"
    pydicom.dcmwrite(
        target, dataset, little_endian=syntax != ExplicitVRBigEndian, implicit_vr=False, force_encoding=True
    )
    return target, values


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_an_overlay_in_the_high_bits_is_cleared_and_the_values_stay(
    syntax: str, tmp_path: Path, deidentify: Deidentify
) -> None:
    source, values = with_an_overlay_in_bit_15(tmp_path, syntax=syntax, position=15)
    written = pydicom.dcmread(deidentify(source))
    kind = ">u2" if syntax == ExplicitVRBigEndian else "<u2"
    assert (np.frombuffer(written.PixelData, kind).reshape(values.shape) == values).all()


def test_without_an_overlay_in_them_the_bits_stay_as_they_came(tmp_path: Path, deidentify: Deidentify) -> None:
    source, _ = with_an_overlay_in_bit_15(tmp_path, syntax=ExplicitVRLittleEndian, position=None)
    assert pydicom.dcmread(deidentify(source)).PixelData == pydicom.dcmread(source).PixelData


@given(st.lists(st.integers(0, 65535), max_size=20), st.integers(0, 65535), st.booleans())
def test_words_keep_only_what_is_kept(words: list[int], kept: int, little: bool) -> None:
    kind = "<u2" if little else ">u2"
    cleared = only_bits(np.array(words, kind).tobytes(), kept, bytes_each=2, little_endian=little)
    assert np.frombuffer(cleared, kind).tolist() == [word & kept for word in words]
