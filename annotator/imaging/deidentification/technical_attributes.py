"""Standard attributes that Table E.1-1 doesn't list: which texts, bytes and UIDs stay, telling of the machine."""

import json
import re
from functools import cache
from pathlib import Path

from pydicom.uid import UID_dictionary

TECHNICAL_ATTRIBUTES = Path(__file__).with_name("technical_attributes.json")
UID_FORM = re.compile(r"[0-9]+(\.[0-9]+)+")
UID_LIMIT = 64


@cache
def technical_texts() -> frozenset[str]:
    """Keywords of texts that stay once they are cleaned."""
    return _listed("text")


@cache
def technical_bytes() -> frozenset[str]:
    """Keywords of binary values that stay: tables, profiles, coordinates, samples."""
    return _listed("bytes")


@cache
def known_terms() -> frozenset[str]:
    """Words of coded strings that stay even where somebody is called so."""
    return _listed("terms")


@cache
def public_schemes() -> frozenset[str]:
    """Designators of the coding schemes whose codes are public."""
    return _listed("schemes")


def names_a_kind(keyword: str) -> bool:
    """Whether a UI attribute holds classes, syntaxes or schemes: private SOP classes are no instances."""
    return keyword.endswith("ClassUID") or keyword in _listed("kinds")


def is_public_uid(value: str) -> bool:
    """Whether DICOM itself gives this UID out (PS3.6 A)."""
    return value in UID_dictionary


def is_well_formed_uid(value: str) -> bool:
    return len(value) <= UID_LIMIT and UID_FORM.fullmatch(value) is not None


@cache
def _listed(kind: str) -> frozenset[str]:
    return frozenset(json.loads(TECHNICAL_ATTRIBUTES.read_text())[kind])
