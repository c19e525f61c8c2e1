"""A long value of an instance's header, read from its file: what a BulkDataURI of the metadata points at.

Source: DICOM PS3.18 10.4.1.1.5 (bulk data), PS3.5 7.3 (byte order).
"""

import re

import numpy as np
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from annotator.accounts.errors import InvalidError, NotFoundError
from annotator.imaging.headers.dicom_values import HEADER_ERRORS
from annotator.imaging.headers.header_reading import OpenHeader, open_header, reading_odd_headers
from annotator.imaging.models import Instance
from annotator.imaging.pixels.decoding import BIG_ENDIAN
from annotator.imaging.store.filing import local_file, original_place

PIXEL_DATA = "7FE00010"
_PATH = re.compile(r"[0-9A-Fa-f]{8}(/\d{1,6}/[0-9A-Fa-f]{8}){0,16}")
_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_WORD_BYTES = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}


def bulk_value(instance: Instance, path: str) -> bytes:
    """The bytes of an element, little-endian.

    Parameters
    ----------
    path : tags with item numbers (from 0) between them, 00289145/0/00281201; the pixel data are not to be had here.

    Raises
    ------
    InvalidError : no such path.
    NotFoundError : no such element, or none with a value of bytes; or the file is gone.
    """
    if not _PATH.fullmatch(path):
        raise InvalidError(f"{path[:80]!r} is no path of tags such as 00281201 or 00289145/0/00281201.", "path")
    try:
        with local_file(original_place(instance.sha256)) as file, reading_odd_headers(), open_header(file) as header:
            return _value(header, path.upper().split("/"))
    except FileNotFoundError as error:
        raise NotFoundError("The original file of this instance is not in the store any more.") from error
    except HEADER_ERRORS as error:
        raise NotFoundError(f"There is no bulk data {path} in this instance.") from error


def _value(header: OpenHeader, steps: list[str]) -> bytes:
    dataset: Dataset = header.dataset
    for tag, item in zip(steps[:-1:2], steps[1::2], strict=True):
        dataset = dataset[int(tag, 16)].value[int(item)]
    element = dataset.get_item(int(steps[-1], 16), keep_deferred=True)
    if element is None:
        raise KeyError(steps[-1])
    value = element.value
    if isinstance(element, RawDataElement) and value is None and element.length:
        # Deferred: it stayed in the file.
        header.file.seek(element.value_tell)
        value = header.file.read(element.length)
    elif _vr(element) not in _BINARY:
        raise TypeError("text and numbers stand in the metadata themselves")
    if not isinstance(value, bytes):
        raise TypeError("no bytes")
    width = _WORD_BYTES.get(_vr(element), 1)
    if header.encoding_uid == BIG_ENDIAN and width > 1 and len(value) % width == 0:
        return np.frombuffer(value, f">u{width}").astype(f"<u{width}").tobytes()
    return value


def _vr(element: RawDataElement | DataElement) -> str:
    """As written; of implicit ones the dictionary's, the last where it leaves a choice (US or OW)."""
    if element.VR is not None:
        return str(element.VR)
    try:
        return dictionary_VR(element.tag).split(" or ")[-1]
    except KeyError:
        return "UN"
