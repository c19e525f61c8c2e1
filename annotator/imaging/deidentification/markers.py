"""What an object says about its own de-identification.

Source: DICOM PS3.15 E.1.1, points 6 and 7; E.3.6; PS3.16 CID 7050.
"""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from annotator.imaging.headers.dicom_values import items, text

METHODS = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113105", "Clean Descriptors Option"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
    ("113109", "Retain Device Identity Option"),
    ("113111", "Retain Safe Private Option"),
)
# What a sender may have done to the pixels before; it stays true.
PIXEL_METHODS = {"113101": "Clean Pixel Data Option", "113102": "Clean Recognizable Visual Features Option"}


def earlier_pixel_methods(dataset: Dataset) -> list[str]:
    """The codes of what the sender says was cleaned of the pixels."""
    found = [text(item, "CodeValue") for item in items(dataset, "DeidentificationMethodCodeSequence")]
    return [code for code in PIXEL_METHODS if code in found]


def mark_deidentified(dataset: Dataset, *, edition: str, pixel_methods: list[str]) -> None:
    """Write Patient Identity Removed, the method in words and in codes, and that dates were modified."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = [
        f"DICOM PS3.15 {edition} Annex E Basic Profile",
        "Modified dates, patient characteristics, device identity",
        "Clean descriptors, safe private attributes",
    ]
    codes = [*METHODS, *((code, PIXEL_METHODS[code]) for code in pixel_methods)]
    dataset.DeidentificationMethodCodeSequence = Sequence([_code(*one) for one in codes])
    dataset.LongitudinalTemporalInformationModified = "MODIFIED"


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item
