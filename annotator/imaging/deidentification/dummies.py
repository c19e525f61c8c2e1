"""Values that say nothing, one for each value representation.

Source: DICOM PS3.15 E.1.1, action code D: "a non-zero length value that may be a dummy value and consistent with the
VR".
"""

TEXTS = frozenset({"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"})
BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
REMOVED = "REMOVED"
_DUMMIES: dict[str, object] = {
    "AS": "000Y",
    "AT": 0,
    "CS": REMOVED,
    "DA": "19000101",
    "DT": "19000101000000",
    "TM": "000000",
    "DS": "0",
    "IS": "0",
    "UR": "urn:removed",
}


def dummy_of(vr: str) -> object:
    """A value of a VR that holds nothing of the one it replaces."""
    if vr in TEXTS:
        return REMOVED
    if vr in BYTES:
        return b"\0\0\0\0\0\0\0\0"
    return _DUMMIES.get(vr, 0)
