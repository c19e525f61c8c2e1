"""How one frame's stored values become modality values, and these become grey: slope, tables, windows, padding.

Source: DICOM PS3.3 C.11.1 (Modality LUT), C.11.2 (VOI LUT), C.7.5.1.1.2 (Pixel Padding).
"""

from typing import get_args

import numpy as np
from pydicom.dataset import Dataset

from annotator.imaging.frame_description import FrameGrey, LookupTable, VoiFunction, Window
from annotator.imaging.headers.dicom_values import first_item, integer, number, numbers, raw_value, text
from annotator.imaging.headers.functional_groups import FrameAttributes


def describe_grey(attributes: FrameAttributes, index: int) -> FrameGrey:
    """The grey chain of a frame (from 0) of a monochrome picture."""
    dataset = attributes.dataset
    rescale = attributes.holding(index, "PixelValueTransformationSequence", "RescaleSlope")
    slope, intercept = number(rescale, "RescaleSlope"), number(rescale, "RescaleIntercept")
    signed = integer(dataset, "PixelRepresentation") == 1
    little_endian = dataset.original_encoding[1] is not False
    slope, intercept = slope if slope else 1.0, intercept or 0.0
    modality_lut = lookup_table(first_item(dataset, "ModalityLUTSequence"), signed=signed, little_endian=little_endian)
    below_zero = modality_lut is None and _reaches_below_zero(dataset, signed=signed, slope=slope, intercept=intercept)
    return FrameGrey(
        slope=slope,
        intercept=intercept,
        units=text(rescale, "RescaleType", limit=16),
        windows=windows(attributes.holding(index, "FrameVOILUTSequence", "WindowCenter")),
        # Presentation LUT Shape repeats what this says (C.8.11.3.1.2); where it contradicts, viewers follow this.
        inverted=text(dataset, "PhotometricInterpretation") == "MONOCHROME1",
        padding=padding_range(dataset, signed=signed, little_endian=little_endian),
        modality_lut=modality_lut,
        voi_lut=lookup_table(
            first_item(attributes.holding(index, "FrameVOILUTSequence", "VOILUTSequence"), "VOILUTSequence"),
            # The first value mapped is a modality value: signed where those can be, whatever the stored ones are.
            signed=below_zero,
            little_endian=little_endian,
        ),
    )


def _reaches_below_zero(dataset: Dataset, *, signed: bool, slope: float, intercept: float) -> bool:
    bits = integer(dataset, "BitsStored") or 16
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return min(slope * low, slope * high) + intercept < 0


def windows(dataset: Dataset) -> tuple[Window, ...]:
    """Every window that a dataset offers, with its explanation; those that mean nothing are left out."""
    centres, widths = numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth")
    names = text(dataset, "WindowCenterWidthExplanation").split("\\")
    stated = text(dataset, "VOILUTFunction").upper()
    function: VoiFunction = next((known for known in get_args(VoiFunction) if known == stated), "LINEAR")
    found = []
    for place, (centre, width) in enumerate(zip(centres, widths, strict=False)):
        if width <= 0 or (function == "LINEAR" and width < 1):
            continue
        name = names[place].strip()[:64] if place < len(names) else ""
        found.append(Window(centre=centre, width=width, name=name, function=function))
    return tuple(found)


def padding_range(dataset: Dataset, *, signed: bool, little_endian: bool) -> tuple[int, int] | None:
    """The inclusive range of stored values that are no image."""
    bits = integer(dataset, "BitsAllocated") or 16
    value = _stored_value(dataset, "PixelPaddingValue", bits, signed=signed, little_endian=little_endian)
    if value is None:
        return None
    limit = _stored_value(dataset, "PixelPaddingRangeLimit", bits, signed=signed, little_endian=little_endian)
    other = value if limit is None else limit
    return (min(value, other), max(value, other))


def _stored_value(dataset: Dataset, keyword: str, bits: int, *, signed: bool, little_endian: bool) -> int | None:
    """A value whose VR is US or SS by Pixel Representation: many writers use the wrong one of the two."""
    raw = raw_value(dataset, keyword)
    if isinstance(raw, bytes):
        value = int.from_bytes(raw[:2], "little" if little_endian else "big") if len(raw) >= 2 else None
    else:
        value = integer(dataset, keyword)
    if value is None:
        return None
    half, whole = 1 << (bits - 1), 1 << bits
    if signed and half <= value < whole:
        return value - whole
    if not signed and -half <= value < 0:
        return value + whole
    return value


def lookup_table(item: Dataset | None, *, signed: bool, little_endian: bool) -> LookupTable | None:
    """A Modality or VOI LUT item as a table; None when it is absent or contradicts itself."""
    if item is None:
        return None
    descriptor = raw_value(item, "LUTDescriptor")
    if isinstance(descriptor, bytes):
        order = "<u2" if little_endian else ">u2"
        three = tuple(float(value) for value in np.frombuffer(descriptor[:6], order))
    else:
        three = numbers(item, "LUTDescriptor")
    if len(three) != 3:
        return None
    entries, first, bits = (int(value) for value in three)
    entries = (entries & 0xFFFF) or 65536
    if signed and first >= 1 << 15:
        first -= 1 << 16
    values = _table_values(item, entries, little_endian=little_endian)
    if values is None or not 1 <= bits <= 16:
        return None
    return LookupTable(first=first, bits=bits, values=values)


def _table_values(item: Dataset, entries: int, *, little_endian: bool) -> tuple[int, ...] | None:
    data = raw_value(item, "LUTData")
    if isinstance(data, bytes):
        wide = len(data) >= 2 * entries
        kind = ("<u2" if little_endian else ">u2") if wide else "u1"
        found = np.frombuffer(data[: len(data) - len(data) % 2] if wide else data, kind)[:entries]
        return tuple(int(value) for value in found) if len(found) == entries else None
    values = numbers(item, "LUTData")
    if len(values) < entries:
        return None
    return tuple(int(value) & 0xFFFF for value in values[:entries])
