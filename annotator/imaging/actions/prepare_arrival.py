"""Make of a staged file what is filed and recorded: read, checked, and on the way changed as the site wants it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from annotator.imaging.burned_in.suspected_text import suspected_text
from annotator.imaging.headers.header_json import header_json
from annotator.imaging.headers.header_reading import reading_odd_headers
from annotator.imaging.headers.parsing import ParsedInstance, parse_instance
from annotator.imaging.store.staging import StagedFile


@dataclass(frozen=True)
class PreparedArrival:
    """What an arrival became.

    Attributes
    ----------
    file : what is filed; the staged file itself, or another that was made from it under a temporary name.
    parsed, header : of `file`.
    suspected : places of text that may say who it is, as TextReview.suspected has them, when a person must look
        before anybody is shown the picture; None when nobody need.
    """

    file: StagedFile
    parsed: ParsedInstance
    header: dict[str, Any]
    deidentified: bool = False
    suspected: list[dict[str, Any]] | None = None


def prepare_arrival(staged: StagedFile, *, name: str) -> PreparedArrival:
    """Prepare a file that isn't known by its bytes.

    Parameters
    ----------
    name : the path as the sender had it; a label.

    Raises
    ------
    QuarantineError : it can't become an instance; the message says why.
    OSError : the disk, not the file.
    """
    with reading_odd_headers():
        parsed = parse_instance(staged.path)
        header = header_json(parsed.dataset)
    return PreparedArrival(staged, parsed, header, suspected=_suspected(staged.path))


def _suspected(path: Path) -> list[dict[str, Any]] | None:
    if not getattr(settings, "DEIDENTIFY", False):
        return None
    found = suspected_text(path)
    return None if found is None else [one.to_json() for one in found]
