"""Our decoders against pydicom's own on every file that pydicom ships and can read, and on real scanner files.

pydicom is the oracle here only: the product decodes with imagecodecs. Where pydicom has no decoder without plugins
(JPEG Lossless, JPEG-LS, HTJ2K, 12-bit JPEG) the same picture in another transfer syntax is the oracle.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_color_lut, pixel_array

from annotator.imaging.pixels.decoding import DecodingError, PixelDescription, decode_frame, unsupported_syntax
from annotator.imaging.pixels.decoding_headers import read_jpeg2000_header, read_jpeg_header
from tests.annotator.imaging.pixel_descriptions import bytes_of_frame, describe_pixels, read

BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"
# Files that hold one picture and that pydicom itself decodes with Pillow and numpy.
GREY = [
    "CT_small",
    "MR_small",
    "MR_small_RLE",
    "MR_small_bigendian",
    "MR_small_expb",
    "MR_small_implicit",
    "MR_small_jp2klossless",
    "MR_small_padded",
    "693_J2KI",
    "J2K_pixelrep_mismatch",
    "image_dfl",
    "liver_1frame",
    "liver_expb_1frame",
    "examples_overlay",
]
COLOUR = [
    "ExplVR_BigEnd",
    "SC_rgb_dcmtk_+eb+cr",
    "SC_rgb_rle",
    "SC_rgb_rle_2frame",
    "SC_rgb_small_odd",
    "SC_rgb_small_odd_big_endian",
    "SC_ybr_full_422_uncompressed",
    "examples_rgb_color",
    "examples_jpeg2k",
]
LOSSY_COLOUR = [
    "SC_rgb_jpeg_dcmtk",
    "SC_rgb_dcmtk_+eb+cy+n1",
    "SC_rgb_dcmtk_+eb+cy+n2",
    "SC_rgb_dcmtk_+eb+cy+np",
    "SC_rgb_dcmtk_+eb+cy+s2",
    "SC_rgb_dcmtk_+eb+cy+s4",
    "SC_rgb_small_odd_jpeg",
    "SC_jpeg_no_color_transform",
    "SC_jpeg_no_color_transform_2",
    "SC_rgb_jpeg_app14_dcmd",
    "examples_ybr_color",
]


def decoded(path: Path, index: int = 0) -> np.ndarray:
    dataset = read(path)
    return decode_frame(bytes_of_frame(dataset, index), describe_pixels(dataset))


@pytest.mark.parametrize("name", GREY)
def test_grey_files_decode_to_the_values_that_pydicom_gives(name: str) -> None:
    path = BUNDLED / f"{name}.dcm"
    values, wanted = decoded(path), pixel_array(read(path), index=0)

    np.testing.assert_array_equal(values, wanted)
    assert values.dtype == wanted.dtype.newbyteorder("=")


@pytest.mark.parametrize("name", COLOUR)
def test_colour_files_decode_to_the_rgb_that_pydicom_gives(name: str) -> None:
    path = BUNDLED / f"{name}.dcm"
    values = decoded(path)

    assert values.dtype == np.uint8
    np.testing.assert_array_equal(values, pixel_array(path, index=0))


@pytest.mark.parametrize("name", LOSSY_COLOUR)
def test_jpeg_colour_differs_from_pydicom_by_rounding_only(name: str) -> None:
    """Pillow and libjpeg-turbo upsample chroma alike; the colour conversion rounds in another order."""
    path = BUNDLED / f"{name}.dcm"
    values, wanted = decoded(path).astype(int), pixel_array(path, index=0).astype(int)

    assert values.shape == wanted.shape
    assert np.abs(values - wanted).max() <= 3
    assert np.abs(values - wanted).mean() < 0.6


def test_16_bit_rgb_becomes_8_bit() -> None:
    path = BUNDLED / "SC_rgb_rle_16bit.dcm"

    np.testing.assert_array_equal(decoded(path), pixel_array(path) >> 8)


@pytest.mark.parametrize("name", ["examples_palette"])
def test_palettes_are_looked_up(name: str) -> None:
    dataset = read(BUNDLED / f"{name}.dcm")
    wanted = apply_color_lut(dataset.pixel_array, dataset)
    bits = dataset.RedPaletteColorLookupTableDescriptor[2]

    np.testing.assert_array_equal(decoded(BUNDLED / f"{name}.dcm"), wanted >> (bits - 8))


def test_12_bit_jpeg_extended_decodes_as_libjpeg_turbo_does() -> None:
    """pydicom with plugins and libjpeg-turbo give 1 where a known wrong decoder gives 16."""
    values = decoded(BUNDLED / "JPGExtended.dcm")

    assert values.dtype == np.uint16
    assert values.shape == (1024, 256)
    assert values[0, 0] == 1
    # The same picture as JPEG 2000, lossy too: alike, not equal.
    assert np.corrcoef(values.ravel(), decoded(BUNDLED / "JPEG2000.dcm").ravel())[0, 1] > 0.95


def test_jpeg_ls_lossless_equals_the_uncompressed_original() -> None:
    wanted = decoded(BUNDLED / "MR_small.dcm")

    np.testing.assert_array_equal(decoded(BUNDLED / "MR_small_jpeg_ls_lossless.dcm"), wanted)


def test_jpeg_lossless_colour_decodes_like_its_uncompressed_original() -> None:
    """SC_rgb_jpeg_gdcm is JPEG Lossless of the colour bars that SC_rgb_rle holds."""
    np.testing.assert_array_equal(decoded(BUNDLED / "SC_rgb_jpeg_gdcm.dcm"), decoded(BUNDLED / "SC_rgb_rle.dcm"))


@pytest.mark.parametrize("name", ["SC_rgb_jls_lossy_line", "SC_rgb_jls_lossy_sample"])
def test_near_lossless_jpeg_ls_colour_stays_near(name: str) -> None:
    difference = decoded(BUNDLED / f"{name}.dcm").astype(int) - decoded(BUNDLED / "SC_rgb_rle.dcm")

    assert np.abs(difference).max() <= 3


@pytest.mark.needs_data
def test_one_ct_slice_is_the_same_in_every_lossless_transfer_syntax(data_dir: Path) -> None:
    files = {path.name: path for path in (data_dir / "dicom" / "transfer_syntax").glob("CTImage.dcm_*")}
    wanted = next(pixel_array(path) for name, path in files.items() if "LittleEndianExplicit" in name)
    lossless = [n for n in files if any(s in n for s in ("Endian", "RLE", "LosslessOnly", "JPEGLSLossless", "14"))]

    assert len(lossless) == 9
    for name in lossless:
        np.testing.assert_array_equal(decoded(files[name]), wanted, err_msg=name)


@pytest.mark.needs_data
@pytest.mark.parametrize(("kind", "tolerance"), [("JPEG2000TransferSyntax", 10), ("JPEGLSLossy", 4)])
def test_lossy_copies_of_the_ct_slice_stay_near(data_dir: Path, kind: str, tolerance: int) -> None:
    folder = data_dir / "dicom" / "transfer_syntax"
    wanted = pixel_array(next(folder.glob("*LittleEndianExplicit*"))).astype(int)

    assert np.abs(decoded(next(folder.glob(f"*{kind}*"))) - wanted).max() <= tolerance


@pytest.mark.needs_data
@pytest.mark.parametrize("kind", ["JPEGProcess2_4", "JPEGProcess6_8", "JPEGProcess10_12"])
def test_12_bit_jpeg_processes_hold_the_ct_slice_up_to_a_scale(data_dir: Path, kind: str) -> None:
    folder = data_dir / "dicom" / "transfer_syntax"
    wanted = pixel_array(next(folder.glob("*LittleEndianExplicit*")))
    values = decoded(next(folder.glob(f"*{kind}*")))
    inside = wanted > -2000

    assert np.corrcoef(values[inside], wanted[inside])[0, 1] > 0.999


@pytest.mark.needs_data
def test_every_ultrasound_and_odd_file_that_pydicom_decodes_agrees(data_dir: Path) -> None:
    compared = 0
    for path in sorted(p for folder in ("us", "odd", "mg") for p in (data_dir / "dicom" / folder).iterdir()):
        dataset = read(path)
        try:
            wanted = pixel_array(dataset, index=0)
        except Exception:  # noqa: BLE001 - whatever pydicom can't read is no oracle
            continue
        if dataset.PhotometricInterpretation == "PALETTE COLOR":
            wanted = apply_color_lut(wanted, dataset) >> (dataset.RedPaletteColorLookupTableDescriptor[2] - 8)
        tolerance = 3 if str(dataset.file_meta.TransferSyntaxUID).endswith("4.50") else 0
        values = decoded(path)
        assert values.shape == wanted.shape, path.name
        assert np.abs(values.astype(int) - wanted).max() <= tolerance, path.name
        compared += 1

    assert compared >= 25


@pytest.mark.needs_data
def test_jpeg_ls_colour_decodes_alike_in_every_interleave_mode(data_dir: Path) -> None:
    folder = data_dir / "dicom" / "transfer_syntax"
    first, *others = (decoded(folder / f"JLSL_RGB_ILV{mode}.dcm") for mode in range(3))

    assert first.shape == (256, 256, 3)
    assert first.std() > 10
    for other in others:
        np.testing.assert_array_equal(first, other)


@pytest.mark.needs_data
def test_htj2k_colour_is_a_picture_and_its_lossy_copy_is_near(data_dir: Path) -> None:
    lossless = decoded(data_dir / "dicom/transfer_syntax/HTJ2KLossless_08_RGB.dcm").astype(int)
    lossy = decoded(data_dir / "dicom/transfer_syntax/HTJ2K_08_RGB.dcm")

    assert lossless.shape == (480, 640, 3)
    assert lossless.std() > 10
    assert np.abs(lossless - lossy).mean() < 5


def description(**changes: object) -> PixelDescription:
    plain = PixelDescription(2, 2, 1, "MONOCHROME2", 16, 12, 0, 0, "1.2.840.10008.1.2.1")
    return dataclasses.replace(plain, **changes)


def test_overlay_bits_above_the_stored_ones_are_cleared() -> None:
    data = np.array([0x1FFF, 0x0001, 0x8000, 0x0FFF], "<u2").tobytes()

    assert decode_frame(data, description()).tolist() == [[0x0FFF, 1], [0, 0x0FFF]]


def test_signed_values_with_fewer_bits_stored_are_sign_extended() -> None:
    data = np.array([0x0FFF, 0x0001, 0x0800, 0x07FF], "<u2").tobytes()

    assert decode_frame(data, description(pixel_representation=1)).tolist() == [[-1, 1], [-2048, 2047]]


def test_planes_and_pixels_give_the_same_rgb() -> None:
    rgb = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    colour = description(samples_per_pixel=3, photometric_interpretation="RGB", bits_allocated=8, bits_stored=8)
    planes = decode_frame(rgb.transpose(2, 0, 1).tobytes(), dataclasses.replace(colour, planar_configuration=1))

    np.testing.assert_array_equal(decode_frame(rgb.tobytes(), colour), rgb)
    np.testing.assert_array_equal(planes, rgb)


@pytest.mark.parametrize(
    ("changes", "data", "reason"),
    [
        ({}, b"\0" * 7, "truncated: 7 of 8"),
        ({"transfer_syntax_uid": "1.2.840.10008.1.2.4.100"}, b"", "not supported"),
        ({"photometric_interpretation": "CMYK"}, b"", "not supported"),
        ({"samples_per_pixel": 3}, b"", "contradicts"),
        ({"bits_allocated": 32, "bits_stored": 32}, b"", "32 allocated"),
        ({"rows": 0}, b"", "holds nothing"),
        ({"photometric_interpretation": "PALETTE COLOR"}, b"\0" * 8, "lookup tables"),
        ({"transfer_syntax_uid": "1.2.840.10008.1.2.5"}, b"\1\0\0\0", "RLE frame"),
        ({"transfer_syntax_uid": "1.2.840.10008.1.2.4.70"}, b"not a jpeg", "no image of the kind"),
        ({"transfer_syntax_uid": "1.2.840.10008.1.2.4.90"}, b"", "no image of the kind"),
    ],
)
def test_what_cannot_be_decoded_says_why(changes: dict[str, object], data: bytes, reason: str) -> None:
    with pytest.raises(DecodingError, match=reason):
        decode_frame(data, description(**changes))


@pytest.mark.parametrize("name", ["JPGExtended", "JPEG-lossy", "JPEG2000", "MR_small_jpeg_ls_lossless", "MR_small_RLE"])
def test_a_truncated_compressed_frame_is_an_error_or_a_whole_picture_never_a_crash(name: str) -> None:
    dataset = read(BUNDLED / f"{name}.dcm")
    data, pixels = bytes_of_frame(dataset), describe_pixels(dataset)
    failures = 0
    for length in (4, 30, 200, len(data) // 2):
        try:
            assert decode_frame(data[:length], pixels).shape == (pixels.rows, pixels.columns)
        except DecodingError:
            failures += 1

    assert failures >= 2


def test_a_codestream_that_promises_another_size_is_refused_before_it_is_decoded() -> None:
    dataset = read(BUNDLED / "JPEG-lossy.dcm")
    data = bytearray(bytes_of_frame(dataset))
    header = read_jpeg_header(bytes(data))
    assert header is not None
    place = data.find(header.rows.to_bytes(2, "big") + header.columns.to_bytes(2, "big"))
    data[place : place + 4] = b"\xff\xff\xff\xff"

    with pytest.raises(DecodingError, match="65535, 65535"):
        decode_frame(bytes(data), describe_pixels(dataset))


def test_a_jpeg_2000_header_tells_size_depth_and_sign() -> None:
    header = read_jpeg2000_header(bytes_of_frame(read(BUNDLED / "693_J2KI.dcm")))

    assert header is not None
    assert (header.rows, header.columns, header.components, header.precision, header.signed) == (512, 512, 1, 16, True)


def test_unsupported_syntaxes_are_known_beforehand() -> None:
    assert unsupported_syntax("1.2.840.10008.1.2.4.100")
    assert not unsupported_syntax("1.2.840.10008.1.2.4.201")
