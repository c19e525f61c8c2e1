"""The files of a finished export as one zip whose bytes depend on them alone."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from annotator.datasets.exporters.output import MANIFEST, FolderOutput

# The zip format's earliest date: a file's time says nothing.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TEXTS = frozenset({".json", ".csv", ".txt", ".xml", ".md", ".yaml", ".svg", ""})
_CHUNK = 1 << 20


def write_archive(output: FolderOutput, target: Path, *, alive: Callable[[], None]) -> tuple[str, int]:
    """Zip every file by name, and MANIFEST first; returns SHA-256 and size. What isn't text is stored as it is.

    Raises
    ------
    OSError : the disk is full.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr(_entry(MANIFEST), output.manifest())
        for file in output.files():
            alive()
            with output.path_of(file.name).open("rb") as source:
                entry = _entry(file.name)
                entry.file_size = file.byte_size
                with archive.open(entry, "w") as into:
                    shutil.copyfileobj(source, into, _CHUNK)
    with target.open("rb") as whole:
        digest = hashlib.file_digest(whole, "sha256").hexdigest()
        os.fsync(whole.fileno())
    return digest, target.stat().st_size


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    is_text = PurePosixPath(name).suffix.lower() in _TEXTS
    entry.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry
