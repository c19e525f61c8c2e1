"""What goes into the frame store comes out of it bit for bit."""

from contextlib import suppress

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotator.imaging.pixels.htj2k import MAX_REDUCTION, Htj2kError, decode_htj2k, encode_htj2k, prefix_lengths

SIDES = st.integers(1, 70)
SAMPLE_TYPES = st.sampled_from([np.uint8, np.int8, np.uint16, np.int16])


@st.composite
def pictures(draw: st.DrawFn) -> np.ndarray:
    if draw(st.booleans()):
        return draw(arrays(np.uint8, (draw(SIDES), draw(SIDES), 3)))
    return draw(arrays(draw(SAMPLE_TYPES), (draw(SIDES), draw(SIDES))))


@settings(deadline=None, max_examples=60)
@given(pictures())
def test_every_picture_comes_back_bit_for_bit(values: np.ndarray) -> None:
    back = decode_htj2k(encode_htj2k(values))

    assert back.dtype == values.dtype
    assert back.shape == values.shape
    np.testing.assert_array_equal(back, values)


@settings(deadline=None, max_examples=30)
@given(pictures(), st.integers(0, MAX_REDUCTION))
def test_each_reduction_halves_the_sides_rounded_up(values: np.ndarray, reduce: int) -> None:
    rows, columns = (-(-side // 2**reduce) for side in values.shape[:2])

    assert decode_htj2k(encode_htj2k(values), reduce=reduce).shape[:2] == (rows, columns)


def test_a_reduced_picture_keeps_the_values_of_every_fourth_pixel_of_a_smooth_one() -> None:
    ramp = np.add.outer(np.arange(512), np.arange(512)).astype(np.int16) - 1024

    difference = decode_htj2k(encode_htj2k(ramp), reduce=2) - ramp[::4, ::4]
    assert np.abs(difference).max() <= 2


@pytest.mark.parametrize("shape", [(0, 4), (3, 4, 2)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(Htj2kError, match="Can't encode"):
        encode_htj2k(np.zeros(shape, np.uint8))


def test_other_sample_types_are_refused() -> None:
    with pytest.raises(Htj2kError, match="float32"):
        encode_htj2k(np.zeros((4, 4), np.float32))


def test_broken_bytes_and_impossible_reductions_are_refused() -> None:
    with pytest.raises(Htj2kError, match="can't be decoded"):
        decode_htj2k(b"no codestream")
    with pytest.raises(Htj2kError, match="not 9"):
        decode_htj2k(encode_htj2k(np.zeros((4, 4), np.uint8)), reduce=9)


def low_pass(values: np.ndarray) -> np.ndarray:
    """Every second row's low-pass sample of the reversible 5/3 filter. Source: ISO/IEC 15444-1 F.4.8.1."""
    last = len(values) - 1
    row = [values[last - abs(last - abs(index))] for index in range(-2, len(values) + 3)]  # mirrored at both ends
    high = {index: row[index + 2] - ((row[index + 1] + row[index + 3]) >> 1) for index in range(-1, len(values) + 1, 2)}
    return np.stack([row[i + 2] + ((high[i - 1] + high[i + 1] + 2) >> 2) for i in range(0, len(values), 2)])


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
def test_a_halved_frame_is_the_low_pass_cut_to_what_its_samples_hold(dtype: str) -> None:
    """Beside an edge the filter overshoots; wrapped round, dark pixels would come out bright."""
    lowest, highest = np.iinfo(dtype).min, np.iinfo(dtype).max
    edges = np.random.default_rng(3).random((40, 48)) < 0.3
    values = np.where(edges, highest, lowest).astype(dtype)
    wanted = low_pass(low_pass(values.astype(np.int64)).T).T
    assert wanted.min() < lowest
    assert wanted.max() > highest
    reduced = decode_htj2k(encode_htj2k(values), reduce=1)
    assert reduced.dtype == values.dtype
    np.testing.assert_array_equal(reduced, np.clip(wanted, lowest, highest))


def test_a_halved_colour_frame_is_cut_too() -> None:
    values = np.zeros((40, 48, 3), np.uint8)
    values[np.random.default_rng(3).random((40, 48)) < 0.3] = 255
    reduced = decode_htj2k(encode_htj2k(values), reduce=1)
    wanted = np.clip(low_pass(low_pass(values[..., 0].astype(np.int64)).T).T, 0, 255)
    for channel in range(3):
        np.testing.assert_array_equal(reduced[..., channel], wanted)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16])
def test_the_first_bytes_are_the_reduced_picture_and_no_byte_fewer_would_do(dtype: type) -> None:
    information = np.iinfo(dtype)
    values = np.random.default_rng(5).integers(information.min, information.max, (217, 130)).astype(dtype)
    encoded = encode_htj2k(values)
    lengths = prefix_lengths(encoded)
    assert len(lengths) == MAX_REDUCTION
    assert list(lengths) == sorted(lengths, reverse=True)
    assert lengths[0] < 0.4 * len(encoded)
    for reduce, length in enumerate(lengths, start=1):
        assert np.array_equal(decode_htj2k(encoded[:length], reduce=reduce), decode_htj2k(encoded, reduce=reduce))
    cut = encoded[: lengths[0] - 400]
    with suppress(Htj2kError):
        assert not np.array_equal(decode_htj2k(cut, reduce=1), decode_htj2k(encoded, reduce=1))


def test_a_codestream_in_one_piece_has_no_such_beginning() -> None:
    values = np.zeros((64, 64), np.uint8)
    whole = imagecodecs.htj2k_encode(values, reversible=True, resolutions=MAX_REDUCTION)
    assert prefix_lengths(bytes(whole)) == ()
    assert prefix_lengths(b"") == ()
    assert prefix_lengths(encode_htj2k(values)[:60]) == ()
