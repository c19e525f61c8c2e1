"""Overlays in the bits of pixel words that hold no pixel value: what is drawn there may be a name, and goes.

Source: DICOM PS3.5 8.1.2 (overlays in unused bits, retired in 2004).
"""

import numpy as np
from pydicom.dataset import Dataset

from annotator.imaging.headers.dicom_values import HEADER_ERRORS, integer

FIRST_GROUP, LAST_GROUP = 0x6000, 0x60FE
BIT_POSITION = 0x0102


def bits_of_values(dataset: Dataset) -> int | None:
    """The bits of a pixel's word that are kept; None where no overlay lies in the others, and all are."""
    allocated, stored = integer(dataset, "BitsAllocated") or 0, integer(dataset, "BitsStored") or 0
    if allocated not in (8, 16) or not 0 < stored < allocated or not _has_embedded(dataset):
        return None
    stated = integer(dataset, "HighBit")
    high = stated if stated is not None and stored <= stated + 1 <= allocated else stored - 1
    return ((1 << stored) - 1) << (high - stored + 1)


def only_bits(words: bytes, kept: int, *, bytes_each: int, little_endian: bool) -> bytes:
    """Words with the bits that aren't kept cleared; a cut last word stays as it is."""
    whole = len(words) - len(words) % bytes_each
    kind = np.dtype(np.uint8 if bytes_each == 1 else np.uint16).newbyteorder("<" if little_endian else ">")
    cleared = np.frombuffer(words[:whole], kind) & np.array(kept, dtype=kind)
    return cleared.astype(kind).tobytes() + words[whole:]


def _has_embedded(dataset: Dataset) -> bool:
    for tag in dataset.keys():  # noqa: SIM118
        if FIRST_GROUP <= tag.group <= LAST_GROUP and tag.element == BIT_POSITION:
            try:
                if int(dataset[tag].value or 0) > 0:
                    return True
            except HEADER_ERRORS:
                return True
    return False
