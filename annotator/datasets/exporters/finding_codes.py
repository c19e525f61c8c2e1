"""Coded concepts for what marks show, for DICOM objects. Pure.

Source: SNOMED CT as DICOM PS3.16 has it (CID 6015 and 7159 among others), DCM (PS3.16 annex D).
"""

from dataclasses import dataclass

# PS3.5 6.2: a short string.
_LONGEST_VALUE = 16
_LONGEST_MEANING = 64
# PS3.16 8.2: schemes that begin so are private.
OWN_SCHEME = "99READINGROOM"


@dataclass(frozen=True)
class Concept:
    """A coded concept, PS3.3 8.8."""

    value: str
    scheme: str
    meaning: str


ABNORMAL = Concept("49755003", "SCT", "Morphologically Abnormal Structure")
_KNOWN = {
    "nodule": Concept("27925004", "SCT", "Nodule"),
    "mass": Concept("4147007", "SCT", "Mass"),
    "calcifications": Concept("129748009", "SCT", "Radiographic calcification finding"),
    "distortion": Concept("129792006", "SCT", "Architectural distortion of breast"),
    "haemorrhage": Concept("50960005", "SCT", "Hemorrhage"),
    "fracture": Concept("72704001", "SCT", "Fracture"),
    "lesion": Concept("52988006", "SCT", "Lesion"),
}


def concept_of_category(category: str) -> Concept:
    """What a category is; a word of a reader's own becomes a morphologically abnormal structure."""
    return _KNOWN.get(category, ABNORMAL)


def category_of_concept(value: str, meaning: str) -> str:
    """The kind of finding that a concept names, else its meaning in lower case."""
    return next((name for name, concept in _KNOWN.items() if concept.value == value), meaning.lower())


def short_text(text: str) -> str:
    """Text that fits a long string of DICOM (LO): 64 characters, no backslash, which would part it."""
    return " ".join(text.replace("\\", "/").split())[:_LONGEST_MEANING] or "unnamed"
