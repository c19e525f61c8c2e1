"""Why an instance was not stored, as the number that DICOM gives it.

Source: DICOM PS3.18 I.2.2 (Store Instances Response Module), PS3.4 B.2.3, PS3.7 C.
"""

PROCESSING_FAILURE = 0x0110
DUPLICATE_INSTANCE = 0x0111
SOP_CLASS_NOT_SUPPORTED = 0x0122
OUT_OF_RESOURCES = 0xA700
DOES_NOT_MATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000
SYNTAX_NOT_SUPPORTED = 0xC122
# A warning: stored, but not as it was sent.
COERCED = 0xB000

# How the reasons of the intake begin or go on. Tests send a file for each, so that other words are noticed.
_WORDS = (
    ("came in before with other bytes", DUPLICATE_INSTANCE),
    ("Only pictures are taken in", SOP_CLASS_NOT_SUPPORTED),
    ("No pixel data", SOP_CLASS_NOT_SUPPORTED),
    ("A DICOMDIR", SOP_CLASS_NOT_SUPPORTED),
    ("Unsupported transfer syntax", SYNTAX_NOT_SUPPORTED),
    ("belongs to patient", DOES_NOT_MATCH),
    ("belongs to another study", DOES_NOT_MATCH),
    ("more than the", OUT_OF_RESOURCES),
    ("was sent to the address of study", DOES_NOT_MATCH),
    ("can't be decoded", CANNOT_UNDERSTAND),
    ("Truncated", CANNOT_UNDERSTAND),
    ("can't be read", CANNOT_UNDERSTAND),
    ("Not DICOM", CANNOT_UNDERSTAND),
    ("No transfer syntax", CANNOT_UNDERSTAND),
    ("contradicts itself", CANNOT_UNDERSTAND),
    ("is no UID", CANNOT_UNDERSTAND),
    ("without it the file can't be filed", CANNOT_UNDERSTAND),
)


def failure_reason(words: str) -> int:
    """The number of a reason in words; a processing failure where none says it better."""
    return next((number for known, number in _WORDS if known in words), PROCESSING_FAILURE)
