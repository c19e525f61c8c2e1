"""Zip files as a list of members: bombs are refused whole, the rest is read member by member, never to a path."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from annotator.imaging.errors import QuarantineError

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
# What zipfile and its decompressors raise on damaged members.
MEMBER_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
LITTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
_END = struct.Struct("<4s4H2LH")
_ZIP64_LOCATOR = struct.Struct("<4sLQL")
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")


@dataclass(frozen=True)
class ArchiveMember:
    """One file in a zip: its place in the directory (names may repeat), its name, its size when unpacked."""

    index: int
    name: str
    byte_size: int


def is_archive(path: Path) -> bool:
    """Whether a file begins as a zip does, and isn't DICOM with a zip in its preamble."""
    with path.open("rb") as file:
        head = file.read(132)
    return head[:4] in ZIP_STARTS and head[128:132] != b"DICM"


def is_litter(name: str) -> bool:
    """Whether a path is what operating systems leave in folders; nobody wants to read about it in the quarantine."""
    return any(part in LITTER or part.startswith("._") for part in Path(name).parts)


def list_members(path: Path) -> list[ArchiveMember]:
    """The files of a zip, in the order of its directory; folders and litter left out.

    Raises
    ------
    QuarantineError : damaged, empty, or above the limits on files, bytes and ratio; nothing has been unpacked.
    """
    _refuse_large_directory(path)
    with open_archive(path) as archive:
        infos = archive.infolist()
        total = sum(info.file_size for info in infos)
    if total > settings.MAX_ZIP_BYTES:
        raise QuarantineError(
            f"The zip file would unpack to {total:,} bytes, more than the {settings.MAX_ZIP_BYTES:,} that are taken "
            "in. Send it in parts."
        )
    size = path.stat().st_size
    if total > size * settings.MAX_ZIP_RATIO:
        raise QuarantineError(
            f"The zip file of {size:,} bytes would unpack to {total:,}, more than {settings.MAX_ZIP_RATIO} times its "
            "size: refused as a zip bomb. Send the files themselves if it is none."
        )
    members = [
        ArchiveMember(index, info.filename, info.file_size)
        for index, info in enumerate(infos)
        # is_dir() itself fails on a name of no letters.
        if not info.filename.endswith("/") and not is_litter(info.filename)
    ]
    if not members:
        raise QuarantineError("The zip file holds no files.")
    return members


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip.

    Raises
    ------
    QuarantineError : it is damaged.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise QuarantineError(f"The zip file is damaged ({error}). Send it again.") from error
    with archive:
        yield archive


@contextmanager
def open_member(archive: zipfile.ZipFile, index: int) -> Iterator["BoundedMember"]:
    """One member's bytes, as a stream.

    Raises
    ------
    QuarantineError : encrypted, compressed in a way that isn't supported, itself a zip, or damaged.
    """
    info = archive.infolist()[index]
    if info.flag_bits & 0x1:
        raise QuarantineError("This member of the zip file is encrypted. Unpack it first.")
    try:
        source = archive.open(info)
    except MEMBER_ERRORS as error:
        raise QuarantineError(f"This member of the zip file can't be unpacked ({error}). Zip it again.") from error
    with source:
        yield BoundedMember(source, info.file_size)


class BoundedMember:
    """Reads a member and gives up when it is longer than the directory said, damaged, or a zip itself."""

    def __init__(self, source: IO[bytes], promised: int) -> None:
        self._source = source
        self._left = promised
        self._begun = False

    def read(self, size: int, /) -> bytes:
        try:
            piece = self._source.read(size)
        except MEMBER_ERRORS as error:
            raise QuarantineError(f"This member of the zip file is damaged ({error}). Zip it again.") from error
        if not self._begun:
            self._begun = True
            if piece[:4] in ZIP_STARTS and piece[128:132] != b"DICM":
                raise QuarantineError("A zip file inside a zip file is not opened. Unpack it and send it by itself.")
        self._left -= len(piece)
        if self._left < 0:
            raise QuarantineError("This member is longer than its zip file says: refused as a zip bomb.")
        return piece


def _refuse_large_directory(path: Path) -> None:
    """Read the count of files from the end of the zip: zipfile would build the whole directory first.

    Source: PKWARE APPNOTE 4.3.14-4.3.16.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        reach = min(size, _END.size + 0xFFFF)
        file.seek(size - reach)
        tail = file.read(reach)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            raise QuarantineError("The zip file is damaged or truncated: its directory is missing. Send it again.")
        _, _, _, _, entries, directory_bytes, _, _ = _END.unpack_from(tail, at)
        locator_at = size - reach + at - _ZIP64_LOCATOR.size
        if locator_at >= 0:
            file.seek(locator_at)
            mark, _, end_at, _ = _ZIP64_LOCATOR.unpack(file.read(_ZIP64_LOCATOR.size))
            if mark == b"PK\x06\x07" and end_at + _ZIP64_END.size <= size:
                file.seek(end_at)
                *_, entries, directory_bytes, _ = _ZIP64_END.unpack(file.read(_ZIP64_END.size))
    # A header in the directory takes 46 bytes at least, so its size bounds a count that lies.
    if entries > settings.MAX_ZIP_FILES or directory_bytes > settings.MAX_ZIP_FILES * 1024:
        raise QuarantineError(
            f"The zip file lists {entries:,} files, more than the {settings.MAX_ZIP_FILES:,} that are taken in. "
            "Send it in parts."
        )
