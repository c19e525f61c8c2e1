"""Make of a staged file what is filed and recorded: read, checked, and on the way changed as the site wants it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from annotator.imaging.deidentification.arrival_labels import shown_reason
from annotator.imaging.deidentification.deidentify_dataset import SealedPatient
from annotator.imaging.deidentification.deidentify_file import deidentify_file
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.header_json import header_json
from annotator.imaging.headers.header_reading import reading_odd_headers
from annotator.imaging.headers.parsing import ParsedInstance, parse_instance
from annotator.imaging.store.guarded_deriving import search_text_guarded
from annotator.imaging.store.staging import StagedFile, restage, staging_name
from annotator.imaging.wrapping.companions import Companions
from annotator.imaging.wrapping.wrap_picture import kind_of_picture, wrap_picture


@dataclass(frozen=True)
class PreparedArrival:
    """What an arrival became.

    Attributes
    ----------
    file : what is filed; the staged file itself, or another that was made from it under a temporary name.
    parsed, header : of `file`.
    patient : who it was before, sealed, where the site de-identifies.
    suspected : places of text that may say who it is, as TextReview.suspected has them, when a person must look
        before anybody is shown the picture; None when nobody need.
    """

    file: StagedFile
    parsed: ParsedInstance
    header: dict[str, Any]
    deidentified: bool = False
    suspected: list[dict[str, Any]] | None = None
    patient: SealedPatient | None = None


def prepare_arrival(staged: StagedFile, *, name: str, companions: Companions | None = None) -> PreparedArrival:
    """Prepare a file that isn't known by its bytes; a picture is wrapped first.

    Parameters
    ----------
    name : the path as the sender had it; a label, by which `companions` find what is known of a picture.

    Raises
    ------
    QuarantineError : it can't become an instance; the message says why.
    OSError : the disk, not the file.
    """
    if kind_of_picture(staged.path) is None:
        return _prepare(staged)
    draft = staging_name()
    prepared: PreparedArrival | None = None
    try:
        try:
            details = (companions or Companions([name], ())).details_of(name)
            wrap_picture(staged.path, name=name, details=details, target=draft)
        except QuarantineError as error:
            raise QuarantineError(shown_reason(error.reason)) from None
        prepared = _prepare(restage(draft))
    finally:
        if prepared is None or prepared.file.path != draft:
            draft.unlink(missing_ok=True)
    return prepared


def _prepare(staged: StagedFile) -> PreparedArrival:
    if settings.DEIDENTIFY:
        return _without_identity(staged)
    parsed, header = _read(staged.path)
    return PreparedArrival(staged, parsed, header)


def _read(path: Path) -> tuple[ParsedInstance, dict[str, Any]]:
    with reading_odd_headers():
        parsed = parse_instance(path)
        return parsed, header_json(parsed.dataset)


def _without_identity(staged: StagedFile) -> PreparedArrival:
    try:
        parse_instance(staged.path)
    except QuarantineError as error:
        raise QuarantineError(shown_reason(error.reason)) from None
    draft = staging_name()
    try:
        patient = deidentify_file(staged.path, draft)
        made = restage(draft)
        parsed, header = _read(draft)
        suspected = _suspected(draft, parsed)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return PreparedArrival(made, parsed, header, deidentified=True, suspected=suspected, patient=patient)


def _suspected(path: Path, parsed: ParsedInstance) -> list[dict[str, Any]] | None:
    found = search_text_guarded(path, transfer_syntax_uid=parsed.transfer_syntax_uid)
    return None if found is None else [one.to_json() for one in found]
