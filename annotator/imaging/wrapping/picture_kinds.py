"""What kind of picture a file is that isn't DICOM, by its first bytes and by its name."""

import struct
import zlib
from enum import Enum

NIFTI_1_HEADER_BYTES = 348
NIFTI_2_HEADER_BYTES = 540
NIFTI_MAGIC_AT = 344


class PictureKind(Enum):
    PNG = "PNG"
    JPEG = "JPEG"
    TIFF = "TIFF"
    NIFTI = "NIfTI"
    NIFTI_GZ = "compressed NIfTI"


EXTENSIONS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".nii", ".nii.gz")
TABLE_EXTENSION = ".csv"
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", PictureKind.PNG),
    (b"\xff\xd8\xff", PictureKind.JPEG),
    (b"II*\0", PictureKind.TIFF),
    (b"MM\0*", PictureKind.TIFF),
    (b"II+\0", PictureKind.TIFF),
    (b"MM\0+", PictureKind.TIFF),
)


def picture_kind(head: bytes) -> PictureKind | None:
    """The kind of a file whose first bytes (4,096, or all) these are; None for DICOM and for anything else."""
    if head[128:132] == b"DICM":  # a DICOM file may carry a TIFF's beginning in its preamble
        return None
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"\x1f\x8b"):
        return PictureKind.NIFTI_GZ if _is_nifti(_unpacked(head)) else None
    return PictureKind.NIFTI if _is_nifti(head) else None


def has_picture_name(name: str) -> bool:
    """Whether a name ends as pictures' names do."""
    return name.lower().endswith(EXTENSIONS)


def has_table_name(name: str) -> bool:
    """Whether a name ends as tables' names do."""
    return name.lower().endswith(TABLE_EXTENSION)


def stem_of(name: str) -> str:
    """The last part of a path without a picture's ending: "a/scan.nii.gz" gives "scan"."""
    last = name.rpartition("/")[2]
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if last.lower().endswith(extension):
            return last[: -len(extension)]
    return last


def _is_nifti(head: bytes) -> bool:
    """NIfTI-1 and NIfTI-2 in one file or in two, in either byte order."""
    if len(head) < NIFTI_1_HEADER_BYTES:
        return False
    for order in "<>":
        size = struct.unpack(f"{order}i", head[:4])[0]
        if size == NIFTI_1_HEADER_BYTES and head[NIFTI_MAGIC_AT : NIFTI_MAGIC_AT + 3] in (b"n+1", b"ni1"):
            return True
        if size == NIFTI_2_HEADER_BYTES and head[4:7] in (b"n+2", b"ni2"):
            return True
    return False


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, NIFTI_2_HEADER_BYTES)
    except zlib.error:
        return b""
