"""Damaged codestreams are refused: codecs guess what is missing, or print an error and go on with black."""

import struct

import imagecodecs
import numpy as np
import pytest

from annotator.imaging.pixels.decoding import DecodingError, PixelDescription, decode_frame
from annotator.imaging.pixels.htj2k import encode_htj2k
from annotator.imaging.pixels.swallowed_errors import noticing_swallowed_errors

PICTURE = np.random.default_rng(0).integers(0, 4000, (128, 128)).astype(np.uint16)


def described(syntax: str) -> PixelDescription:
    return PixelDescription(128, 128, 1, "MONOCHROME2", 16, 16, 0, 0, syntax)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.90"])
def test_a_codestream_that_was_cut_is_refused(syntax: str, kept: float) -> None:
    whole = encode_htj2k(PICTURE) if syntax.endswith("201") else bytes(imagecodecs.jpeg2k_encode(PICTURE, level=0))
    assert np.array_equal(decode_frame(whole, described(syntax)), PICTURE)
    assert np.array_equal(decode_frame(whole + b"\0", described(syntax)), PICTURE)
    with pytest.raises(DecodingError):
        decode_frame(whole[: int(len(whole) * kept)], described(syntax))


def test_an_error_that_the_codec_swallows_is_no_black_picture() -> None:
    """The bytes of a code-block's length are damaged until OpenJPH gives up and imagecodecs prints its error."""
    dice = np.random.default_rng(3)
    whole = bytearray(encode_htj2k(PICTURE))
    refused = black = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for at in dice.integers(120, len(whole) - 12, 3):
            damaged[at] = int(dice.integers(256))
        try:
            black += not decode_frame(bytes(damaged), described("1.2.840.10008.1.2.4.201")).any()
        except DecodingError as error:
            refused += "its codestream is damaged" in str(error)
    assert black == 0
    assert refused > 0


def test_a_tile_length_of_zero_goes_to_the_end() -> None:
    whole = bytearray(encode_htj2k(PICTURE))
    # Only the last tile-part may leave its length out.
    at = whole.rfind(b"\xff\x90\x00\x0a")
    whole[at + 6 : at + 10] = struct.pack(">L", 0)
    assert np.array_equal(decode_frame(bytes(whole), described("1.2.840.10008.1.2.4.201")), PICTURE)


def test_errors_of_others_are_passed_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen = []
    monkeypatch.setattr("sys.unraisablehook", lambda unraisable: seen.append(unraisable))

    class Fails:
        def __del__(self) -> None:
            raise ValueError("in a finaliser")

    with noticing_swallowed_errors() as swallowed:
        Fails()
    assert swallowed.errors == 0
    assert len(seen) == 1
