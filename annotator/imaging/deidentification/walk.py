"""One object de-identified in place: every element at every depth, listed by the standard or not.

Source: DICOM PS3.15 Annex E, Basic Application Level Confidentiality Profile (E.2) with the options Retain Longitudinal
Temporal Information with Modified Dates (E.3.6), Retain Patient Characteristics (E.3.7), Clean Descriptors (E.3.5),
Retain Device Identity (E.3.8), and Retain Safe Private (E.3.10) for numbers.

What the table doesn't list is decided by value representation: names of persons are emptied, dates shifted, UIDs of
things mapped, texts and bytes kept only where they are known to be technical (technical_attributes.json).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from annotator.imaging.deidentification.action_table import Action, ActionTable
from annotator.imaging.deidentification.clean_text import bytes_hold_known, clean_description, clean_known, holds_known
from annotator.imaging.deidentification.dummies import BYTES, TEXTS, dummy_of
from annotator.imaging.deidentification.identifying_words import IdentifyingWords
from annotator.imaging.deidentification.private_attributes import keep_safe_private
from annotator.imaging.deidentification.shift_dates import shift_date, shift_date_time, stated_age, time_of_day
from annotator.imaging.deidentification.technical_attributes import (
    is_public_uid,
    is_well_formed_uid,
    known_terms,
    names_a_kind,
    public_schemes,
    technical_bytes,
    technical_texts,
)
from annotator.imaging.headers.dicom_values import HEADER_ERRORS

CHARACTER_SET = 0x00080005
PATIENT_NAME, PATIENT_ID = 0x00100010, 0x00100020
CODE_VALUES = frozenset({"CodeValue", "LongCodeValue"})
CODE = re.compile(r"[\w.\-^/:*{}\[\]%']{1,64}", re.ASCII)
TERM = re.compile(r"[A-Za-z0-9 _.\-+/]{1,32}")
# Trees of content: their codes say what is meant, their texts and names are replaced.
CONTENT = frozenset({"ContentSequence", "GraphicAnnotationSequence"})
LONG_RUN = re.compile(r"\d{5,}")
LONGEST_NUMBERS_BYTES = 6
# A shorter number of a picture may equal an identifier by chance.
SHORT_NUMBER = 4
TIMEZONE = re.compile(r"[+-]\d{4}")
Mapped = Callable[[str], str]


@dataclass(frozen=True)
class Replacements:
    """What values are replaced by in one object.

    Attributes
    ----------
    pseudonym : of the patient.
    patient : the values of Patient ID and Patient's Name that the pseudonym stands for.
    days : by how many dates go back.
    new_uid : the UID that stands for another.
    known : names and identifiers that no text may hold.
    """

    pseudonym: str
    patient: frozenset[str]
    days: int
    new_uid: Mapped
    known: IdentifyingWords


class Walk:
    """Goes through one object."""

    def __init__(self, table: ActionTable, replacements: Replacements) -> None:
        self._table = table
        self._with = replacements

    def through(self, dataset: Dataset, *, dummies: bool = False, codes: bool = True) -> None:
        """De-identify a dataset and all below it.

        Parameters
        ----------
        dummies : below an attribute that is to be replaced: every text becomes a dummy.
        codes : with `dummies`, whether coded entries stay.
        """
        keep_safe_private(dataset)
        for tag in list(dataset.keys()):
            if tag.group & 1 or int(tag) == CHARACTER_SET:
                continue
            # Curves and overlays, which repeat over groups, aren't in the dictionary: they go whole.
            if tag.element == 0 or tag.group < 8 or not dictionary_has_tag(tag):
                del dataset[tag]
                continue
            element = _read(dataset, tag)
            if element is None:
                del dataset[tag]
            elif element.VR == "SQ":
                self._sequence(dataset, element, dummies=dummies, codes=codes)
            else:
                self._element(dataset, element, dummies=dummies, codes=codes)
        # Last: until here the texts of this dataset are read by it. All are written as UTF-8.
        if CHARACTER_SET in dataset:
            del dataset[CHARACTER_SET]

    def _sequence(self, dataset: Dataset, element: DataElement, *, dummies: bool, codes: bool) -> None:
        action = self._table.action_for(int(element.tag))
        if action is Action.REMOVE or not isinstance(element.value, Sequence):
            del dataset[element.tag]
        elif action is Action.EMPTY:
            element.value = Sequence()
        else:
            if action is Action.DUMMY:
                codes = codes and element.keyword in CONTENT
                dummies = True
            for item in element.value:
                self.through(item, dummies=dummies, codes=codes)

    def _element(self, dataset: Dataset, element: DataElement, *, dummies: bool, codes: bool) -> None:
        if element.is_empty:
            return
        if " or " in element.VR and isinstance(element.value, bytes) and not _settle_vr(element):
            del dataset[element.tag]
            return
        action = self._table.action_for(int(element.tag)) or _unlisted(element)
        if dummies and element.VR in TEXTS and action is not Action.REMOVE:
            action = action if codes and _is_code(element.keyword) else Action.DUMMY
        if int(element.tag) in (PATIENT_NAME, PATIENT_ID):
            self._patient(element)
        elif action is Action.REMOVE:
            del dataset[element.tag]
        elif action is Action.EMPTY:
            element.clear()
        elif action is Action.DUMMY and element.VR != "UI":
            element.value = dummy_of(element.VR)
        elif not self._replace(element, action, dataset):
            if self._table.needs_value(int(element.tag)):
                element.value = dummy_of(element.VR)
            else:
                element.clear()

    def _patient(self, element: DataElement) -> None:
        """The pseudonym where this object's patient is meant, at whatever depth; somebody else is nobody."""
        same = str(element.value).strip() in self._with.patient
        element.value = self._with.pseudonym if same else dummy_of(element.VR)

    def _replace(self, element: DataElement, action: Action, dataset: Dataset) -> bool:
        """Give an element that stays the value that may stay; False when none may."""
        vr = element.VR
        if vr == "UI":
            return self._each(element, lambda value: self._uid(element.keyword, value, action))
        if vr in ("DA", "DT"):
            shift = shift_date if vr == "DA" else shift_date_time
            return self._each(element, lambda value: shift(value, self._with.days))
        if vr == "TM":
            return self._each(element, time_of_day)
        if vr == "AS":
            return self._each(element, stated_age)
        if vr == "CS":
            return self._each(element, self._term)
        if vr in ("DS", "IS"):
            return _holds_numbers(element, self._with.known.numbers)
        if vr in BYTES:
            stays = action is Action.KEEP and isinstance(element.value, bytes)
            return stays and not bytes_hold_known(element.value, self._with.known)
        if vr in TEXTS or vr == "UR":
            if element.keyword == "TimezoneOffsetFromUTC":
                return self._each(element, lambda value: value if TIMEZONE.fullmatch(value.strip()) else "")
            return self._each(element, lambda value: self._text(element.keyword, value, action, dataset))
        return True

    def _uid(self, keyword: str, value: str, action: Action) -> str:
        value = value.strip(" \0")
        if not value or is_public_uid(value):
            return value
        if names_a_kind(keyword) or action is Action.KEEP:
            return value if is_well_formed_uid(value) else ""
        return self._with.new_uid(value)

    def _term(self, value: str) -> str:
        words = [word for word in re.split(r"[ _]", value.upper()) if word]
        if value.upper() in known_terms() or all(word in known_terms() for word in words):
            return value
        fits = TERM.fullmatch(value) is not None and LONG_RUN.search(value) is None
        return value if fits and not holds_known(value.replace("_", " "), self._with.known) else ""

    def _text(self, keyword: str, value: str, action: Action, dataset: Dataset) -> str:
        known = self._with.known
        if keyword in CODE_VALUES and CODE.fullmatch(value) and _scheme(dataset) in public_schemes():
            return clean_known(value, known)
        if action is Action.KEEP:
            return clean_known(value, known)
        return clean_description(value, known)

    @staticmethod
    def _each(element: DataElement, replace: Mapped) -> bool:
        value = element.value
        if isinstance(value, (MultiValue, list)):
            replaced = [replace(str(part)) for part in value]
            element.value = replaced if any(replaced) else ""
            return any(replaced)
        one = replace(str(value))
        element.value = one
        return bool(one)


def fetch_deferred(dataset: Dataset, table: ActionTable, *, fetch: Callable[[RawDataElement], bytes | None]) -> None:
    """Read the values that were left in the file for their length; those that are removed anyway go at once.

    Parameters
    ----------
    fetch : gives a value, or None when it is to go.
    """
    for tag in list(dataset.keys()):
        raw = dataset.get_item(tag, keep_deferred=True)
        if not isinstance(raw, RawDataElement) or raw.value is not None or not raw.length:
            continue
        try:
            fetched = None if tag.group & 1 or table.action_for(int(tag)) is Action.REMOVE else fetch(raw)
            if fetched is not None:
                dataset[tag] = convert_raw_data_element(raw._replace(value=fetched), ds=dataset)
                continue
        except HEADER_ERRORS:
            pass
        del dataset[tag]


def _read(dataset: Dataset, tag: BaseTag) -> DataElement | None:
    """The element, None where it can't be read."""
    try:
        return dataset[tag]
    except HEADER_ERRORS:
        return None


def _unlisted(element: DataElement) -> Action:
    """What is done with a standard attribute that the table doesn't list."""
    vr, keyword = element.VR, element.keyword
    if vr == "UI":
        return Action.NEW_UID
    if vr == "PN":
        return Action.EMPTY
    if vr in TEXTS:
        return Action.CLEAN if keyword in technical_texts() else Action.DUMMY
    if vr == "UR":
        return Action.REMOVE
    if vr in BYTES:
        return Action.KEEP if keyword in technical_bytes() else Action.REMOVE
    return Action.CLEAN


def _settle_vr(element: DataElement) -> bool:
    """Decide an ambiguous VR of a value that is still bytes, as in implicit VR; False where it may not stay."""
    if "OW" in element.VR:
        element.VR = "OW"
        return True
    # US or SS: pydicom settles it when it writes. Three numbers at most are in any such attribute.
    return len(element.value) <= LONGEST_NUMBERS_BYTES


def _is_code(keyword: str) -> bool:
    return keyword in CODE_VALUES or keyword in ("CodeMeaning", "CodingSchemeDesignator", "CodingSchemeVersion")


def _scheme(dataset: Dataset) -> str:
    try:
        return str(dataset.get("CodingSchemeDesignator", "")).strip()
    except HEADER_ERRORS:
        return ""


def _holds_numbers(element: DataElement, identifiers: set[str]) -> bool:
    """Whether a DS or IS holds numbers, none of them an identifier of the patient.

    pydicom leaves what is no number as text where it was told to read on.
    """
    value = element.value
    parts = list(value) if isinstance(value, (MultiValue, list)) else [value]
    try:
        for part in parts:
            if part not in ("", None):
                float(part)
                if len(str(part)) > SHORT_NUMBER and str(part).lstrip("0+") in identifiers:
                    return False
    except HEADER_ERRORS:
        return False
    return True
