"""PNG, JPEG and TIFF: what another decoder reads from the file is what the object holds."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom.encaps import generate_frames

from annotator.imaging.errors import QuarantineError
from annotator.imaging.wrapping.picture_kinds import PictureKind, picture_kind

NOISE = np.random.default_rng(7)
GREY = NOISE.integers(0, 256, (23, 31), dtype=np.uint8)
DEEP = NOISE.integers(0, 65536, (23, 31), dtype=np.uint16)
COLOUR = NOISE.integers(0, 256, (23, 31, 3), dtype=np.uint8)


def saved(path: Path, pixels: np.ndarray, **options: object) -> Path:
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.mark.parametrize("name", ["p.png", "p.tif"])
@pytest.mark.parametrize("pixels", [GREY, DEEP, COLOUR], ids=["grey 8", "grey 16", "colour"])
def test_pixels_are_those_that_imagecodecs_reads(wrap, tmp_path, name, pixels):
    path = saved(tmp_path / name, pixels)
    expected = imagecodecs.imread(path.read_bytes())
    made = wrap(path)
    assert np.array_equal(made.pixel_array, expected)
    assert np.array_equal(expected, pixels)


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_deflate"])
@pytest.mark.parametrize("pixels", [GREY, DEEP], ids=["8", "16"])
def test_compressed_and_big_endian_tiff_give_their_pixels(wrap, tmp_path, compression, pixels):
    assert np.array_equal(wrap(saved(tmp_path / "p.tif", pixels, compression=compression)).pixel_array, pixels)


def test_a_big_endian_tiff_gives_its_pixels(wrap, tmp_path):
    path = tmp_path / "big.tif"
    path.write_bytes(big_endian_tiff(DEEP))
    assert np.array_equal(wrap(path).pixel_array, DEEP)


@pytest.mark.parametrize("pixels", [GREY, DEEP, COLOUR], ids=["grey 8", "grey 16", "colour"])
def test_pages_become_frames_in_their_order(wrap, tmp_path, pixels):
    pages = [np.roll(pixels, shift, axis=1) for shift in range(4)]
    images = [Image.fromarray(page) for page in pages]
    images[0].save(tmp_path / "p.tif", save_all=True, append_images=images[1:])
    made = wrap(tmp_path / "p.tif", spacing=(0.3, 0.4))
    assert np.array_equal(made.pixel_array, np.stack(pages))
    assert made.PixelSpacing == [0.3, 0.4]


def test_a_palette_gives_the_colours_that_it_stands_for(wrap, tmp_path):
    image = Image.fromarray(COLOUR).quantize(16)
    image.save(tmp_path / "p.png")
    assert np.array_equal(wrap(tmp_path / "p.png").pixel_array, np.asarray(image.convert("RGB")))


def test_black_and_white_becomes_black_and_white(wrap, tmp_path):
    bits = GREY > 127
    Image.fromarray(bits).save(tmp_path / "p.png")
    assert np.array_equal(wrap(tmp_path / "p.png").pixel_array, bits * np.uint8(255))


@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_a_baseline_jpeg_stays_the_very_bytes(wrap, tmp_path, pixels, subsampling):
    path = saved(tmp_path / "p.jpg", pixels, quality=80, subsampling=subsampling)
    made = wrap(path)
    (frame,) = generate_frames(made.PixelData, number_of_frames=1)
    assert frame.rstrip(b"\0") == path.read_bytes().rstrip(b"\0")
    assert made.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.50"
    assert made.LossyImageCompression == "01"
    assert made.LossyImageCompressionRatio > 0


def test_a_jpeg_says_its_colours_as_dicom_names_them(wrap, tmp_path):
    found = {}
    for subsampling in (0, 1):
        found[subsampling] = wrap(
            saved(tmp_path / f"{subsampling}.jpg", COLOUR, subsampling=subsampling)
        ).PhotometricInterpretation
    kept_rgb = tmp_path / "rgb.jpg"
    kept_rgb.write_bytes(imagecodecs.jpeg8_encode(COLOUR, colorspace="RGB", outcolorspace="RGB"))
    assert found == {0: "YBR_FULL", 1: "YBR_FULL_422"}
    assert wrap(kept_rgb).PhotometricInterpretation == "RGB"


def test_a_progressive_jpeg_goes_in_as_what_it_decodes_to(wrap, tmp_path):
    path = saved(tmp_path / "p.jpg", COLOUR, progressive=True)
    made = wrap(path)
    assert made.file_meta.TransferSyntaxUID.is_compressed is False
    assert np.array_equal(made.pixel_array, np.asarray(Image.open(path)))
    assert made.LossyImageCompression == "01"


def test_opaque_transparency_changes_nothing(wrap, tmp_path):
    whole = np.dstack([COLOUR, np.full(COLOUR.shape[:2], 255, np.uint8)])
    assert np.array_equal(wrap(saved(tmp_path / "p.png", whole)).pixel_array, COLOUR)


def test_what_somebody_made_invisible_stays_so(wrap, tmp_path):
    alpha = np.full(COLOUR.shape[:2], 255, np.uint8)
    alpha[:5] = 0
    made = wrap(saved(tmp_path / "p.png", np.dstack([COLOUR, alpha]))).pixel_array
    assert not made[:5].any()
    assert np.array_equal(made[5:], COLOUR[5:])


def test_a_half_transparent_picture_is_refused(wrap, tmp_path):
    alpha = np.full(COLOUR.shape[:2], 128, np.uint8)
    refused(wrap, saved(tmp_path / "p.png", np.dstack([COLOUR, alpha])), "see-through")


@pytest.mark.parametrize("name", ["p.jpg", "p.png", "p.tif"])
def test_a_picture_with_a_note_to_turn_it_is_refused(wrap, tmp_path, name):
    exif = Image.Exif()
    exif[0x0112] = 6
    refused(wrap, saved(tmp_path / name, COLOUR, exif=exif), "orientation 6")


def test_an_upright_note_is_no_hindrance(wrap, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 1
    assert wrap(saved(tmp_path / "p.jpg", COLOUR, exif=exif)).Rows == 23


def test_colours_of_16_bits_are_refused_not_shortened(wrap, tmp_path):
    deep = np.dstack([DEEP] * 3)
    cv2.imwrite(str(tmp_path / "p.png"), deep)
    cv2.imwrite(str(tmp_path / "p.tif"), deep)
    refused(wrap, tmp_path / "p.png", "16 bits")
    refused(wrap, tmp_path / "p.tif", "16 bits|can't be read")


def test_floating_tiff_cmyk_and_animation_are_refused_in_words(wrap, tmp_path):
    Image.fromarray(GREY.astype(np.float32)).save(tmp_path / "float.tif")
    Image.fromarray(COLOUR).convert("CMYK").save(tmp_path / "cmyk.jpg")
    frames = [Image.fromarray(GREY), Image.fromarray(GREY[::-1].copy())]
    frames[0].save(tmp_path / "moving.png", save_all=True, append_images=frames[1:])
    refused(wrap, tmp_path / "float.tif", "32 bits")
    refused(wrap, tmp_path / "cmyk.jpg", "4 components")
    refused(wrap, tmp_path / "moving.png", "animated")


def test_pages_of_different_size_are_refused(wrap, tmp_path):
    images = [Image.fromarray(GREY), Image.fromarray(GREY[:10].copy())]
    images[0].save(tmp_path / "p.tif", save_all=True, append_images=images[1:])
    refused(wrap, tmp_path / "p.tif", "Page 2 differs")


def test_a_header_that_promises_too_much_is_refused_before_anything_is_decoded(wrap, tmp_path):
    path = tmp_path / "p.png"
    ihdr = struct.pack(">LLBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + ihdr
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">L", len(ihdr)) + chunk + struct.pack(">L", zlib.crc32(chunk)))
    refused(wrap, path, "more than are taken in|can't be read")


@pytest.mark.parametrize("name", ["p.png", "p.jpg", "p.tif"])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.95])
def test_a_picture_that_breaks_off_is_refused(wrap, tmp_path, name, keep):
    path = saved(tmp_path / name, COLOUR)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    refused(wrap, path, "can't be read|damaged|no picture")


def test_the_same_picture_and_details_make_the_same_bytes(wrap, tmp_path):
    path = saved(tmp_path / "p.png", COLOUR)
    made = [(wrap(path, laterality="L"), (tmp_path / "p.png.dcm").read_bytes()) for _ in range(2)]
    assert made[0][1] == made[1][1]
    other = wrap(path, patient_id="P-2")
    assert other.SOPInstanceUID != made[0][0].SOPInstanceUID
    assert other.StudyInstanceUID != made[0][0].StudyInstanceUID


def test_one_study_of_a_patient_holds_its_pictures(wrap, tmp_path):
    first, second = saved(tmp_path / "a.png", COLOUR), saved(tmp_path / "b.png", GREY)
    one, two = wrap(first, study_date="20260102", modality="US"), wrap(second, study_date="20260102", modality="US")
    later = wrap(second, study_date="20260203", modality="US")
    assert one.StudyInstanceUID == two.StudyInstanceUID != later.StudyInstanceUID
    assert one.SeriesInstanceUID == two.SeriesInstanceUID
    assert one.SOPInstanceUID != two.SOPInstanceUID


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", PictureKind.PNG),
        (b"\xff\xd8\xff\xe0", PictureKind.JPEG),
        (b"II*\0", PictureKind.TIFF),
        (b"MM\0*", PictureKind.TIFF),
        (b"II*\0" + b"\0" * 124 + b"DICM", None),
        (b"%PDF-1.4", None),
        (b"", None),
        (b"\x1f\x8b\x08\0\0", None),
    ],
)
def test_kinds_are_told_by_the_first_bytes(head, kind):
    assert picture_kind(head) is kind


def refused(wrap, path: Path, words: str) -> None:
    with pytest.raises(QuarantineError, match=words):
        wrap(path)
    assert not path.with_name(f"{path.name}.dcm").exists()


def big_endian_tiff(pixels: np.ndarray) -> bytes:
    """One uncompressed strip, written by hand (TIFF 6.0)."""
    rows, columns = pixels.shape
    data = pixels.astype(">u2").tobytes()
    tags = [(256, 4, columns), (257, 4, rows), (258, 3, 16), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
            (278, 4, rows), (279, 4, len(data))]  # fmt: skip
    out = io.BytesIO()
    out.write(b"MM\0*" + struct.pack(">L", 8 + len(data)) + data)
    out.write(struct.pack(">H", len(tags)))
    for tag, kind, value in tags:
        out.write(
            struct.pack(">HHL", tag, kind, 1)
            + (struct.pack(">HH", value, 0) if kind == 3 else struct.pack(">L", value))
        )
    out.write(b"\0\0\0\0")
    return out.getvalue()
