"""What names people inside a compressed picture is zeroed; its pixels are the same."""

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit

from annotator.imaging.deidentification.codestream_comments import comment_spans, without_comments
from tests.annotator.imaging.deidentification.conftest import Deidentify
from tests.builders.studies import ct_series

PICTURE = (np.arange(64 * 64).reshape(64, 64) % 251).astype(np.uint8)


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(*segments: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, "JPEG", quality=90)
    content = buffer.getvalue()
    return content[:2] + b"".join(segments) + content[2:]


def jpeg2000(comment: bytes) -> bytes:
    content = imagecodecs.jpeg2k_encode(PICTURE, level=0, codecformat="j2k", reversible=True)
    size = 4 + int.from_bytes(content[4:6], "big")
    return content[:size] + segment(0x64, b"\0\1" + comment) + content[size:]


@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xFE, b"Patient Wolkenstein"),
        (0xE1, b"Exif\0\0Artist Wolkenstein"),
        (0xED, b"Photoshop 3.0\0by Wolkenstein"),
        (0xE0, b"JFXX\0thumbnail Wolkenstein"),
        (0xE2, b"MPF\0Wolkenstein"),
        (0xFE, b"Creator: Wolkenstein 12345678"),
    ],
)
def test_comments_and_camera_data_are_zeroed_and_pixels_stay(marker: int, body: bytes) -> None:
    content = jpeg(segment(marker, body))
    cleaned = without_comments(content)
    assert b"Wolkenstein" not in cleaned
    assert len(cleaned) == len(content)
    np.testing.assert_array_equal(imagecodecs.jpeg8_decode(cleaned), imagecodecs.jpeg8_decode(content))


@pytest.mark.parametrize(
    ("marker", "body"),
    [(0xFE, b"LEAD Technologies Inc. V1.01\0"), (0xEE, b"Adobe\0d\0\0\0\0\1"), (0xE2, b"ICC_PROFILE\0\1\1")],
)
def test_what_decoders_read_and_encoders_say_of_themselves_stays(marker: int, body: bytes) -> None:
    content = jpeg(segment(marker, body))
    assert comment_spans(content) == []
    assert without_comments(content) is content


def test_comments_of_jpeg_2000_go_and_its_encoders_name_stays() -> None:
    named = jpeg2000(b"Patient Wolkenstein")
    cleaned = without_comments(named)
    assert b"Wolkenstein" not in cleaned
    assert b"OpenJPEG" in cleaned
    np.testing.assert_array_equal(imagecodecs.jpeg2k_decode(cleaned), PICTURE)


@pytest.mark.parametrize(
    "head", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xfe\xff\xff", b"\xff\xd8\xff\xfe\0\0"]
)
def test_streams_that_break_off_are_left_as_they_are(head: bytes) -> None:
    assert len(without_comments(head)) == len(head)


def test_every_frame_of_a_file_loses_its_comments(tmp_path: Path, deidentify: Deidentify) -> None:
    dataset = pydicom.dcmread(ct_series(tmp_path, slices=1)[0])
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = 64, 64, 3
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    for syntax, frame in (
        (JPEGBaseline8Bit, jpeg(segment(0xFE, b"Wolkenstein"))),
        (JPEG2000Lossless, jpeg2000(b"Wolkenstein")),
    ):
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.PixelData = encapsulate([frame] * 3)
        dataset["PixelData"].is_undefined_length = True
        source = tmp_path / "commented.dcm"
        dataset.save_as(source)
        assert source.read_bytes().count(b"Wolkenstein") == 3
        written = deidentify(source)
        assert b"Wolkenstein" not in written.read_bytes()
        frames = list(generate_frames(pydicom.dcmread(written).PixelData, number_of_frames=3))
        decode = imagecodecs.jpeg8_decode if syntax == JPEGBaseline8Bit else imagecodecs.jpeg2k_decode
        for one in frames:
            np.testing.assert_array_equal(decode(one), decode(frame))
