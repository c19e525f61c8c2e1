"""Palettes, segmented ones too, against pydicom's own look-up."""

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_color_lut
from pydicom.uid import ExplicitVRLittleEndian

from annotator.imaging.frame_description import LookupTable
from annotator.imaging.pixels.decoding_colour import Palette, palette_from_dataset, rgb_from_palette, rgb_from_ybr

# A discrete segment of two, a ramp, a copy of the first two segments, a ramp: 24 values.
SEGMENTS_16 = [0, 2, 0, 512, 1, 8, 40960, 2, 2, 0, 0, 1, 4, 65280]
SEGMENTS_8 = [0, 2, 0, 2, 1, 8, 160, 2, 2, 0, 0, 0, 0, 1, 4, 250]


def dataset(*, bits: int, segments: list[int] | None = None, first: int = 0) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.PixelRepresentation, made.PhotometricInterpretation = 0, "PALETTE COLOR"
    made.BitsAllocated = made.BitsStored = 8
    for place, colour in enumerate(("Red", "Green", "Blue")):
        if segments is None:
            values = (np.arange(24) * (place + 1) * 3).astype("<u2" if bits == 16 else np.uint8)
            values = values * 256 if bits == 16 else values
            setattr(made, f"{colour}PaletteColorLookupTableData", values.tobytes())
        else:
            data = np.array(segments, "<u2" if bits == 16 else np.uint8).tobytes()
            setattr(made, f"Segmented{colour}PaletteColorLookupTableData", data)
        setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [24, first, bits])
    return made


@pytest.mark.parametrize(
    ("bits", "segments", "first"),
    [(8, None, 0), (16, None, 0), (16, None, 5), (16, SEGMENTS_16, 0), (8, SEGMENTS_8, 0), (16, [*SEGMENTS_16, 0], 3)],
)
def test_every_kind_of_palette_looks_up_what_pydicom_does(bits: int, segments: list[int] | None, first: int) -> None:
    made = dataset(bits=bits, segments=segments, first=first)
    stored = np.arange(40, dtype=np.uint8).reshape(5, 8)
    wanted = apply_color_lut(stored, made)
    palette = palette_from_dataset(made)

    assert palette is not None
    assert len(palette.red.values) == 24
    np.testing.assert_array_equal(rgb_from_palette(stored, palette), wanted >> (bits - 8))


def test_a_palette_that_declares_16_bits_and_fills_8_is_not_black() -> None:
    table = LookupTable(0, 16, tuple(range(256)))

    shown = rgb_from_palette(np.array([[0, 128, 255]], np.uint8), Palette(table, table, table))
    assert shown[0, :, 0].tolist() == [0, 128, 255]


def test_a_palette_without_all_three_tables_is_none() -> None:
    made = dataset(bits=8)
    del made.GreenPaletteColorLookupTableData

    assert palette_from_dataset(made) is None


def test_ybr_of_the_corners_is_their_rgb() -> None:
    ybr = np.array([[[255, 128, 128], [0, 128, 128], [76, 85, 255], [29, 255, 107]]], np.uint8)

    assert np.abs(rgb_from_ybr(ybr).astype(int) - [[255] * 3, [0] * 3, [254, 0, 0], [0, 0, 254]]).max() <= 1
