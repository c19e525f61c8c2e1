"""Whether two files hold the same object, whoever wrote them: programs put their own names into the meta information.

Source: DICOM PS3.10 7.1 (File Meta Information).
"""

import struct
from typing import BinaryIO

from annotator.imaging.store.filing import Place, open_place

CHUNK_BYTES = 1 << 20
PREFIX_BYTES = 132
# (0002,0000), explicit VR little endian: tag, "UL", length 4, and the bytes of meta information that follow it.
GROUP_LENGTH = struct.Struct("<HH2sHL")


def same_dataset(one: Place, other: Place) -> bool:
    """Whether two files are equal behind their meta information; no where either has none of a stated length.

    The caller knows that their transfer syntaxes are the same.

    Raises
    ------
    FileNotFoundError, UnavailableError : as open_place.
    """
    with open_place(one) as first, open_place(other) as second:
        if not (_to_dataset(first) and _to_dataset(second)):
            return False
        while True:
            piece, counterpart = first.read(CHUNK_BYTES), second.read(CHUNK_BYTES)
            if piece != counterpart:
                return False
            if not piece:
                return True


def _to_dataset(file: BinaryIO) -> bool:
    head = file.read(PREFIX_BYTES + GROUP_LENGTH.size)
    if len(head) < PREFIX_BYTES + GROUP_LENGTH.size or head[PREFIX_BYTES - 4 : PREFIX_BYTES] != b"DICM":
        return False
    group, element, vr, length, following = GROUP_LENGTH.unpack(head[PREFIX_BYTES:])
    if (group, element, vr, length) != (2, 0, b"UL", 4):
        return False
    file.seek(len(head) + following)
    return True
