"""A PNG, JPEG, TIFF or NIfTI file as a DICOM file, lossless."""

import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite

from annotator.imaging.errors import QuarantineError
from annotator.imaging.wrapping.details import PictureDetails
from annotator.imaging.wrapping.dicom_object import dicom_object
from annotator.imaging.wrapping.picture import Picture
from annotator.imaging.wrapping.picture_kinds import PictureKind, picture_kind
from annotator.imaging.wrapping.read_nifti import open_nifti
from annotator.imaging.wrapping.read_raster import read_raster

HEAD_BYTES = 4096
PIXEL_DATA = struct.pack("<HH", 0x7FE0, 0x0010)
UNDEFINED_LENGTH = 0xFFFFFFFF
LONGEST_VALUE = 0xFFFFFFFE
SEQUENCE_END = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def kind_of_picture(path: Path) -> PictureKind | None:
    """What kind of picture a file is; None when it is none (DICOM, or anything else)."""
    with path.open("rb") as file:
        return picture_kind(file.read(HEAD_BYTES))


def wrap_picture(source: Path, *, name: str, details: PictureDetails, target: Path) -> None:
    """Write a picture as a DICOM file; the same picture and details make the same bytes.

    Parameters
    ----------
    name : the path as the sender had it, for reasons.
    target : written anew; nothing is left there when this raises.

    Raises
    ------
    QuarantineError : no picture, a damaged one, or one that would have to be changed to fit.
    OSError : the disk, not the file.
    """
    kind = kind_of_picture(source)
    if kind is None:
        raise QuarantineError(f"{name} is no picture that is taken in: PNG, JPEG, TIFF and NIfTI are.")
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with _opened(source, kind) as picture, target.open("wb") as file:
            _write(file, picture, details, sha256)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


@contextmanager
def _opened(source: Path, kind: PictureKind) -> Iterator[Picture]:
    if kind in (PictureKind.NIFTI, PictureKind.NIFTI_GZ):
        with open_nifti(source, kind) as picture:
            yield picture
    else:
        yield read_raster(source, kind)


def _write(file: BinaryIO, picture: Picture, details: PictureDetails, sha256: str) -> None:
    """The header by pydicom, the pixels after it frame by frame: a volume is never in memory as a whole."""
    dcmwrite(file, dicom_object(picture, details, source_sha256=sha256), enforce_file_format=True)
    if picture.jpeg is not None:
        file.write(PIXEL_DATA + b"OB\0\0" + struct.pack("<L", UNDEFINED_LENGTH))
        file.write(encapsulate([picture.jpeg]) + SEQUENCE_END)
        return
    length = picture.frame_bytes * picture.number_of_frames
    if length > LONGEST_VALUE:
        raise QuarantineError(f"The picture's {length:,} bytes are more than a DICOM file holds. Send it in parts.")
    file.write(PIXEL_DATA + (b"OW" if picture.bits_allocated == 16 else b"OB") + b"\0\0")
    file.write(struct.pack("<L", length + length % 2))
    for frame in picture.frames():
        file.write(frame)
    file.write(b"\0" * (length % 2))
