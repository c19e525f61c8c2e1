"""A header as DICOM's JSON model, fit for a JSON column: bulk data as references to where they are to be had.

Source: DICOM PS3.18 F.2.
"""

import math
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pydicom.valuerep import IS, DSfloat

from annotator.imaging.headers.dicom_values import HEADER_ERRORS, clean_text, text

# Longer binary values are bulk data: lookup tables, overlays, icons, private blocks.
BULK_BYTES = 1024
# How a reference begins; the element's path in the header follows: 00289145/0/00281201, items counted from 0.
BULK_REFERENCE = "bulkdata/"
# A header whose JSON counts more values than this keeps its top level only.
MAX_VALUES = 200_000
# The slices of a series repeat nearly all of their header: what short values became is kept, a few megabytes of it.
SHORT_BYTES = 128
MAX_KNOWN = 20_000
_PLAIN_TYPES = (str, UID, DSfloat, IS, int)
_known: dict[tuple[object, ...] | None, dict[str, Any] | None] = {}


def header_json(dataset: Dataset) -> dict[str, Any]:
    """Every readable element of a header; bulk data as a reference, what can't be read left out.

    Not-a-number and infinity become null, control characters go: JSON columns take neither.
    """
    whole: dict[str, Any] = {}
    counted = 0
    charset = text(dataset, "SpecificCharacterSet")
    for tag in sorted(dataset.keys()):
        path = f"{int(tag):08X}"
        raw = dataset.get_item(tag, keep_deferred=True)
        if isinstance(raw, RawDataElement) and raw.value is None and raw.length:
            # Deferred: too long for a header.
            vr = _vr_of_deferred(raw)
            if vr != "SQ":
                whole[path] = {"vr": vr, "BulkDataURI": BULK_REFERENCE + path}
            continue
        made_of = _made_of(raw, path, charset)
        if made_of in _known:
            counted += 1
            if (kept := _known[made_of]) is not None:
                whole[path] = kept
            continue
        try:
            element = dataset[tag]
            described = _element_json(element, path)
        except HEADER_ERRORS:
            continue
        if made_of is not None:
            _keep(made_of, described)
        counted += _values_in(described)
        if counted > MAX_VALUES and element.VR == "SQ":
            continue
        if described is not None:
            whole[path] = described
    return whole


def _made_of(element: RawDataElement | DataElement, path: str, charset: str) -> tuple[object, ...] | None:
    """All that decides what a short element becomes; None where that is more than itself and the character set."""
    value = element.value
    if isinstance(element, DataElement):
        return (path, element.VR, type(value), value) if type(value) in _PLAIN_TYPES else None
    if not isinstance(value, bytes) or len(value) > SHORT_BYTES or element.VR in ("SQ", "UN"):
        return None
    # Private elements and ambiguous VRs take their meaning from other elements.
    if element.VR is None and (element.tag.is_private or " or " in _vr_of_deferred(element, whole=True)):
        return None
    return (path, element.VR, value, element.is_little_endian, charset)


def _keep(made_of: tuple[object, ...], described: dict[str, Any] | None) -> None:
    if len(_known) >= MAX_KNOWN:
        _known.clear()
    _known[made_of] = described


def _vr_of_deferred(raw: RawDataElement, *, whole: bool = False) -> str:
    if raw.VR is not None:
        return str(raw.VR)
    try:
        known = dictionary_VR(raw.tag)
    except KeyError:
        return "UN"
    return known if whole else known.split(" or ")[-1]


def _element_json(element: DataElement, path: str) -> dict[str, Any] | None:
    return _clean_element(element.to_json_dict(lambda _element: "", BULK_BYTES), path)


def _clean_element(described: Any, path: str) -> dict[str, Any] | None:
    """The same with bulk data referred to by their path, without NaN and control characters."""
    if not isinstance(described, dict):
        return None
    if "BulkDataURI" in described:
        return {"vr": described["vr"], "BulkDataURI": BULK_REFERENCE + path}
    if described.get("vr") == "SQ" and isinstance(described.get("Value"), list):
        items = [_clean_item(item, f"{path}/{index}") for index, item in enumerate(described["Value"])]
        return {**described, "Value": items}
    return {key: _clean(value) for key, value in described.items()}


def _clean_item(item: Any, path: str) -> dict[str, Any]:
    elements = item.items() if isinstance(item, dict) else ()
    cleaned = ((tag, _clean_element(described, f"{path}/{tag}")) for tag, described in elements)
    return {tag: described for tag, described in cleaned if described is not None}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return clean_text(value) if isinstance(value, str) else value


def _values_in(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_values_in(item) for item in value.values())
    return sum(_values_in(item) for item in value) if isinstance(value, list) else 1
