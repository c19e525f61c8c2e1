"""Overlay planes (60xx,eeee) of a header: bitmaps of graphics or regions that lie over the picture.

What contradicts itself is left out: a picture without its overlay is right, one with a wrong overlay is not.
Source: DICOM PS3.3 C.9.2 (Overlay Plane), C.9.3 (Multi-frame Overlay), PS3.5 8.1.2 (overlays in unused bits).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from annotator.imaging.frame_description import OverlayKind
from annotator.imaging.headers.dicom_values import HEADER_ERRORS, clean_text

FIRST_GROUP, LAST_GROUP = 0x6000, 0x60FE
MAX_PLANES = 16
# A plane is a bit a pixel in the file and a byte a pixel while it is encoded.
MAX_PLANE_PIXELS = 100_000_000


@dataclass(frozen=True)
class OverlayPlane:
    """One group 60xx.

    Attributes
    ----------
    row, column : where its top-left pixel lies in the frame's matrix, from 0; may lie outside.
    first_frame, frames : the image's frames that it covers, from 1; frames is None when it covers all of them.
    bits : (frames, or 1) x rows x columns packed into bytes, the lowest bit first; None when embedded in Pixel Data.
    bit_position : of an embedded plane, in each pixel's word.
    """

    group: int
    label: str
    description: str
    kind: OverlayKind
    rows: int
    columns: int
    row: int
    column: int
    first_frame: int = 1
    frames: int | None = None
    bits: bytes | None = None
    bit_position: int = 0

    def covers(self, number: int) -> bool:
        """Whether it lies over the image's frame of this number (from 1)."""
        return self.frames is None or self.first_frame <= number < self.first_frame + self.frames

    def bitmap(self, number: int) -> NDArray[np.bool_]:
        """(rows, columns) of a separate plane over the frame of this number.

        Raises
        ------
        ValueError : the plane doesn't cover the frame, or lies in Pixel Data.
        """
        if self.bits is None or not self.covers(number):
            raise ValueError(f"Group {self.group:04X} holds no bitmap over frame {number}.")
        pixels = self.rows * self.columns
        start = 0 if self.frames is None else (number - self.first_frame) * pixels
        # Frames follow each other bit by bit, without padding to bytes.
        packed = np.frombuffer(self.bits, np.uint8)[start // 8 : (start + pixels + 7) // 8]
        bits = np.unpackbits(packed, bitorder="little")[start % 8 : start % 8 + pixels]
        return bits.reshape(self.rows, self.columns).astype(np.bool_)


def overlay_planes(dataset: Dataset) -> list[OverlayPlane]:
    """The planes that can be shown, in the order of their groups."""
    groups = sorted({tag.group for tag in dataset.keys() if FIRST_GROUP <= tag.group <= LAST_GROUP})  # noqa: SIM118
    found = (_plane(dataset, group) for group in groups if group % 2 == 0)
    return [plane for plane in found if plane is not None][:MAX_PLANES]


def _plane(dataset: Dataset, group: int) -> OverlayPlane | None:
    bits = _bits(dataset, group)
    rows, columns = _integers(dataset, group, 0x0010), _integers(dataset, group, 0x0011)
    image = (_image_number(dataset, "Rows"), _image_number(dataset, "Columns"))
    if bits is None and not rows and not columns:
        rows, columns = (image[0],), (image[1],)
    if len(rows) != 1 or len(columns) != 1 or rows[0] < 1 or columns[0] < 1 or rows[0] * columns[0] > MAX_PLANE_PIXELS:
        return None
    origin = _integers(dataset, group, 0x0050) or (1, 1)
    if len(origin) != 2:
        return None
    plane = OverlayPlane(
        group=group,
        label=_text(dataset, group, 0x1500),
        description=_text(dataset, group, 0x0022),
        kind="region" if _text(dataset, group, 0x0040).upper() == "R" else "graphics",
        rows=rows[0],
        columns=columns[0],
        row=origin[0] - 1,
        column=origin[1] - 1,
    )
    if bits is None:
        return _embedded(dataset, plane, image)
    return _separate(dataset, plane, bits)


def _separate(dataset: Dataset, plane: OverlayPlane, bits: bytes) -> OverlayPlane | None:
    counted = _integers(dataset, plane.group, 0x0015)
    frames = counted[0] if counted else None
    if frames is not None and frames < 1:
        return None
    if len(bits) * 8 < plane.rows * plane.columns * (frames or 1):
        return None
    first = (_integers(dataset, plane.group, 0x0051) or (1,))[0]
    return OverlayPlane(**{**vars(plane), "bits": bits, "frames": frames, "first_frame": first})


def _embedded(dataset: Dataset, plane: OverlayPlane, image: tuple[int, int]) -> OverlayPlane | None:
    """A plane in a bit of each pixel's word that holds no pixel value; retired in 2004 and still in archives."""
    position = _integers(dataset, plane.group, 0x0102)
    allocated, stored = _image_number(dataset, "BitsAllocated"), _image_number(dataset, "BitsStored")
    high = _image_number(dataset, "HighBit") or stored - 1
    if len(position) != 1 or _integers(dataset, plane.group, 0x0100) not in ((allocated,), ()):
        return None
    if _image_number(dataset, "SamplesPerPixel") > 1 or (plane.rows, plane.columns) != image:
        return None
    if not 0 <= position[0] < allocated or high - stored < position[0] <= high:
        return None
    return OverlayPlane(**{**vars(plane), "bit_position": position[0]})


def _bits(dataset: Dataset, group: int) -> bytes | None:
    try:
        element = dataset.get((group, 0x3000))
        value = element.value if element is not None else None
        if not isinstance(value, bytes) or not value:
            return None
        if element.VR == "OW" and dataset.original_encoding[1] is False:
            words = np.frombuffer(value[: len(value) // 2 * 2], np.uint16)
            return words.byteswap().tobytes()
    except HEADER_ERRORS:
        return None
    return value


def _integers(dataset: Dataset, group: int, element: int) -> tuple[int, ...]:
    """All whole numbers of an element of a repeating group; () when absent or no numbers."""
    try:
        found = dataset.get((group, element))
        value = None if found is None else found.value
        if value is None or value == "":
            return ()
        parts = value if isinstance(value, (list, tuple)) or hasattr(value, "__iter__") else [value]
        return tuple(int(part) for part in parts)
    except HEADER_ERRORS:
        return ()


def _text(dataset: Dataset, group: int, element: int) -> str:
    try:
        found = dataset.get((group, element))
        return clean_text(str(found.value)).strip()[:64] if found is not None and found.value is not None else ""
    except HEADER_ERRORS:
        return ""


def _image_number(dataset: Dataset, keyword: str) -> int:
    try:
        return int(dataset.get(keyword) or 0)
    except HEADER_ERRORS:
        return 0
