"""A dataset without the patient: who it was is handed back, sealed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from annotator.imaging.deidentification.action_table import ActionTable
from annotator.imaging.deidentification.identifying_words import words_of
from annotator.imaging.deidentification.markers import earlier_pixel_methods, mark_deidentified
from annotator.imaging.deidentification.shift_dates import stated_age
from annotator.imaging.deidentification.site_key import PatientIdentity, SiteKey
from annotator.imaging.deidentification.walk import Replacements, Walk, fetch_deferred
from annotator.imaging.headers.dicom_values import text

UTF_8 = "ISO_IR 192"
PATIENT_ID_LIMIT = 64
Fetch = Callable[[RawDataElement], bytes | None]


@dataclass(frozen=True)
class SealedPatient:
    """A row of the key map in the making: see PatientKey."""

    lookup: str
    pseudonym: str
    sealed: bytes


def deidentify_dataset(
    dataset: Dataset, *, key: SiteKey, table: ActionTable, fetch: Fetch = lambda _element: None
) -> SealedPatient:
    """De-identify a dataset in place, file meta information not included.

    Parameters
    ----------
    fetch : gives the value of an element that pydicom left in the file (defer_size), or None to drop it.

    Raises
    ------
    RecursionError : sequences nested deeper than Python goes.
    """
    with _writing_odd_values():
        fetch_deferred(dataset, table, fetch=fetch)
        identity = identity_of(dataset)
        age = _age(dataset)
        pixel_methods = earlier_pixel_methods(dataset)
        who = (identity.patient_id, identity.issuer)
        pseudonym = key.pseudonym(*who)
        replacements = Replacements(
            pseudonym=pseudonym,
            patient=frozenset({identity.patient_id, identity.name}) - {""},
            days=key.days(*who),
            new_uid=key.uid,
            known=words_of(dataset),
        )
        Walk(table, replacements).through(dataset)
        dataset.SpecificCharacterSet = UTF_8
        dataset.PatientName = dataset.PatientID = pseudonym
        if age and not text(dataset, "PatientAge"):
            dataset.PatientAge = age
        mark_deidentified(dataset, edition=table.edition, pixel_methods=pixel_methods)
    return SealedPatient(key.lookup(*who), pseudonym, key.seal(identity))


def identity_of(dataset: Dataset) -> PatientIdentity:
    """Who the header says it is. Without a Patient ID the study stands for the patient: strangers are never joined."""
    patient_id = text(dataset, "PatientID")
    if not patient_id:
        patient_id = f"study {text(dataset, 'StudyInstanceUID') or text(dataset, 'SOPInstanceUID')}"
    return PatientIdentity(
        patient_id=patient_id,
        issuer=text(dataset, "IssuerOfPatientID"),
        name=text(dataset, "PatientName"),
        birth_date=text(dataset, "PatientBirthDate"),
        sex=text(dataset, "PatientSex"),
    )


def _age(dataset: Dataset) -> str:
    """Years at the study: the age stays where the date of birth goes (PS3.15 E.1.1, note to point 3)."""
    try:
        born, seen = (
            date.fromisoformat(text(dataset, keyword).replace(".", "")) for keyword in ("PatientBirthDate", "StudyDate")
        )
    except ValueError:
        return ""
    years = seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day))
    return stated_age(f"{years:03d}Y") if 0 <= years <= 150 else ""


@contextmanager
def _writing_odd_values() -> Iterator[None]:
    """Values of the sender that break the rules stay as they were, in silence: what pydicom says of them holds them."""
    before = pydicom.config.settings.writing_validation_mode
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    try:
        yield
    finally:
        pydicom.config.settings.writing_validation_mode = before
