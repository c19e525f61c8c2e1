"""Open a DICOM file up to its pixel data: the header as a dataset, and where the pixel value lies. No pixel is read."""

import io
import logging
import os
import struct
import tempfile
import warnings
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import pydicom
from django.conf import settings
from pydicom import filereader
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.dicom_values import HEADER_ERRORS, text

PIXEL_DATA = 0x7FE00010
PIXEL_TAGS = {0x7FE00008, 0x7FE00009, PIXEL_DATA}
UNDEFINED_LENGTH = 0xFFFFFFFF
# Values longer than this stay in the file until somebody asks for them.
DEFER_BYTES = 1 << 20
# Room for a small file's header when the limit on how far it may inflate is worked out.
INFLATED_SLACK_BYTES = 16 << 20
CHUNK_BYTES = 1 << 20
# The preamble and "DICM"; a data element of short form.
PREAMBLE_BYTES = 132
ELEMENT_BYTES = 8


@dataclass(frozen=True)
class OpenHeader:
    """A header and the file it lies in, open for reading pixels.

    Attributes
    ----------
    file : the original; for a deflated one its inflated dataset in a temporary file.
    transfer_syntax_uid : "" when the file doesn't state one.
    encoding_uid : the uncompressed syntax that the header's own encoding amounts to.
    pixel_tag : of the first pixel element, None when there is none.
    pixel_offset, pixel_length : of its value; length is None when it is undefined (fragments follow).
    spans_are_in_the_original : offsets count in the original file (not so when it was deflated).
    pixel_vr : of the first pixel element; big-endian words of two 8-bit pixels are told by it.
    """

    file: BinaryIO
    file_size: int
    dataset: Dataset
    transfer_syntax_uid: str
    encoding_uid: str
    pixel_tag: int | None
    pixel_offset: int
    pixel_length: int | None
    spans_are_in_the_original: bool = True
    pixel_vr: str = "OW"


class _BoundedFile(io.BufferedReader):
    """Never makes room for more than is there: a damaged header may promise a value of four gigabytes."""

    def __init__(self, path: Path) -> None:
        # pydicom comes back to long values by the name, and takes anything but text for an open file.
        raw = io.FileIO(os.fspath(path))
        super().__init__(raw)
        self._byte_size = os.fstat(raw.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > CHUNK_BYTES:
            size = min(size, max(0, self._byte_size - self.tell()))
        return super().read(size)


@contextmanager
def open_header(path: Path) -> Iterator[OpenHeader]:
    """Read a file's header and keep the file open.

    Raises
    ------
    QuarantineError : not DICOM, or a header that can't be read to its end.
    """
    with _BoundedFile(path) as file:
        head = file.read(4096)
        refuse_what_is_not_dicom(head)
        file.seek(0)
        if DeflatedExplicitVRLittleEndian.encode() in head and _states_deflated(file):
            with _inflated(file) as inflated:
                yield _read(inflated, str(DeflatedExplicitVRLittleEndian))
        else:
            yield _read(file, None)


def refuse_what_is_not_dicom(head: bytes) -> None:
    """Say what a file is that isn't DICOM, by its first bytes (132 or more where it has them).

    Raises
    ------
    QuarantineError : it isn't.
    """
    if not _may_be_dicom(head):
        raise QuarantineError(_what_it_looks_like(head))


def _may_be_dicom(head: bytes) -> bool:
    """The prefix, or, where old files have none, a first element of group 2 or 8 whose length makes sense."""
    if head[128:132] == b"DICM":
        return True
    if len(head) < ELEMENT_BYTES:
        return False
    group, element, vr, short = struct.unpack("<HH2sH", head[:ELEMENT_BYTES])
    if group not in (0x0002, 0x0008) or element > 0x1200:
        return False
    return (vr.isalpha() and vr.isupper()) or struct.unpack("<L", vr + struct.pack("<H", short))[0] < 4096


def _what_it_looks_like(head: bytes) -> str:
    kinds = (
        (b"", "The file is empty"),
        (b"\x89PNG", "Not DICOM but a PNG picture"),
        (b"\xff\xd8\xff", "Not DICOM but a JPEG picture"),
        (b"%PDF", "Not DICOM but a PDF document"),
        (b"\x1f\x8b", "Not DICOM but a gzip archive: unpack it first"),
        (b"Rar!", "Not DICOM but a RAR archive: unpack it first"),
        (b"7z\xbc\xaf", "Not DICOM but a 7z archive: unpack it first"),
    )
    for start, words in kinds:
        if head == b"" == start or (start and head.startswith(start)):
            return f"{words}. Nothing was taken from it."
    return (
        "Not DICOM: neither the DICM prefix nor a DICOM header is there. "
        "DICOM, PNG, JPEG, TIFF, NIfTI and zip files are taken in."
    )


def _read(file: BinaryIO, inflated_syntax: str | None) -> OpenHeader:
    file_size = file.seek(0, os.SEEK_END)
    file.seek(0)
    with reading_odd_headers():
        try:
            dataset, transfer_syntax_uid = _read_dataset(file, inflated_syntax)
        except InvalidDicomError as error:
            raise QuarantineError(f"Not DICOM: {str(error)[:120]}") from error
        except HEADER_ERRORS as error:
            raise QuarantineError(
                f"The header can't be read ({type(error).__name__}: {str(error)[:120]}). "
                "The file is damaged or truncated: send it again."
            ) from error
        position = file.tell()
        encoding_uid = _encoding(dataset)
        if len(dataset) == 0:
            raise QuarantineError("Not DICOM, or damaged at its beginning: not one header element could be read.")
        _refuse_cut_header(dataset, file_size)
    file.seek(position)
    tag, offset, length = _pixel_element(file, encoding_uid)
    pixel_vr = "OW"
    if tag is not None and encoding_uid != ImplicitVRLittleEndian:
        # In front of two reserved bytes and the length, PS3.5 7.1.2.
        file.seek(offset - 8)
        pixel_vr = file.read(2).decode("ascii", "replace")
    return OpenHeader(
        file=file,
        file_size=file_size,
        dataset=dataset,
        transfer_syntax_uid=transfer_syntax_uid,
        encoding_uid=encoding_uid,
        pixel_tag=tag,
        pixel_offset=offset,
        pixel_length=None if length == UNDEFINED_LENGTH else length,
        spans_are_in_the_original=inflated_syntax is None,
        pixel_vr=pixel_vr,
    )


def _stop(tag: int, _vr: str | None, _length: int) -> bool:
    return tag in PIXEL_TAGS


def _read_dataset(file: BinaryIO, inflated_syntax: str | None) -> tuple[Dataset, str]:
    if inflated_syntax is not None:
        dataset = filereader.read_dataset(file, False, True, stop_when=_stop, defer_size=DEFER_BYTES)
        dataset.set_original_encoding(False, True)
        return dataset, inflated_syntax
    dataset = filereader.read_partial(file, stop_when=_stop, defer_size=DEFER_BYTES, force=True)
    return dataset, text(dataset.file_meta, "TransferSyntaxUID")


def _encoding(dataset: Dataset) -> str:
    implicit, little = dataset.original_encoding
    if not little:
        return str(ExplicitVRBigEndian)
    return str(ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian)


def _refuse_cut_header(dataset: Dataset, file_size: int) -> None:
    """pydicom reads what is left of a value and says nothing."""
    last = dataset.get_item(max(dataset.keys()), keep_deferred=True)
    if isinstance(last, RawDataElement) and last.length != UNDEFINED_LENGTH:
        end = last.value_tell + last.length
        if end > file_size:
            raise QuarantineError(
                f"Truncated: element {last.tag} ends at byte {end:,}, but the file at {file_size:,}. Send it again."
            )


def _pixel_element(file: BinaryIO, encoding_uid: str) -> tuple[int | None, int, int]:
    """(tag, where its value begins, declared length) of the element at the file's position."""
    endian = ">" if encoding_uid == ExplicitVRBigEndian else "<"
    begin = file.tell()
    head = file.read(12)
    if len(head) < ELEMENT_BYTES:
        return None, begin, 0
    group, element = struct.unpack(f"{endian}HH", head[:4])
    tag = group << 16 | element
    if tag not in PIXEL_TAGS:
        return None, begin, 0
    if encoding_uid == ImplicitVRLittleEndian:
        return tag, begin + 8, struct.unpack("<L", head[4:8])[0]
    if head[4:6] in (b"OB", b"OW", b"OF", b"OD", b"UN") and len(head) == 12:
        return tag, begin + 12, struct.unpack(f"{endian}L", head[8:12])[0]
    raise QuarantineError("The pixel data element is damaged or truncated. Send the file again.")


def _states_deflated(file: BinaryIO) -> bool:
    with reading_odd_headers():
        try:
            file.seek(PREAMBLE_BYTES)
            meta = filereader.read_dataset(file, False, True, stop_when=lambda tag, _vr, _length: tag >> 16 != 2)
            return text(meta, "TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
        except HEADER_ERRORS:
            return False
        finally:
            file.seek(0)


@contextmanager
def _inflated(file: BinaryIO) -> Iterator[BinaryIO]:
    """A deflated dataset unpacked to a temporary file: pydicom would unpack it in memory, however large."""
    file.seek(PREAMBLE_BYTES)
    with reading_odd_headers():
        filereader.read_dataset(file, False, True, stop_when=lambda tag, _vr, _length: tag >> 16 != 2)
    limit = os.fstat(file.fileno()).st_size * settings.MAX_ZIP_RATIO + INFLATED_SLACK_BYTES
    settings.UPLOADS_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.UPLOADS_DIR) as target:
        _inflate(file, target, limit)
        target.seek(0)
        yield target


def _inflate(source: BinaryIO, target: BinaryIO, limit: int) -> None:
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    written = 0
    try:
        while piece := source.read(CHUNK_BYTES):
            while piece and not unpack.eof:
                out = unpack.decompress(piece, CHUNK_BYTES)
                piece = unpack.unconsumed_tail
                written += target.write(out)
                if written > limit:
                    raise QuarantineError(f"The deflated file unpacks to more than {limit:,} bytes: refused as a bomb.")
    except zlib.error as error:
        raise QuarantineError(f"The deflated file is damaged ({error}). Send it again.") from error


class _Silence:
    """pydicom's strictness, warnings and log, off while anybody reads; they are the process's, whatever the thread."""

    def __init__(self) -> None:
        self._readers = 0
        self._lock = Lock()
        self._before = ExitStack()

    def begin(self) -> None:
        with self._lock:
            self._readers += 1
            if self._readers > 1:
                return
            logger, reading = logging.getLogger("pydicom"), pydicom.config.settings
            self._before.callback(logger.setLevel, logger.level)
            self._before.callback(setattr, reading, "reading_validation_mode", reading.reading_validation_mode)
            self._before.enter_context(warnings.catch_warnings())
            logger.setLevel(logging.CRITICAL)
            reading.reading_validation_mode = pydicom.config.IGNORE
            warnings.simplefilter("ignore")

    def end(self) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                self._before.close()


_silence = _Silence()


@contextmanager
def reading_odd_headers() -> Iterator[None]:
    """Values that break the rules are read as well as can be, and in silence.

    What pydicom warns and logs about them holds the values, names of patients among them. Inside another one it costs
    nothing: whoever reads many files begins it once.
    """
    _silence.begin()
    try:
        yield
    finally:
        _silence.end()
