"""A whole file without the patient: a new header, and the pixel element carried over byte for byte."""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from annotator.imaging.deidentification.action_table import table_of_edition
from annotator.imaging.deidentification.codestream_comments import PICTURE_HEAD_BYTES, without_comments
from annotator.imaging.deidentification.deidentify_dataset import SealedPatient, deidentify_dataset
from annotator.imaging.deidentification.embedded_overlays import bits_of_values, only_bits
from annotator.imaging.deidentification.site_key import site_key
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.dicom_values import HEADER_ERRORS, integer, text
from annotator.imaging.headers.frame_spans import ITEM, ITEM_HEADER_BYTES, SEQUENCE_DELIMITER
from annotator.imaging.headers.header_reading import OpenHeader, open_header, reading_odd_headers

CHUNK_BYTES = 1 << 20
# Above this no attribute of a header is worth its memory; what is longer goes.
LONGEST_VALUE_BYTES = 256 << 20
PREAMBLE = bytes(128) + b"DICM"
# Of this product: what wrote the file (PS3.10 7.1), in place of what the sender's software was called.
IMPLEMENTATION_CLASS_UID = UID("2.25.204398621749302153871935523874421065817")
IMPLEMENTATION_VERSION = "READING_ROOM"
STATED_BY_ENCODING = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)


class Writable(Protocol):
    """Where bytes go: a file, or one that deflates them on the way."""

    def write(self, content: bytes, /) -> object: ...


def deidentify_file(source: Path, target: Path) -> SealedPatient:
    """Write a file anew without what identifies, and hand back who it was, sealed.

    Only the header is read into memory. What follows the pixel element (signatures, padding) isn't carried over. The
    transfer syntax stays; a deflated dataset is deflated again.

    Raises
    ------
    QuarantineError : not DICOM, damaged, or a header that can't be written.
    DeidentificationError : the site has no key, or names an edition that isn't known.
    OSError : the disk.
    """
    key, table = site_key(), table_of_edition(settings.DEIDENTIFY_EDITION)
    with reading_odd_headers(), open_header(source) as header:
        kept = bits_of_values(header.dataset)
        try:
            patient = deidentify_dataset(
                header.dataset, key=key, table=table, fetch=lambda raw: _value_in_file(header.file, raw)
            )
            encoded = _encoded(header.dataset, header.encoding_uid)
            meta = _meta(header)
        except HEADER_ERRORS as error:
            # The error's own words may hold values of the header.
            raise QuarantineError(
                f"The header can't be de-identified ({type(error).__name__}): it is damaged or nested too deeply. "
                "Have the sender mend it."
            ) from None
        with target.open("wb") as file:
            file.write(PREAMBLE + meta)
            if header.transfer_syntax_uid == DeflatedExplicitVRLittleEndian:
                deflated = _Deflated(file)
                deflated.write(encoded)
                _copy_pixels(header, deflated, kept)
                deflated.finish()
            else:
                file.write(encoded)
                _copy_pixels(header, file, kept)
    return patient


def _value_in_file(file: BinaryIO, raw: RawDataElement) -> bytes | None:
    """The value of an element that was left in the file for its length."""
    if raw.length > LONGEST_VALUE_BYTES:
        return None
    file.seek(raw.value_tell)
    value = file.read(raw.length)
    return value if len(value) == raw.length else None


def _encoded(dataset: Dataset, encoding_uid: str) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian = encoding_uid != ExplicitVRBigEndian
    buffer.is_implicit_VR = encoding_uid == ImplicitVRLittleEndian
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def _meta(header: OpenHeader) -> bytes:
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = UID(text(header.dataset, "SOPClassUID"))
    meta.MediaStorageSOPInstanceUID = UID(text(header.dataset, "SOPInstanceUID"))
    stated = header.transfer_syntax_uid
    meta.TransferSyntaxUID = UID(header.encoding_uid if not stated or stated in STATED_BY_ENCODING else stated)
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_file_meta_info(buffer, meta, enforce_standard=False)
    encoded = buffer.getvalue()
    # Group length (0002,0000) tells readers where the meta information ends.
    length = struct.pack("<HH2sHL", 2, 0, b"UL", 4, len(encoded))
    return length + encoded


def _copy_pixels(header: OpenHeader, target: Writable, kept: int | None) -> None:
    """Copy the pixel element, its own header and all, up to its end; of uncompressed words only the bits to be kept.

    Raises
    ------
    QuarantineError : it ends before it should.
    """
    if header.pixel_tag is None:
        return
    begin = header.pixel_offset - (8 if header.encoding_uid == ImplicitVRLittleEndian else 12)
    if header.pixel_length is not None:
        _copy(header.file, target, begin, header.pixel_offset)
        values = target if kept is None else _OnlyBits(target, kept, header)
        _copy(header.file, values, header.pixel_offset, header.pixel_offset + header.pixel_length)
        return
    _copy(header.file, target, begin, header.pixel_offset)
    _copy_fragments(header, target)
    # Some writers leave the delimiter out.
    target.write(struct.pack("<HHL", *SEQUENCE_DELIMITER, 0))


def _copy_fragments(header: OpenHeader, target: Writable) -> None:
    """Copy an encapsulated value's items; comments in their codestreams become zeros, and nothing else changes."""
    file = header.file
    position = header.pixel_offset
    while position + ITEM_HEADER_BYTES <= header.file_size:
        file.seek(position)
        group, element, length = struct.unpack("<HHL", file.read(ITEM_HEADER_BYTES))
        if (group, element) != ITEM:
            break
        start = position + ITEM_HEADER_BYTES
        _copy(file, target, position, start)
        head = file.read(min(PICTURE_HEAD_BYTES, length))
        target.write(without_comments(head))
        _copy(file, target, start + len(head), start + length)
        position = start + length


def _copy(source: BinaryIO, target: Writable, begin: int, end: int) -> None:
    source.seek(begin)
    left = end - begin
    while left > 0:
        piece = source.read(min(CHUNK_BYTES, left))
        if not piece:
            raise QuarantineError(
                f"Truncated: the pixel data should end at byte {end:,}, but the file ends {left:,} bytes before. "
                "Copy or send it again."
            )
        target.write(piece)
        left -= len(piece)


class _OnlyBits:
    """Clears the bits of pixel words that an overlay lies in; pieces come in whole words."""

    def __init__(self, target: Writable, kept: int, header: OpenHeader) -> None:
        self._target = target
        self._kept = kept
        self._bytes_each = (integer(header.dataset, "BitsAllocated") or 16) // 8
        self._little_endian = header.encoding_uid != ExplicitVRBigEndian

    def write(self, content: bytes, /) -> object:
        words = only_bits(content, self._kept, bytes_each=self._bytes_each, little_endian=self._little_endian)
        return self._target.write(words)


class _Deflated:
    """Deflates what is written to it, without zlib's own header, to an even number of bytes (PS3.5 A.5)."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begin = file.tell()
        self._pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)

    def write(self, content: bytes, /) -> object:
        return self._file.write(self._pack.compress(content))

    def finish(self) -> None:
        self._file.write(self._pack.flush())
        if (self._file.tell() - self._begin) % 2:
            self._file.write(b"\0")
