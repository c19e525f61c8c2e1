"""The bytes behind a waiting row: a file of a folder, an uploaded file, or a member of a zip."""

import zipfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from django.conf import settings

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.header_reading import refuse_what_is_not_dicom
from annotator.imaging.models import IntakeFile
from annotator.imaging.store.archives import open_archive, open_member
from annotator.imaging.store.staging import StagedFile, UnreadableSourceError, stage, stage_copy, stage_received
from annotator.imaging.wrapping.picture_kinds import picture_kind

# Between a zip's path and a member's place in its directory; no path holds two slashes in a row.
MEMBER_MARK = "//"


def member_path(archive: str, index: int) -> str:
    """What IntakeFile.path holds for a member of a zip."""
    return f"{archive}{MEMBER_MARK}{index}"


def refuse_what_is_not_taken_in(head: bytes) -> None:
    """Say what a file is that is neither DICOM nor a picture, by its first bytes.

    Raises
    ------
    QuarantineError : it is neither.
    """
    if picture_kind(head) is None:
        refuse_what_is_not_dicom(head)


def is_received(path: str) -> bool:
    """Whether a path lies in the uploads' folder: ours to link and to remove."""
    return Path(path.split(MEMBER_MARK)[0]).is_relative_to(settings.UPLOADS_DIR)


class WaitingFiles:
    """Stages the bytes of one row after the other, keeping the zip of the last member open."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._archive_path = ""
        self._archive: zipfile.ZipFile | None = None

    def __enter__(self) -> "WaitingFiles":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def stage(self, row: IntakeFile) -> StagedFile:
        """Copy (or link) a row's bytes to a temporary file of the originals' folder.

        Raises
        ------
        QuarantineError : the source can't be read, or isn't DICOM by its first bytes and not ours to keep.
        OSError : the target can't be written; no fault of the file.
        """
        archive, mark, index = row.path.rpartition(MEMBER_MARK)
        if mark:
            with open_member(self._opened(archive), int(index)) as member:
                return stage(member)
        path = Path(row.path)
        if row.sha256 and is_received(row.path):
            try:
                return stage_received(path, sha256=row.sha256)
            except FileNotFoundError as error:
                raise QuarantineError("The uploaded bytes are gone. Send the file again.") from error
        try:
            # What isn't taken in isn't copied, however large.
            return stage_copy(path, check_head=refuse_what_is_not_taken_in)
        except UnreadableSourceError as error:
            raise QuarantineError(str(error)) from error

    def stage_as_it_is(self, row: IntakeFile) -> StagedFile:
        """The same for a table or a mask, whatever its first bytes are.

        Raises
        ------
        QuarantineError, OSError : as stage.
        """
        archive, mark, index = row.path.rpartition(MEMBER_MARK)
        if mark:
            with open_member(self._opened(archive), int(index)) as member:
                return stage(member)
        try:
            return stage_copy(Path(row.path), check_head=lambda _head: None)
        except UnreadableSourceError as error:
            raise QuarantineError(str(error)) from error

    def content(self, row: IntakeFile, limit: int) -> bytes:
        """A small file's bytes, or the first `limit` and one more.

        Raises
        ------
        QuarantineError : the source can't be read.
        """
        archive, mark, index = row.path.rpartition(MEMBER_MARK)
        try:
            if mark:
                with open_member(self._opened(archive), int(index)) as member:
                    return member.read(limit + 1)
            with Path(row.path).open("rb") as source:
                return source.read(limit + 1)
        except OSError as error:
            raise QuarantineError(f"The file can't be read ({error.strerror}).") from error

    def member_name(self, row: IntakeFile) -> str:
        """What a zip calls its member, after the zip's own name as it is shown."""
        archive, _, index = row.path.rpartition(MEMBER_MARK)
        shown = row.name.partition("!")[0]
        return f"{shown}!{self._opened(archive).infolist()[int(index)].filename}"

    def _opened(self, path: str) -> zipfile.ZipFile:
        if self._archive is None or path != self._archive_path:
            self._open.close()
            try:
                self._archive = self._open.enter_context(open_archive(Path(path)))
            except OSError as error:
                raise QuarantineError(f"The zip file can't be opened ({error.strerror}). Send it again.") from error
            self._archive_path = path
        return self._archive
