"""A DICOM header as rows for people. Pure but for pydicom's dictionary."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydicom.datadict import dictionary_description

LONGEST_VALUE = 300
DEEPEST = 4


@dataclass(frozen=True)
class HeaderRow:
    """`depth` counts the sequences round an element; `value` is shortened where it is very long."""

    tag: str
    vr: str
    name: str
    value: str
    depth: int

    @property
    def indent(self) -> range:
        return range(self.depth)


def header_rows(header: dict[str, Any], *, depth: int = 0) -> Iterator[HeaderRow]:
    """The rows of a header in the DICOM JSON model (PS3.18 annex F), by tag, sequences unfolded."""
    for tag in sorted(header):
        element = header[tag]
        vr, values = element.get("vr", ""), element.get("Value", [])
        if vr == "SQ":
            yield HeaderRow(_tag(tag), vr, _name(tag), f"{len(values)} item{'' if len(values) == 1 else 's'}", depth)
            if depth < DEEPEST:
                for item in values[:1]:
                    yield from header_rows(item, depth=depth + 1)
            continue
        if "BulkDataURI" in element or "InlineBinary" in element:
            text = "binary data"
        else:
            text = "\\".join(_value(value) for value in values)
        yield HeaderRow(_tag(tag), vr, _name(tag), _shortened(text), depth)


def _value(value: object) -> str:
    if isinstance(value, dict):  # a person's name, PS3.18 F.2.2
        return str(value.get("Alphabetic") or value.get("Ideographic") or value.get("Phonetic") or "")
    return "" if value is None else str(value)


def _tag(tag: str) -> str:
    return f"({tag[:4]},{tag[4:]})"


def _name(tag: str) -> str:
    try:
        return dictionary_description(int(tag, 16))
    except (KeyError, ValueError):
        return "Private" if tag[3:4] in "13579BDFbdf" else "Unknown"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} … ({len(text):,} characters)"
