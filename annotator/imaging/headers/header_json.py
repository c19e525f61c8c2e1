"""A header as DICOM's JSON model without bulk data, fit for a JSON column.

Source: DICOM PS3.18 F.2.
"""

import math
from typing import Any

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from annotator.imaging.headers.dicom_values import HEADER_ERRORS, clean_text

# Longer binary values are bulk data: lookup tables, overlays, icons, private blocks.
BULK_BYTES = 1024
# A header whose JSON counts more values than this keeps its top level only.
MAX_VALUES = 200_000


def header_json(dataset: Dataset) -> dict[str, Any]:
    """Every readable element of a header; bulk data and what can't be read are left out.

    Not-a-number and infinity become null, control characters go: JSON columns take neither.
    """
    whole: dict[str, Any] = {}
    counted = 0
    for tag in sorted(dataset.keys()):
        raw = dataset.get_item(tag, keep_deferred=True)
        if isinstance(raw, RawDataElement) and raw.value is None and raw.length:
            continue  # deferred: too long for a header
        try:
            element = dataset[tag]
            described = _element_json(element)
        except HEADER_ERRORS:
            continue
        counted += _values_in(described)
        if counted > MAX_VALUES and element.VR == "SQ":
            continue
        if described is not None:
            whole[f"{int(tag):08X}"] = described
    return whole


def _element_json(element: DataElement) -> dict[str, Any] | None:
    described = element.to_json_dict(lambda _element: "", BULK_BYTES)
    cleaned = _clean(described)
    return cleaned if isinstance(cleaned, dict) else None


def _clean(value: Any) -> Any:
    """The same without bulk data (None), NaN and control characters."""
    if isinstance(value, dict):
        if "BulkDataURI" in value:
            return None
        return {key: kept for key, item in value.items() if (kept := _clean(item)) is not None or item is None}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return clean_text(value) if isinstance(value, str) else value


def _values_in(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_values_in(item) for item in value.values())
    return sum(_values_in(item) for item in value) if isinstance(value, list) else 1
