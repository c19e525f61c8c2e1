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

# Between a zip's path and a member's place in its directory; no path holds two slashes in a row.
MEMBER_MARK = "//"


def member_path(archive: str, index: int) -> str:
    """What IntakeFile.path holds for a member of a zip."""
    return f"{archive}{MEMBER_MARK}{index}"


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
            # What isn't DICOM isn't copied, however large.
            return stage_copy(path, check_head=refuse_what_is_not_dicom)
        except UnreadableSourceError as error:
            raise QuarantineError(str(error)) from error

    def _opened(self, path: str) -> zipfile.ZipFile:
        if self._archive is None or path != self._archive_path:
            self._open.close()
            try:
                self._archive = self._open.enter_context(open_archive(Path(path)))
            except OSError as error:
                raise QuarantineError(f"The zip file can't be opened ({error.strerror}). Send it again.") from error
            self._archive_path = path
        return self._archive
