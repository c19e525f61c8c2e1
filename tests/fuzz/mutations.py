"""Damage to DICOM files, the same for the same seed: bytes, lengths, tags, values, cuts, insertions, nesting."""

import io
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from pydicom.filereader import data_element_generator, read_dataset

PIXEL_DATA = (0x7FE0, 0x0010)
PREAMBLE = 132
DEFLATED = "1.2.840.10008.1.2.1.99"
# Numbers by which programs are led to read too far, allocate too much, or loop.
LENGTHS = (0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFE, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
SHORTS = (0, 1, 2, 3, 7, 8, 9, 12, 15, 16, 17, 32, 255, 4096, 65535)
BYTES = (0x00, 0x01, 0x20, 0x2F, 0x5C, 0x7F, 0x80, 0xFE, 0xFF)
TAGS = (
    (0x7FE0, 0x0010), (0x7FE0, 0x0001), (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD), (0x0028, 0x0008),
    (0x0028, 0x0010), (0x0028, 0x0100), (0x0028, 0x1201), (0x0008, 0x0005), (0x5200, 0x9230), (0x6000, 0x3000),
    (0x0000, 0x0000), (0x0002, 0x0010), (0xFFFF, 0xFFFF), (0x0009, 0x0010), (0x0028, 0x3010),
)  # fmt: skip
TEXTS = (b"\\", b"\x00", b"<script>alert(1)</script>", b"../../etc/passwd", b"\x1b$B", b"\xff\xfe", b"1e999", b"-1")


@dataclass(frozen=True)
class ElementPlace:
    """Where an element of the top level lies in a file."""

    tag: tuple[int, int]
    begin: int
    value: int
    length: int

    @property
    def end(self) -> int:
        return self.value + self.length


class Sample:
    """A whole file, and where its elements lie."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content

    @cached_property
    def endian(self) -> str:
        return ">" if self._syntax == "1.2.840.10008.1.2.2" else "<"

    @cached_property
    def _syntax(self) -> str:
        try:
            meta = read_dataset(io.BytesIO(self.content[PREAMBLE:]), False, True, stop_when=_behind_the_meta_group)
            return str(meta.TransferSyntaxUID)
        except Exception:  # noqa: BLE001
            return ""  # a sample may be damaged itself

    @cached_property
    def elements(self) -> list[ElementPlace]:
        """Of the dataset, those of defined length, in their order; as far as they can be read."""
        if self._syntax == DEFLATED:
            return []
        begin = self._dataset_begin()
        file = io.BytesIO(self.content)
        file.seek(begin)
        found = []
        implicit, little = self._syntax == "1.2.840.10008.1.2", self.endian == "<"
        try:
            for raw in data_element_generator(file, implicit, little):
                length = getattr(raw, "length", None)
                if length is not None and length != 0xFFFFFFFF:
                    place = ElementPlace((raw.tag.group, raw.tag.element), begin, raw.value_tell, length)
                    found.append(place)
                begin = file.tell()
        except Exception:  # noqa: BLE001 - a sample may be damaged itself
            return found
        return found

    def _dataset_begin(self) -> int:
        if self.content[128:132] != b"DICM":
            return 0
        at = PREAMBLE
        while self.content[at : at + 2] == b"\x02\x00":
            vr = self.content[at + 4 : at + 6]
            long = vr in (b"OB", b"OW", b"UN", b"UT", b"SQ")
            step = struct.unpack_from("<L", self.content, at + 8)[0] + 12 if long else 0
            at += step or struct.unpack_from("<H", self.content, at + 6)[0] + 8
        return at

    @cached_property
    def pixels(self) -> tuple[int, int]:
        """Where the value of Pixel Data begins and where the file ends; both at its end when there is none."""
        if self._syntax == DEFLATED:
            return self._dataset_begin(), len(self.content)
        for place in self.elements:
            if place.tag == PIXEL_DATA:
                return place.value, len(self.content)
        mark = struct.pack(f"{self.endian}HH", *PIXEL_DATA)
        at = self.content.rfind(mark + b"O")
        return (at + 12 if at >= 0 else len(self.content)), len(self.content)


@dataclass(frozen=True)
class Damage:
    """A damaged file: how, and whether the damage lies outside of the pixel data."""

    kind: str
    content: bytes
    outside_pixels: bool


def _behind_the_meta_group(tag: int, _vr: str | None, _length: int) -> bool:
    return tag >> 16 != 2


def damage(sample: Sample, seed: int) -> Damage:
    """Damage a sample in one of many ways."""
    dice = random.Random(f"{sample.name} {seed}")
    kind, change = dice.choices(_KINDS, weights=_WEIGHTS)[0]
    content, outside = change(sample, dice)
    return Damage(kind, content, outside)


def _place(sample: Sample, dice: random.Random) -> int:
    """Mostly in the header: there a byte decides more."""
    begin, end = sample.pixels
    if begin < end and dice.random() < 0.25:
        return dice.randrange(begin, end)
    return dice.randrange(min(128, begin - 1) if dice.random() < 0.9 else 0, max(1, begin))


def _flip(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    changed = bytearray(sample.content)
    outside = True
    for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
        at = _place(sample, dice)
        changed[at] = dice.choice(BYTES) if dice.random() < 0.4 else changed[at] ^ (1 << dice.randrange(8))
        outside &= at < sample.pixels[0]
    return bytes(changed), outside


def _cut(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    return sample.content[: _place(sample, dice)], False


def _insert(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    at = _place(sample, dice)
    fresh = dice.choice((dice.randbytes(dice.randrange(1, 40)), dice.choice(TEXTS), bytes(dice.randrange(1, 300))))
    return sample.content[:at] + fresh + sample.content[at:], at < sample.pixels[0]


def _remove(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    at, length = _place(sample, dice), dice.choice((1, 2, 4, 8, 100))
    return sample.content[:at] + sample.content[at + length :], at + length < sample.pixels[0]


def _length(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    """A length field of the header, or of a fragment."""
    if not sample.elements or dice.random() < 0.15:
        return _fragment_length(sample, dice)
    place = dice.choice(sample.elements)
    size = 2 if place.value - place.begin == 8 and sample.content[place.begin + 4 : place.begin + 6].isalpha() else 4
    wrong = dice.choice((*LENGTHS, max(0, place.length - 1), place.length + 1, place.length * 2 + 8))
    packed = struct.pack(f"{sample.endian}{'H' if size == 2 else 'L'}", wrong & (0xFFFF if size == 2 else 0xFFFFFFFF))
    at = place.value - size
    return sample.content[:at] + packed + sample.content[at + size :], place.tag != PIXEL_DATA


def _fragment_length(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    at = sample.content.find(b"\xfe\xff\x00\xe0", dice.randrange(len(sample.content)))
    if at < 0:
        return _flip(sample, dice)
    return sample.content[: at + 4] + struct.pack("<L", dice.choice(LENGTHS)) + sample.content[at + 8 :], False


def _tag(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    if not sample.elements:
        return _flip(sample, dice)
    place = dice.choice(sample.elements)
    packed = struct.pack(f"{sample.endian}HH", *dice.choice(TAGS))
    return sample.content[: place.begin] + packed + sample.content[place.begin + 4 :], place.tag != PIXEL_DATA


def _value(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    """A short value: a number to its extremes, a text to something that isn't one."""
    short = [place for place in sample.elements if 0 < place.length <= 64 and place.tag != PIXEL_DATA]
    if not short:
        return _flip(sample, dice)
    described = [place for place in short if place.tag[0] == 0x0028]
    place = dice.choice(described if described and dice.random() < 0.6 else short)
    if place.length == 2:
        fresh = struct.pack(f"{sample.endian}H", dice.choice(SHORTS))
    else:
        fresh = (dice.choice((*TEXTS, b"99999999", b"0", b" ", b"nan")) * 64)[: place.length]
    return sample.content[: place.value] + fresh + sample.content[place.end :], True


def _representation(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    if not sample.elements:
        return _flip(sample, dice)
    place = dice.choice(sample.elements)
    fresh = dice.choice((b"SQ", b"UN", b"OB", b"OW", b"UT", b"DS", b"IS", b"US", b"PN", b"AT", b"zz", b"\x00\x00"))
    at = place.begin + 4
    return sample.content[:at] + fresh + sample.content[at + 2 :], place.tag != PIXEL_DATA


def _twice(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    if not sample.elements:
        return _flip(sample, dice)
    place = dice.choice(sample.elements)
    other = dice.choice(sample.elements)
    piece = sample.content[place.begin : min(place.end, place.begin + 4096)]
    outside = PIXEL_DATA not in (place.tag, other.tag)
    return sample.content[: other.begin] + piece + sample.content[other.begin :], outside


def _nested(sample: Sample, dice: random.Random) -> tuple[bytes, bool]:
    """Sequences in sequences, of undefined length, closed or not."""
    depth = dice.choice((3, 50, 400, 3000))
    if not sample.elements or sample.endian == ">":
        return _flip(sample, dice)
    at = dice.choice(sample.elements).begin
    explicit = sample.content[at + 4 : at + 6].isalpha()
    head = b"\x08\x00\x40\x11" + (b"SQ\x00\x00" if explicit else b"") + b"\xff\xff\xff\xff"
    opened = (head + b"\xfe\xff\x00\xe0\xff\xff\xff\xff") * depth
    closed = (b"\xfe\xff\x0d\xe0\x00\x00\x00\x00" + b"\xfe\xff\xdd\xe0\x00\x00\x00\x00") * depth
    return sample.content[:at] + opened + (closed if dice.random() < 0.7 else b"") + sample.content[at:], True


_Change = Callable[[Sample, random.Random], tuple[bytes, bool]]
_WEIGHED: tuple[tuple[str, _Change, int], ...] = (
    ("bytes flipped", _flip, 26),
    ("cut", _cut, 8),
    ("bytes inserted", _insert, 8),
    ("bytes removed", _remove, 8),
    ("length changed", _length, 14),
    ("tag changed", _tag, 8),
    ("value changed", _value, 14),
    ("VR changed", _representation, 5),
    ("element repeated", _twice, 5),
    ("nested deeply", _nested, 4),
)
_KINDS = [(kind, change) for kind, change, _ in _WEIGHED]
_WEIGHTS = [weight for _, _, weight in _WEIGHED]
