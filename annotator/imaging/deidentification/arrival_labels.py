"""What a file is called in this installation while it comes in: names of files and folders often are names of people.

Where the site doesn't de-identify, everything here gives back what it was given.
"""

import os
import re
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from annotator.imaging.deidentification.site_key import site_key

# Others may be a name: "SCAN.MUELLER".
EXTENSIONS = (
    ".dcm .dicom .ima .img .zip .png .jpg .jpeg .jp2 .tif .tiff .bmp .nii .gz .csv .tsv .json .txt .pdf .xml .dat .bin"
)
OWN_SOURCES = frozenset({"upload", "DICOMweb"})
SEALED_NAME = ".name"
# What a reason may quote of a header or a path.
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\([^()]*\)")
NUMBERS = re.compile(r"\d[\d.]*\d{4,}[\d.]*")
PATHS = re.compile(r"(?:/[^\s/:]+){2,}")


def shown_name(name: str) -> str:
    """A label in place of a file's name: the same for the same name, its known extension kept."""
    if not settings.DEIDENTIFY:
        return name
    extension = os.path.splitext(name)[1].lower()
    return f"file-{site_key().label('name', name)}{extension if extension in EXTENSIONS.split() else ''}"


def shown_source(source: str, *, is_paths: bool = False) -> str:
    """Where an intake came from, without paths and without what a sender typed."""
    if not settings.DEIDENTIFY:
        return source
    if is_paths:
        return "paths of this machine"
    return source if source in OWN_SOURCES else "upload"


def shown_reason(reason: str) -> str:
    """A refusal's reason without what it quotes: it was found before the file was de-identified."""
    if not settings.DEIDENTIFY:
        return reason
    for pattern in (QUOTED, PATHS, NUMBERS):
        reason = pattern.sub("…", reason)
    return reason


def waiting_path(intake_id: uuid.UUID, path: Path) -> str:
    """What IntakeFile.path holds for a file of this machine: itself, or a link that the ingest removes.

    A table keeps what was in its rows long after they were changed; a link's own name tells nothing.
    """
    if not settings.DEIDENTIFY:
        return str(path)
    folder = Path(settings.UPLOADS_DIR) / str(intake_id)
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / uuid.uuid4().hex
    link.symlink_to(path)
    return str(link)


def keep_sent_name(path: Path, name: str) -> None:
    """Keep a sent file's name beside its bytes, encrypted, until the ingest removes both: senders ask what arrived."""
    if settings.DEIDENTIFY:
        path.with_suffix(SEALED_NAME).write_bytes(site_key().seal_text(name))


def forget_sent_name(path: Path) -> None:
    """Remove a name that was kept."""
    path.with_suffix(SEALED_NAME).unlink(missing_ok=True)


def sent_name(path: str, shown: str) -> str:
    """The name as it was sent, where it is still kept; else the one that is shown."""
    if settings.DEIDENTIFY and path:
        with suppress(OSError):
            return site_key().unseal_text(Path(path).with_suffix(SEALED_NAME).read_bytes())
    return shown
