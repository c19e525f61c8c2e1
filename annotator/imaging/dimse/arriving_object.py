"""An object on its way: its bytes go to disk as they come, behind a file meta header of ours; nothing is decoded."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID

from annotator.imaging.dimse.batches import PART, Batch, Batches, Sender, sync_folder

# Of this receiver; always the same, so that an object sent twice is the same bytes twice.
IMPLEMENTATION_CLASS_UID = UID("1.2.826.0.1.3680043.8.498.1.20260102.1")
IMPLEMENTATION_VERSION_NAME = "READINGROOM"
PREAMBLE = b"\0" * 128 + b"DICM"


@dataclass(frozen=True)
class ObjectNames:
    """What the command and the association say of an object."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str


@dataclass(frozen=True)
class ObjectOnDisk:
    """A whole object, durable."""

    batch: Batch
    path: Path
    sha256: str
    byte_size: int
    names: ObjectNames


class ArrivingObject:
    """Takes an object's encoded dataset piece by piece. An error of the disk is kept until the object is whole.

    Raising on the network's thread would end the association without a word; the sender is owed a status.
    """

    def __init__(self, batches: Batches, sender: Sender, *, source: str, names: ObjectNames) -> None:
        self.names = names
        self._batches = batches
        self._batch: Batch | None = None
        self._path = Path()
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self._error: OSError | None = None
        try:
            self._batch, self._path = batches.begin_object(sender, source)
            self._file = self._path.open("wb")
        except OSError as error:
            self._fail(error)
        else:
            self.write(_header(names))

    def write(self, piece: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(piece)
        except OSError as error:
            self._fail(error)
        else:
            self._digest.update(piece)
            self._size += len(piece)

    def finish(self) -> ObjectOnDisk:
        """Make the file durable under its final name.

        Raises
        ------
        OSError : the disk is full or failed; nothing is left of the object.
        """
        try:
            if self._error is not None:
                raise self._error
            if self._file is None or self._batch is None:
                raise OSError("The object was given up.")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            place = self._path.with_name(self._path.name.removesuffix(PART))
            self._path.rename(place)
            sync_folder(place.parent)
        except OSError as error:
            self._fail(error)
            self.end(recorded=False)
            raise
        return ObjectOnDisk(self._batch, place, self._digest.hexdigest(), self._size, self.names)

    def end(self, *, recorded: bool) -> None:
        """Say once that the object is recorded, or won't be."""
        if self._batch is not None:
            self._batches.end_object(self._batch, recorded=recorded)
            self._batch = None

    def _fail(self, error: OSError) -> None:
        self._error = error
        if self._file is not None:
            with suppress(OSError):  # closing flushes what is buffered and may fail for the same reason
                self._file.close()
            self._path.unlink(missing_ok=True)
            self._file = None


def _header(names: ObjectNames) -> bytes:
    """Preamble, prefix and file meta information (PS3.10 7.1) without anything that differs between two sendings."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(names.sop_class_uid)
    meta.MediaStorageSOPInstanceUID = UID(names.sop_instance_uid)
    meta.TransferSyntaxUID = UID(names.transfer_syntax_uid)
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    buffer = BytesIO()
    write_file_meta_info(DicomFileLike(buffer), meta, enforce_standard=True)
    return PREAMBLE + buffer.getvalue()
