"""Colour as DICOM stores it, to 8-bit RGB."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.imaging.frame_description import LookupTable

# Rows give R, G, B from Y, Cb - 128, Cr - 128. Source: DICOM PS3.3 C.7.6.3.1.2 (YBR_FULL), ITU-R BT.601.
_RGB_FROM_YBR = np.array([[1.0, 0.0, 1.402], [1.0, -0.344136, -0.714136], [1.0, 1.772, 0.0]], dtype=np.float32)


@dataclass(frozen=True)
class Palette:
    """The three Palette Color Lookup Tables, PS3.3 C.7.6.3.1.5, segmented ones already expanded."""

    red: LookupTable
    green: LookupTable
    blue: LookupTable


def rgb_from_ybr(ybr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Convert full-range YCbCr to RGB.

    Parameters
    ----------
    ybr : (rows, columns, 3).
    """
    values = ybr.astype(np.float32)
    values[..., 1:] -= 128.0
    rgb = values @ _RGB_FROM_YBR.T
    return np.asarray(np.clip(np.rint(rgb, out=rgb), 0, 255, out=rgb).astype(np.uint8))


def ybr_from_422(data: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Spread uncompressed YBR_FULL_422 (Y Y Cb Cr for each two pixels) to (rows, columns, 3)."""
    pairs = data.reshape(-1, 4)
    ybr = np.empty((pairs.shape[0], 2, 3), dtype=np.uint8)
    ybr[:, :, 0] = pairs[:, :2]
    ybr[:, :, 1] = pairs[:, 2:3]
    ybr[:, :, 2] = pairs[:, 3:4]
    return ybr.reshape(rows, columns, 3)


@lru_cache(maxsize=16)
def _table_of(palette: Palette) -> NDArray[np.uint8]:
    """One row for each stored value from 0 to 65535: three bytes, 200 kB a palette."""
    stored = np.arange(65536, dtype=np.int64)
    table = np.empty((65536, 3), dtype=np.uint8)
    for channel, lut in enumerate((palette.red, palette.green, palette.blue)):
        values = np.asarray(lut.values, dtype=np.int64)
        # Some writers declare 16 bits and fill 8: shifting those away would leave a black picture.
        if lut.bits > 8 and values.max(initial=0) > 255:
            values = values >> (lut.bits - 8)
        table[:, channel] = values[np.clip(stored - lut.first, 0, len(values) - 1)].clip(0, 255)
    return table


def rgb_from_palette(stored: NDArray[Any], palette: Palette) -> NDArray[np.uint8]:
    """Look each stored value up in the palette; values beyond its ends take the end's colour.

    Parameters
    ----------
    stored : (rows, columns), unsigned, or signed (then its bits count, as for a table that begins at 0).
    """
    unsigned = stored.view(f"u{stored.itemsize}") if stored.dtype.kind == "i" else stored
    return np.asarray(np.take(_table_of(palette), unsigned, axis=0))


def palette_from_dataset(dataset: Any) -> Palette | None:
    """Read the palette of a pydicom data set; None when it has none or not all three tables.

    Source: DICOM PS3.3 C.7.6.3.1.5, C.7.9.2 (segmented).
    """
    tables = []
    for colour in ("Red", "Green", "Blue"):
        descriptor = dataset.get(f"{colour}PaletteColorLookupTableDescriptor")
        plain = dataset.get(f"{colour}PaletteColorLookupTableData")
        segmented = dataset.get(f"Segmented{colour}PaletteColorLookupTableData")
        if descriptor is None or (plain is None and segmented is None):
            return None
        entries, first, bits = (int(value) for value in descriptor)
        entries, first = entries & 0xFFFF or 65536, first & 0xFFFF
        order = "<" if getattr(dataset, "original_encoding", (None, True))[1] is not False else ">"
        if plain is not None:
            # 8-bit tables come as bytes, or one entry a 16-bit word, whatever the descriptor says.
            wide = len(plain) >= 2 * entries
            values = np.frombuffer(plain, dtype=f"{order}u2" if wide else np.uint8)[:entries].tolist()
        else:
            wide = bits > 8
            entries_of = np.frombuffer(segmented, dtype=f"{order}u2" if wide else np.uint8)
            values = _expand_segments(entries_of.tolist(), wide=wide)
        tables.append(LookupTable(first=first, bits=bits, values=tuple(values)))
    return Palette(*tables)


def _expand_segments(segments: list[int], *, wide: bool, count: int | None = None, last: int = 0) -> list[int]:
    """Expand discrete (0), linear (1) and indirect (2) segments. Source: DICOM PS3.3 C.7.9.2.

    Parameters
    ----------
    segments : entries of 16 bits when wide, else of 8; an indirect segment's offset counts entries.
    count : of segments to expand, for an indirect segment; None for all.
    last : the value before the first segment.
    """
    values: list[int] = []
    position = 0
    # A null may pad the data; every segment is longer than that.
    while position + 2 < len(segments) and count != 0:
        kind, length = segments[position], segments[position + 1]
        position += 2
        if kind == 0:
            values += segments[position : position + length]
            position += length
        elif kind == 1:
            begin = values[-1] if values else last
            values += np.rint(np.linspace(begin, segments[position], length + 1)[1:]).astype(int).tolist()
            position += 1
        elif kind == 2 and count is None and values:
            size = 2 if wide else 4
            parts = segments[position : position + size]
            offset = sum(part << (16 if wide else 8) * place for place, part in enumerate(parts))
            values += _expand_segments(segments[offset:], wide=wide, count=length, last=values[-1])
            position += size
        else:
            break
        count = count - 1 if count is not None else None
    return values
