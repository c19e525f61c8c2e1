"""Which private attributes stay: numbers that the standard itself calls safe, under the names of their makers.

Source: DICOM PS3.15 E.3.10, Table E.3.10-1; PS3.5 7.8 on private blocks.
"""

import json
import math
from functools import cache
from pathlib import Path

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag

from annotator.imaging.headers.dicom_values import HEADER_ERRORS

SAFE_PRIVATE = Path(__file__).with_name("safe_private.json")
FIRST_BLOCK, LAST_BLOCK = 0x10, 0xFF
MOST_VALUES = 64


def keep_safe_private(dataset: Dataset) -> None:
    """Remove every private element of one dataset but the safe numbers, and their creators where something stays.

    What stays is written anew from its numbers, so that no byte of the sender's text comes along.
    """
    private = [tag for tag in list(dataset.keys()) if tag.group & 1]
    kept: list[DataElement] = []
    for tag in private:
        block = tag.element >> 8
        if not FIRST_BLOCK <= block <= LAST_BLOCK:
            continue
        creator = _creator(dataset, tag.group, block)
        vr = safe_attributes().get((creator, tag.group, tag.element & 0xFF))
        if vr is None:
            continue
        numbers = _numbers(dataset, int(tag), vr)
        if numbers:
            kept.append(DataElement(Tag(tag.group, block), "LO", creator))
            kept.append(DataElement(tag, vr, numbers if len(numbers) > 1 else numbers[0]))
    for tag in private:
        del dataset[tag]
    for element in kept:
        dataset[element.tag] = element


@cache
def safe_attributes() -> dict[tuple[str, int, int], str]:
    """VR by (creator, group, last two digits of the element)."""
    safe: dict[tuple[str, int, int], str] = {}
    for creator, attributes in json.loads(SAFE_PRIVATE.read_text())["safe"].items():
        for attribute in attributes:
            place, vr = attribute.split()
            safe[creator, int(place[:4], 16), int(place[4:], 16)] = vr
    return safe


def _creator(dataset: Dataset, group: int, block: int) -> str:
    tag = Tag(group, block)
    if tag not in dataset:
        return ""
    try:
        return str(dataset[tag].value).strip()
    except HEADER_ERRORS:
        return ""


def _numbers(dataset: Dataset, tag: int, vr: str) -> list[int] | list[float] | list[str]:
    """The values of an element where it has this VR and holds numbers only; else none."""
    try:
        element = dataset[tag]
        if vr != element.VR:
            return []
        value = element.value
        parts = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
        numbers = [float(part) for part in parts]
    except HEADER_ERRORS:
        return []
    if not 0 < len(numbers) <= MOST_VALUES or not all(math.isfinite(number) for number in numbers):
        return []
    if vr == "DS":
        return [f"{number:.10g}"[:16] for number in numbers]
    return [int(number) for number in numbers] if vr in ("IS", "SS", "US", "SL", "UL") else numbers
