"""Every transfer syntax x photometric interpretation x depth: what was encoded comes out, and pydicom agrees.

Where no real file exists a frame is encoded here; the values that went in are the oracle, and where pydicom decodes
the same bytes by itself or with Pillow (uncompressed, RLE, JPEG 2000, JPEG), its array is a second one.
"""

import io
from dataclasses import replace

import cv2
import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_color_lut, pixel_array
from pydicom.uid import UID

from annotator.imaging.frame_description import LookupTable
from annotator.imaging.pixels.decoding import DecodingError, PixelDescription, decode_frame
from annotator.imaging.pixels.decoding_colour import Palette, rgb_from_ybr
from annotator.imaging.pixels.htj2k import encode_htj2k
from tests.annotator.imaging.pixels.encoded_frames import (
    BIG_ENDIAN,
    COLUMNS,
    EXPLICIT,
    IMPLICIT,
    LOSSLESS,
    RLE,
    ROWS,
    Depth,
    dataset_of,
    without_markers,
)

DEPTHS = [
    Depth(8, 8),
    Depth(8, 8, signed=True),
    Depth(8, 6),
    Depth(16, 10),
    Depth(16, 12),
    Depth(16, 12, signed=True),
    Depth(16, 14),
    Depth(16, 16),
    Depth(16, 16, signed=True),
    Depth(16, 8),
]
EIGHT = Depth(8, 8)
NATIVE = (IMPLICIT, EXPLICIT, LOSSLESS["deflated"][0], BIG_ENDIAN, RLE)
BASELINE, EXTENDED = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"


def described(depth: Depth, syntax: str, photometric: str = "MONOCHROME2", **more: object) -> PixelDescription:
    plain = PixelDescription(
        rows=ROWS,
        columns=COLUMNS,
        samples_per_pixel=1 if photometric.startswith(("MONO", "PALETTE")) else 3,
        photometric_interpretation=photometric,
        bits_allocated=depth.allocated,
        bits_stored=depth.stored,
        pixel_representation=int(depth.signed),
        planar_configuration=0,
        transfer_syntax_uid=syntax,
    )
    return replace(plain, **more)


def by_pydicom(data: bytes, values: np.ndarray, depth: Depth, syntax: str) -> np.ndarray:
    """The same bytes through pydicom's own decoders."""
    dataset = dataset_of(values, depth)
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.set_original_encoding(syntax == IMPLICIT, syntax != BIG_ENDIAN)
    dataset.PixelData = encapsulate([data]) if syntax not in NATIVE[:4] else data
    dataset["PixelData"].is_undefined_length = syntax not in NATIVE[:4]
    return pixel_array(dataset)


def colour_bars() -> np.ndarray:
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    return np.stack([rows * 6, columns * 6, (rows * columns) % 256], -1).astype(np.uint8)


# Grey


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("depth", DEPTHS, ids=str)
@pytest.mark.parametrize("name", LOSSLESS)
def test_grey_values_come_out_as_they_went_in(name: str, depth: Depth, photometric: str) -> None:
    syntax, encode = LOSSLESS[name]
    values = depth.values
    data = encode(values, depth)
    found = decode_frame(data, described(depth, syntax, photometric))

    assert found.dtype == values.dtype
    np.testing.assert_array_equal(found, values)
    if syntax in NATIVE:
        np.testing.assert_array_equal(by_pydicom(data, values, depth, syntax), values)


@pytest.mark.parametrize("depth", [depth for depth in DEPTHS if depth.stored < depth.allocated], ids=str)
@pytest.mark.parametrize("name", ["implicit", "explicit", "big-endian", "RLE"])
def test_rubbish_above_the_stored_bits_is_not_shown(name: str, depth: Depth) -> None:
    syntax, encode = LOSSLESS[name]
    values = depth.values
    unsigned = values.view(f"u{values.itemsize}")
    kept = unsigned.dtype.type((1 << depth.stored) - 1)
    rubbish = np.random.default_rng(6).integers(0, 1 << depth.allocated, values.shape).astype(unsigned.dtype)
    dirty = (unsigned & kept | rubbish & ~kept).view(values.dtype)

    np.testing.assert_array_equal(decode_frame(encode(dirty, depth), described(depth, syntax)), values)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("high_bit", [11, 13, 15])
@pytest.mark.parametrize("name", ["explicit", "big-endian", "RLE"])
def test_values_may_lie_in_the_upper_bits_of_their_words(name: str, high_bit: int, signed: bool) -> None:
    syntax, encode = LOSSLESS[name]
    depth = Depth(16, 12, signed=signed)
    raised = np.left_shift(depth.values, high_bit - 11) | (1 if high_bit > 11 else 0)

    found = decode_frame(encode(raised, depth), described(depth, syntax, high_bit=high_bit))
    np.testing.assert_array_equal(found, depth.values)


@pytest.mark.parametrize("high_bit", [10, 16, 40])
def test_a_high_bit_that_cannot_be_is_refused(high_bit: int) -> None:
    with pytest.raises(DecodingError, match="High bit"):
        decode_frame(bytes(2 * ROWS * COLUMNS), described(Depth(16, 12), EXPLICIT, high_bit=high_bit))


def test_one_bit_a_pixel_is_shown_as_zeros_and_ones() -> None:
    """Digitised forms and old secondary captures hold such; segmentations are refused at the door."""
    bits = np.random.default_rng(7).random((ROWS, COLUMNS)) > 0.5
    data = np.packbits(bits.ravel(), bitorder="little").tobytes()

    found = decode_frame(data, described(Depth(1, 1), EXPLICIT))
    np.testing.assert_array_equal(found, bits)


# Lossy grey


@pytest.mark.parametrize("depth", [Depth(8, 8), Depth(16, 8)], ids=str)
def test_baseline_jpeg_decodes_as_pillow_does(depth: Depth) -> None:
    data = imagecodecs.jpeg8_encode(depth.smooth.astype(np.uint8), 85)
    found = decode_frame(data, described(depth, BASELINE))

    assert found.dtype == depth.kind
    np.testing.assert_array_equal(found, np.asarray(Image.open(io.BytesIO(data))))


def test_12_bit_extended_jpeg_stays_near() -> None:
    depth = Depth(16, 12)
    found = decode_frame(imagecodecs.jpeg8_encode(depth.smooth, 98, bitspersample=12), described(depth, EXTENDED))

    assert np.abs(found.astype(int) - depth.smooth).max() <= 12


@pytest.mark.parametrize("depth", [Depth(8, 8), Depth(16, 12), Depth(16, 12, signed=True), Depth(16, 16)], ids=str)
def test_near_lossless_jpeg_ls_is_as_near_as_it_says(depth: Depth) -> None:
    # Signed values above zero: a step over zero is a jump of the whole range in what is coded.
    values = np.abs(depth.smooth) if depth.signed else depth.smooth
    values = np.minimum(values, (1 << depth.stored - depth.signed) - 4).astype(depth.kind)
    data = imagecodecs.jpegls_encode(values.view(f"u{values.itemsize}"), 3)
    found = decode_frame(data, described(depth, "1.2.840.10008.1.2.4.81"))

    assert 0 < np.abs(found.astype(int) - values).max() <= 3


@pytest.mark.parametrize("depth", [Depth(8, 8), Depth(16, 12), Depth(16, 16), Depth(16, 16, signed=True)], ids=str)
@pytest.mark.parametrize("process", ["JPEG 2000", "HTJ2K"])
def test_lossy_wavelets_stay_near(process: str, depth: Depth) -> None:
    if process == "HTJ2K":
        syntax, data = "1.2.840.10008.1.2.4.203", imagecodecs.htj2k_encode(depth.smooth, 0.004, reversible=False)
    else:
        syntax = "1.2.840.10008.1.2.4.91"
        data = imagecodecs.jpeg2k_encode(depth.smooth, 90, codecformat="j2k", reversible=False)
    found = decode_frame(data, described(depth, syntax))

    assert found.dtype == depth.kind
    difference = np.abs(found.astype(int) - depth.smooth)
    assert 0 < difference.max() <= max(2, (1 << depth.stored) // 30)


@pytest.mark.parametrize("depth", [Depth(8, 8), Depth(16, 16)], ids=str)
def test_lossy_jpeg_2000_decodes_as_opencv_does(depth: Depth) -> None:
    data = imagecodecs.jpeg2k_encode(depth.smooth, 45, codecformat="jp2", reversible=False)
    wanted = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)

    if wanted is None:
        wanted = np.asarray(Image.open(io.BytesIO(data)))
    found = decode_frame(data, described(depth, "1.2.840.10008.1.2.4.91"))
    np.testing.assert_array_equal(found, wanted)


# Colour

COLOUR_SYNTAXES = [name for name in LOSSLESS if name != "JPEG lossless"]


@pytest.mark.parametrize("name", COLOUR_SYNTAXES)
def test_rgb_comes_out_as_it_went_in(name: str) -> None:
    syntax, encode = LOSSLESS[name]
    rgb = colour_bars()
    photometric = "YBR_RCT" if "2000" in name or "HTJ2K" in name else "RGB"
    data = encode(rgb, EIGHT)

    np.testing.assert_array_equal(decode_frame(data, described(EIGHT, syntax, photometric)), rgb)
    if syntax in NATIVE:
        np.testing.assert_array_equal(by_pydicom(data, rgb, EIGHT, syntax), rgb)


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG_ENDIAN])
def test_colour_by_plane_is_the_same_picture(syntax: str) -> None:
    rgb = colour_bars()
    data = rgb.transpose(2, 0, 1).tobytes() + b"\0"

    np.testing.assert_array_equal(decode_frame(data, described(EIGHT, syntax, "RGB", planar_configuration=1)), rgb)


@pytest.mark.parametrize("name", ["explicit", "RLE", "JPEG-LS", "JPEG lossless SV1"])
def test_ybr_full_becomes_rgb_as_pydicom_converts_it(name: str) -> None:
    """The lossless processes keep what they are given: the header says that it is YBR."""
    syntax, encode = LOSSLESS[name]
    ybr = colour_bars()
    dataset = dataset_of(ybr, EIGHT, "YBR_FULL")
    found = decode_frame(encode(ybr, EIGHT), described(EIGHT, syntax, "YBR_FULL"))

    assert np.abs(found.astype(int) - pixel_array(dataset)).max() <= 1


def test_ybr_full_422_spreads_its_chroma_over_two_pixels() -> None:
    wide = 42
    ybr = np.random.default_rng(8).integers(0, 256, (ROWS, wide, 3)).astype(np.uint8)
    ybr[:, 1::2, 1:] = ybr[:, ::2, 1:]
    packed = np.stack([ybr[:, ::2, 0], ybr[:, 1::2, 0], ybr[:, ::2, 1], ybr[:, ::2, 2]], -1)
    description = described(EIGHT, EXPLICIT, "YBR_FULL_422", columns=wide)

    np.testing.assert_array_equal(decode_frame(packed.tobytes(), description), rgb_from_ybr(ybr))
    with pytest.raises(DecodingError, match="even number of columns"):
        decode_frame(packed.tobytes(), replace(description, columns=41))


@pytest.mark.parametrize("name", ["explicit", "big-endian", "RLE", "JPEG-LS", "JPEG 2000 lossless", "HTJ2K lossless"])
def test_16_bit_colour_keeps_its_upper_8_bits(name: str) -> None:
    syntax, encode = LOSSLESS[name]
    depth = Depth(16, 16)
    rgb = colour_bars().astype(np.uint16) << 8 | 77
    photometric = "YBR_RCT" if "2000" in name or "HTJ2K" in name else "RGB"

    np.testing.assert_array_equal(
        decode_frame(encode(rgb, depth), described(depth, syntax, photometric)), colour_bars()
    )


@pytest.mark.parametrize(("photometric", "subsampling"), [("YBR_FULL", "444"), ("YBR_FULL_422", "422"), ("RGB", "444")])
def test_baseline_jpeg_colour_decodes_as_pillow_does(photometric: str, subsampling: str) -> None:
    stored = "rgb" if photometric == "RGB" else "ycbcr"
    smooth = cv2.GaussianBlur(colour_bars(), (0, 0), 3)
    data = imagecodecs.jpeg8_encode(smooth, 92, colorspace="rgb", outcolorspace=stored, subsampling=subsampling)
    found = decode_frame(data, described(EIGHT, BASELINE, photometric)).astype(int)

    assert np.abs(found - np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))).max() <= 1
    assert np.abs(found - smooth).mean() < 6


def test_irreversible_colour_wavelets_stay_near() -> None:
    smooth = cv2.GaussianBlur(colour_bars(), (0, 0), 3)
    jpeg_2000 = imagecodecs.jpeg2k_encode(smooth, 45, codecformat="j2k", reversible=False)
    ht = imagecodecs.htj2k_encode(smooth, 0.002, reversible=False, rgb=True)

    for data, syntax in ((jpeg_2000, "1.2.840.10008.1.2.4.91"), (ht, "1.2.840.10008.1.2.4.203")):
        found = decode_frame(data, described(EIGHT, syntax, "YBR_ICT"))
        assert np.abs(found.astype(int) - smooth).max() <= 8


# Palettes

PALETTE_SYNTAXES = [name for name in LOSSLESS if "near" not in name and name != "JPEG lossless"]


@pytest.mark.parametrize("entries_bits", [8, 16])
@pytest.mark.parametrize("depth", [Depth(8, 8), Depth(16, 16), Depth(16, 10)], ids=str)
@pytest.mark.parametrize("name", PALETTE_SYNTAXES)
def test_palettes_are_looked_up_whatever_carries_their_indices(name: str, depth: Depth, entries_bits: int) -> None:
    """Entries from 20 on, indices below and beyond: the ends hold. By hand, and beside pydicom's apply_color_lut."""
    syntax, encode = LOSSLESS[name]
    indices = (depth.values.astype(int) % 400 if depth.stored > 8 else depth.values).astype(depth.kind)
    entries = np.random.default_rng(9).integers(0, 1 << entries_bits, (3, 300))
    tables = [LookupTable(20, entries_bits, tuple(int(value) for value in one)) for one in entries]
    palette = Palette(*tables)
    found = decode_frame(encode(indices, depth), described(depth, syntax, "PALETTE COLOR", palette=palette))

    np.testing.assert_array_equal(found, entries.T[np.clip(indices.astype(int) - 20, 0, 299)] >> (entries_bits - 8))
    # pydicom loses its way where indices don't fit the type of the entries.
    if entries_bits == 16 or depth.stored == 8:
        dataset = palette_dataset(entries, entries_bits, depth)
        np.testing.assert_array_equal(found, apply_color_lut(indices, dataset) >> (entries_bits - 8))


def palette_dataset(entries: np.ndarray, entries_bits: int, depth: Depth) -> Dataset:
    dataset = dataset_of(np.zeros((1, 1), depth.kind), depth, "PALETTE COLOR")
    for colour, values in zip(("Red", "Green", "Blue"), entries, strict=True):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [len(values), 20, entries_bits])
        data = values.astype("<u2" if entries_bits == 16 else np.uint8).tobytes()
        setattr(dataset, f"{colour}PaletteColorLookupTableData", data)
    return dataset


# Headers that contradict what they head


def jpeg_of(rgb: np.ndarray, stored: str, subsampling: str = "444", *, marker: bool = True) -> bytes:
    data = imagecodecs.jpeg8_encode(rgb, 95, colorspace="rgb", outcolorspace=stored, subsampling=subsampling)
    return data if marker else without_markers(data)


SMOOTH = cv2.GaussianBlur(colour_bars(), (0, 0), 3)


@pytest.mark.parametrize(
    ("what", "data", "label"),
    [
        ("Adobe's marker says RGB, the header YBR", jpeg_of(SMOOTH, "rgb"), "YBR_FULL_422"),
        ("JFIF's marker says YBR, the header RGB", jpeg_of(SMOOTH, "ycbcr"), "RGB"),
        ("chroma is subsampled, the header says RGB", jpeg_of(SMOOTH, "ycbcr", "422", marker=False), "RGB"),
        ("no marker, the header says YBR", jpeg_of(SMOOTH, "ycbcr", marker=False), "YBR_FULL"),
        ("no marker but component names, the header says YBR", jpeg_of(SMOOTH, "rgb", marker=False), "YBR_FULL"),
        ("no marker, the header says RGB", jpeg_of(SMOOTH, "rgb", marker=False), "RGB"),
        ("chroma is not subsampled, the header says it is", jpeg_of(SMOOTH, "ycbcr"), "YBR_FULL_422"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_jpegs_own_marks_count_before_the_headers_label(what: str, data: bytes, label: str) -> None:
    found = decode_frame(data, described(EIGHT, BASELINE, label))

    assert np.abs(found.astype(int) - SMOOTH).mean() < 3, what


@pytest.mark.parametrize("label", ["RGB", "YBR_RCT", "YBR_ICT"])
@pytest.mark.parametrize("name", ["JPEG 2000 lossless", "HTJ2K lossless"])
def test_a_wavelet_stream_undoes_its_own_colour_transform_whatever_the_label(name: str, label: str) -> None:
    syntax, encode = LOSSLESS[name]
    rgb = colour_bars()
    np.testing.assert_array_equal(decode_frame(encode(rgb, EIGHT), described(EIGHT, syntax, label)), rgb)
    plain = imagecodecs.jpeg2k_encode(rgb, codecformat="j2k", reversible=True, mct=False)
    np.testing.assert_array_equal(decode_frame(plain, described(EIGHT, "1.2.840.10008.1.2.4.90", label)), rgb)


@pytest.mark.parametrize("photometric", ["ARGB", "CMYK", "HSV", "YBR_PARTIAL_420", "XYB", ""])
def test_other_colour_models_are_refused_in_words(photometric: str) -> None:
    with pytest.raises(DecodingError, match=f"{photometric!r} is not supported"):
        decode_frame(bytes(4 * ROWS * COLUMNS), described(EIGHT, EXPLICIT, photometric, samples_per_pixel=4))


def test_a_four_component_jpeg_is_refused_in_words() -> None:
    buffer = io.BytesIO()
    Image.new("CMYK", (COLUMNS, ROWS)).save(buffer, "JPEG")
    with pytest.raises(DecodingError, match=f"{ROWS}, {COLUMNS}, 4"):
        decode_frame(buffer.getvalue(), described(EIGHT, BASELINE, "YBR_FULL"))


def test_more_bits_in_the_stream_than_the_header_allocates_are_refused() -> None:
    data = imagecodecs.jpeg2k_encode(Depth(16, 12).values, codecformat="j2k", bitspersample=12)
    with pytest.raises(DecodingError, match="12 bits where the header allocates 8"):
        decode_frame(data, described(EIGHT, "1.2.840.10008.1.2.4.90"))


# What the browser gets


@pytest.mark.parametrize("depth", DEPTHS, ids=str)
def test_another_decoder_reads_the_browsers_copy_alike(depth: Depth) -> None:
    """The copy is made with OpenJPH, which the browser has too; OpenJPEG reads it here."""
    np.testing.assert_array_equal(imagecodecs.jpeg2k_decode(encode_htj2k(depth.values)), depth.values)


def test_another_decoder_reads_the_browsers_colour_copy_alike() -> None:
    np.testing.assert_array_equal(imagecodecs.jpeg2k_decode(encode_htj2k(colour_bars())), colour_bars())
