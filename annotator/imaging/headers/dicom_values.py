"""Values of a DICOM header, read tolerantly: what can't be understood counts as absent, and never crashes a run."""

import math
import struct
from collections.abc import Iterable, Sequence

from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.multival import MultiValue

# What pydicom raises on values, lengths, character sets and VRs that break the rules.
HEADER_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    NotImplementedError,
    ArithmeticError,
    AssertionError,
    struct.error,
    OSError,
    EOFError,
    RecursionError,
    BytesLengthException,
    InvalidDicomError,
)


def raw_value(dataset: Dataset, keyword: str) -> object:
    """The value as pydicom gives it, None when it is absent, empty or unreadable."""
    try:
        value: object = dataset.get(keyword)
    except HEADER_ERRORS:
        return None
    return None if value is None or value == "" else value


def text(dataset: Dataset, keyword: str, *, limit: int = 0) -> str:
    """One line of text, several values joined by a backslash, cut to `limit` characters; "" when absent."""
    value = raw_value(dataset, keyword)
    if value is None:
        return ""
    try:
        joined = "\\".join(str(part) for part in value) if isinstance(value, (MultiValue, list)) else str(value)
    except HEADER_ERRORS:
        return ""
    cleaned = clean_text(joined).strip()
    return cleaned[:limit] if limit else cleaned


def clean_text(value: str) -> str:
    """Text that every database takes: no control characters, no half surrogates."""
    if value.isprintable():
        return value
    kept = "".join(letter for letter in value if (letter >= " " and letter != "\x7f") or letter in "\n\t")
    return kept.encode("utf-8", "replace").decode("utf-8")


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """All finite numbers of a value; () when it is absent or any of them is no number."""
    value = raw_value(dataset, keyword)
    if value is None or isinstance(value, bytes):
        return ()
    parts: Iterable[object] = value if isinstance(value, (MultiValue, list, tuple)) else (value,)
    found: list[float] = []
    for part in parts:
        try:
            number = float(part)  # type: ignore[arg-type]
        except HEADER_ERRORS:
            return ()
        if not math.isfinite(number):
            return ()
        found.append(number)
    return tuple(found)


def number(dataset: Dataset, keyword: str) -> float | None:
    """The first number of a value."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def integer(dataset: Dataset, keyword: str) -> int | None:
    """The first number of a value when it is whole."""
    found = number(dataset, keyword)
    return int(found) if found is not None and found == int(found) else None


def vector(dataset: Dataset, keyword: str, size: int) -> tuple[float, ...] | None:
    """Exactly `size` numbers, else None."""
    found = numbers(dataset, keyword)
    return found if len(found) == size else None


def items(dataset: Dataset, keyword: str) -> Sequence[Dataset]:
    """The items of a sequence; () when it is absent or no sequence."""
    value = raw_value(dataset, keyword)
    try:
        return [item for item in value if isinstance(item, Dataset)] if value is not None else ()  # type: ignore[attr-defined]
    except HEADER_ERRORS:
        return ()


def first_item(dataset: Dataset, keyword: str) -> Dataset | None:
    """The first item of a sequence."""
    found = items(dataset, keyword)
    return found[0] if found else None
