import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.datasets.looks import likeness, look_of, near_pairs, signed


def picture(seed: int, size: int = 200) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 1, (12, 12)).astype(np.float32)
    smooth = cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC)
    return ((smooth - smooth.min()) / np.ptp(smooth) * 2000).astype(np.uint16)


def distance(one: np.ndarray, other: np.ndarray) -> int:
    bits, other_bits = look_of(one).bits, look_of(other).bits
    assert bits is not None
    assert other_bits is not None
    return (bits ^ other_bits).bit_count()


def test_a_picture_keeps_its_look_when_it_is_windowed_scaled_and_compressed() -> None:
    for seed in range(20):
        whole = picture(seed)
        windowed = (np.clip(whole, 100, 1900) / 8).astype(np.uint8)
        scaled = cv2.resize(windowed, (150, 150), interpolation=cv2.INTER_AREA)
        jpeg = cv2.imdecode(cv2.imencode(".jpg", scaled, [cv2.IMWRITE_JPEG_QUALITY, 70])[1], cv2.IMREAD_GRAYSCALE)
        assert distance(whole, jpeg) <= 4
        assert likeness(look_of(whole).thumbnail, look_of(jpeg).thumbnail) > 0.985


def test_pictures_of_other_things_look_otherwise() -> None:
    assert min(distance(picture(a), picture(b)) for a in range(8) for b in range(a)) > 10


def test_a_picture_of_one_grey_has_no_look() -> None:
    assert look_of(np.full((50, 60), 7, np.int16)).bits is None


def test_colour_is_seen_as_its_grey() -> None:
    grey = (picture(1) // 8).astype(np.uint8)
    assert distance(grey, np.repeat(grey[..., None], 3, axis=2)) <= 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 8), st.integers(2, 60), st.integers(0, 2**32))
def test_banding_finds_what_comparing_everything_with_everything_finds(bits: int, count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    looks = random.integers(0, 2**63, 6, dtype=np.uint64)[random.integers(0, 6, count)]
    for _ in range(6):
        looks ^= np.uint64(1) << random.integers(0, 64, count).astype(np.uint64)
    sides = random.integers(0, 3, count).astype(np.int32)
    found = [pair for one, other in near_pairs(looks, sides, bits=bits) for pair in zip(one, other, strict=True)]
    wanted = {
        (a, b)
        for b in range(count)
        for a in range(b)
        if sides[a] != sides[b] and (int(looks[a]) ^ int(looks[b])).bit_count() <= bits
    }
    assert len(found) == len(set(found))
    assert set(found) == wanted


@given(st.integers(0, 2**64 - 1))
def test_bits_come_back_from_a_signed_column(bits: int) -> None:
    assert signed(bits) % 2**64 == bits
    assert -(2**63) <= signed(bits) < 2**63
