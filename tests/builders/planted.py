"""DICOM files with a secret in every attribute, written byte by byte: no library decides what is written.

Explicit VR little endian. `Plant.secrets` tells where each secret lies.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from string import ascii_lowercase

from pydicom.datadict import DicomDictionary
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

LONG_FORM = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
STRINGS = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
WITHOUT_LENGTH = 0xFFFFFFFF
SURNAME = "Wolkenstein"
PATIENT_ID = "MRN7734512"
PATIENT_NAME_TAG, PATIENT_ID_TAG = 0x00100010, 0x00100020
SOP_CLASS, CHARACTER_SET = 0x00080016, 0x00080005
# Sequences that a level may lie in: kept, cleaned, replaced, mapped, unlisted, removed.
STANDARD_SEQUENCES = {
    "kept": 0x0018100A,  # UDI
    "cleaned": 0x00081084,  # Admitting Diagnoses Code
    "replaced": 0x0040A730,  # Content
    "mapped": 0x00081140,  # Referenced Image
    "unlisted": 0x52009230,  # Per-frame Functional Groups
    "removed": 0x00400275,  # Request Attributes
}


def element(tag: int, vr: str, value: bytes, *, implicit: bool = False) -> bytes:
    """One data element; odd values are padded."""
    value += (b"\0" if vr in ("UI", "OB", "UN") else b" ") * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if implicit:
        return head + struct.pack("<L", len(value)) + value
    if vr in LONG_FORM:
        return head + vr.encode() + b"\0\0" + struct.pack("<L", len(value)) + value
    return head + vr.encode() + struct.pack("<H", len(value)) + value


def sequence(tag: int, items: Sequence[bytes], *, vr: str = "SQ", open_ended: bool = False) -> bytes:
    """A sequence; `open_ended` leaves its length and its items' undefined."""
    if not open_ended:
        body = b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, len(item)) + item for item in items)
        return element(tag, vr, body)
    begin, end = struct.pack("<HHL", 0xFFFE, 0xE000, WITHOUT_LENGTH), struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode() + b"\0\0" + struct.pack("<L", WITHOUT_LENGTH)
    return head + b"".join(begin + item + end for item in items) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


@dataclass
class Plant:
    """Makes files whose every string holds a secret.

    Attributes
    ----------
    prefix : how each secret of a text begins. "Wolkenstein" is the patient's own name, which the object tells.
    secrets : (depth, tag, VR) by secret.
    """

    prefix: str
    secrets: dict[bytes, tuple[int, int, str]] = field(default_factory=dict)
    _letters: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._letters = ("".join(one) for one in product(ascii_lowercase, repeat=4))

    def secret(self, depth: int, tag: int, vr: str) -> bytes:
        """A fresh secret, in capitals where the VR asks for them."""
        text = f"{self.prefix}{next(self._letters)}"
        made = (text.upper() if vr in ("AE", "CS") else text).encode()
        self.secrets[made] = (depth, tag, vr)
        return made

    def level(self, depth: int, *, chain: Sequence[str], implicit: bool = False) -> bytes:
        """Every string attribute of the dictionary with a secret, private ones, curves; below, the rest of a chain.

        Parameters
        ----------
        chain : kinds of STANDARD_SEQUENCES, "private" or "unknown", one a depth.
        """
        made: dict[int, bytes] = {}
        for tag, vr in string_attributes():
            made[tag] = element(tag, vr, self.secret(depth, tag, vr), implicit=implicit)
        if depth == 0:
            made[PATIENT_NAME_TAG] = element(PATIENT_NAME_TAG, "PN", f"{SURNAME}^Adalbert".encode(), implicit=implicit)
            made[PATIENT_ID_TAG] = element(PATIENT_ID_TAG, "LO", PATIENT_ID.encode(), implicit=implicit)
        for tag, vr in ((0x50000022, "LO"), (0x50003000, "OB"), (0x60000022, "LO"), (0x60004000, "LT")):
            made[tag] = element(tag, vr, self.secret(depth, tag, vr), implicit=implicit)
        # Of no edition of the standard, and with a VR that nobody knows.
        made[0x0008FFF0] = element(0x0008FFF0, "LO", self.secret(depth, 0x0008FFF0, "LO"), implicit=implicit)
        made[0x0028FFF2] = element(0x0028FFF2, "UN", self.secret(depth, 0x0028FFF2, "UN"), implicit=implicit)
        made.update(self._private(depth, implicit))
        if chain and not implicit:
            below = chain[0]
            if below == "private":
                made[0x00331001] = sequence(0x00331001, [self.level(depth + 1, chain=chain[1:])], open_ended=True)
            elif below == "unknown":
                inside = self.level(depth + 1, chain=(), implicit=True)
                made[0x00409092] = sequence(0x00409092, [inside], vr="UN", open_ended=True)
            else:
                tag = STANDARD_SEQUENCES[below]
                made[tag] = sequence(tag, [self.level(depth + 1, chain=chain[1:])], open_ended=depth % 2 == 0)
        return b"".join(made[tag] for tag in sorted(made))

    def _private(self, depth: int, implicit: bool) -> dict[int, bytes]:
        made = {0x00330010: element(0x00330010, "LO", self.secret(depth, 0x00330010, "LO"), implicit=implicit)}
        for number, vr in enumerate((*STRINGS, "OB", "UN"), start=0x10):
            tag = 0x00331000 + number
            made[tag] = element(tag, vr, self.secret(depth, tag, vr), implicit=implicit)
        # A safe attribute's place under its maker's name, with a text in it; and a number that is what it says.
        made[0x00190010] = element(0x00190010, "LO", b"SIEMENS MR HEADER", implicit=implicit)
        made[0x0019100C] = element(0x0019100C, "IS", b"1000", implicit=implicit)
        made[0x0019100D] = element(0x0019100D, "CS", self.secret(depth, 0x0019100D, "CS"), implicit=implicit)
        made[0x00190030] = element(0x00190030, "LO", b"GEMS_PARM_01", implicit=implicit)
        made[0x00193039] = element(0x00193039, "LO", self.secret(depth, 0x00193039, "LO"), implicit=implicit)
        return made

    def file(self, path: Path, *, chain: Sequence[str]) -> Path:
        """A CT slice of 2x2 pixels with secrets at every depth, in its preamble, its meta information, its end."""
        top = self.level(0, chain=chain)
        pixels = element(0x7FE00010, "OW", bytes(range(8)))
        behind = element(0xFFFCFFFC, "OB", self.secret(0, 0xFFFCFFFC, "OB"))
        preamble = self.secret(0, 0, "OB").ljust(128, b"\0")
        meta = b"".join(
            (
                element(0x00020001, "OB", b"\0\1"),
                element(0x00020002, "UI", CTImageStorage.encode()),
                element(0x00020003, "UI", b"1.2.3.4"),
                element(0x00020010, "UI", ExplicitVRLittleEndian.encode()),
                element(0x00020013, "SH", self.secret(0, 0x00020013, "SH")),
                element(0x00020016, "AE", self.secret(0, 0x00020016, "AE")),
            )
        )
        length = element(0x00020000, "UL", struct.pack("<L", len(meta)))
        path.write_bytes(preamble + b"DICM" + length + meta + top + pixels + behind)
        return path


def string_attributes() -> list[tuple[int, str]]:
    """(tag, VR) of the strings and bytes of the standard's dictionary, but for what says how the file is read."""
    found = []
    for tag, (vr, *_) in DicomDictionary.items():
        told = vr.split(" or ")[0]
        if 8 <= tag >> 16 < 0x7FE0 and tag not in (SOP_CLASS, CHARACTER_SET) and (told in STRINGS or told == "OB"):
            found.append((tag, told))
    return found
