"""Write a DICOM file anew with regions of its pictures filled, in every frame and every overlay."""

import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom import filewriter
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from annotator.imaging.burned_in.blank_region import BlankRegion
from annotator.imaging.burned_in.blanked_header import blanked_header
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.dicom_values import HEADER_ERRORS
from annotator.imaging.headers.parsing import OpenInstance, open_instance
from annotator.imaging.pixels.decoding import (
    HTJ2K_LOSSLESS,
    UNCOMPRESSED_SYNTAXES,
    DecodingError,
    PixelDescription,
    decode_frame,
)
from annotator.imaging.pixels.htj2k import Htj2kError, encode_htj2k

# Longer values of undefined length don't fit a native element (PS3.5 7.1.1, a 32-bit length).
MOST_NATIVE_BYTES = 0xFFFFFFFE
ITEM = struct.Struct("<HHL")


def blank_file(source: Path, target: Path, regions: Sequence[BlankRegion]) -> None:
    """Fill regions of every frame and write the whole as a new file; nothing outside of them is shown differently.

    Grey and palette pictures keep their stored values, colour becomes RGB. Uncompressed files stay so, compressed
    ones become lossless HTJ2K. One frame is in memory at a time.

    Raises
    ------
    QuarantineError : a frame can't be decoded, or the file can't be written as DICOM.
    """
    with open_instance(source) as instance:
        description = _stored_description(instance)
        compressed = description.transfer_syntax_uid not in UNCOMPRESSED_SYNTAXES
        frame_bytes = _native_frame_bytes(instance)
        count = instance.parsed.picture.number_of_frames
        if frame_bytes * count > MOST_NATIVE_BYTES:
            compressed = True
        syntax = HTJ2K_LOSSLESS if compressed else str(ExplicitVRLittleEndian)
        header = blanked_header(instance.parsed, transfer_syntax_uid=syntax, regions=regions)
        wide = instance.parsed.picture.bits_allocated > 8 and not _is_colour(instance)
        with target.open("wb") as file:
            try:
                _write_header(file, header, syntax)
            except HEADER_ERRORS as error:
                raise QuarantineError(
                    f"The header can't be written again ({type(error).__name__}: {str(error)[:120]})."
                ) from error
            if compressed:
                _begin_fragments(file)
            else:
                _begin_native(file, frame_bytes * count, wide=wide)
            for index in range(count):
                _write_frame(file, _blanked_frame(instance, index, description, regions), compressed=compressed)
            if compressed:
                file.write(ITEM.pack(0xFFFE, 0xE0DD, 0))
            elif frame_bytes * count % 2:
                file.write(b"\0")


def _is_colour(instance: OpenInstance) -> bool:
    return instance.parsed.picture.samples_per_pixel == 3


def _stored_description(instance: OpenInstance) -> PixelDescription:
    """Palettes are not looked up: the indices are what is stored."""
    description = instance.pixel_description
    if description.photometric_interpretation == "PALETTE COLOR":
        return replace(description, photometric_interpretation="MONOCHROME2", palette=None)
    return description


def _native_frame_bytes(instance: OpenInstance) -> int:
    picture = instance.parsed.picture
    if _is_colour(instance):
        return picture.rows * picture.columns * 3
    return (picture.rows * picture.columns * picture.bits_allocated + 7) // 8


def _blanked_frame(
    instance: OpenInstance, index: int, description: PixelDescription, regions: Sequence[BlankRegion]
) -> NDArray[Any]:
    try:
        stored = decode_frame(instance.frame_bytes(index), description)
    except DecodingError as error:
        raise QuarantineError(f"Frame {index + 1} can't be decoded: {error}") from error
    filled = stored.copy()
    value = _fill_value(stored, instance)
    for region in regions:
        filled[region.row : region.row + region.rows, region.column : region.column + region.columns] = value
    return filled


def _fill_value(stored: NDArray[Any], instance: OpenInstance) -> int:
    """What looks black and lies within the values that the frame holds, so that no window changes."""
    picture = instance.parsed.picture
    if stored.ndim == 3:
        return 0
    if picture.photometric_interpretation == "PALETTE COLOR":
        return _darkest_index(stored, instance)
    return int(stored.max() if picture.photometric_interpretation == "MONOCHROME1" else stored.min())


def _darkest_index(stored: NDArray[Any], instance: OpenInstance) -> int:
    used = np.unique(stored)
    shown = _palette_colours(used, instance.pixel_description)
    return int(used[int(shown.astype(np.int32).sum(axis=1).argmin())])


def _palette_colours(indices: NDArray[Any], description: PixelDescription) -> NDArray[np.uint8]:
    """The colours of some palette indices, (n, 3)."""
    row = replace(
        description,
        rows=1,
        columns=len(indices),
        bits_stored=description.bits_allocated,
        high_bit=None,
        transfer_syntax_uid=str(ExplicitVRLittleEndian),
    )
    return decode_frame(np.ascontiguousarray(indices).tobytes(), row)[0]


def _write_header(file: BinaryIO, header: Dataset, syntax: str) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = header.SOPClassUID
    meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    header.file_meta = meta
    filewriter.dcmwrite(file, header, enforce_file_format=True)


def _begin_native(file: BinaryIO, length: int, *, wide: bool) -> None:
    file.write(struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OW" if wide else b"OB", 0, length + length % 2))


def _begin_fragments(file: BinaryIO) -> None:
    file.write(struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF))
    # An empty offset table: each frame is one fragment.
    file.write(ITEM.pack(0xFFFE, 0xE000, 0))


def _write_frame(file: BinaryIO, frame: NDArray[Any], *, compressed: bool) -> None:
    if not compressed:
        file.write(frame.tobytes())
        return
    try:
        encoded = encode_htj2k(frame)
    except Htj2kError as error:
        raise QuarantineError(f"The blanked picture can't be stored: {error}") from error
    encoded += b"\0" * (len(encoded) % 2)
    file.write(ITEM.pack(0xFFFE, 0xE000, len(encoded)) + encoded)
