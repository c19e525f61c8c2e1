"""Datasets that hypothesis makes up: any elements with any values, written by pydicom around a small picture."""

import io
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from annotator.imaging.headers.header_reading import reading_odd_headers

ROWS, COLUMNS = 4, 6
_TEXT_VRS = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
_NUMBER_VRS = {"US": (0, 65535), "SS": (-32768, 32767), "UL": (0, 2**32 - 1), "SL": (-(2**31), 2**31 - 1)}
# The picture's own description stays as it is but for one file in ten: else nothing else would be reached.
_KNOWN = sorted(
    tag for tag, (vr, *_) in DicomDictionary.items() if tag >> 16 not in (0, 2, 0x7FE0, 0xFFFE) and vr.isalpha()
)


def _value(vr: str) -> st.SearchStrategy[Any]:
    if vr in _TEXT_VRS:
        return st.one_of(
            st.text(max_size=40),
            st.sampled_from(["<script>alert(1)</script>", "99999999999", "-0", "1e400", "\\\\\\", "../..", "\x1b$B^"]),
        )
    if vr in _NUMBER_VRS:
        return st.integers(*_NUMBER_VRS[vr])
    if vr in ("FL", "FD"):
        return st.floats(width=32)
    return st.binary(max_size=40)


@st.composite
def datasets(draw: st.DrawFn, depth: int = 3) -> Dataset:
    """Any elements of the data dictionary; sequences a few deep."""
    dataset = Dataset()
    for tag in draw(st.lists(st.sampled_from(_KNOWN), max_size=12, unique=True)):
        vr = DicomDictionary[tag][0]
        if vr == "SQ":
            items = draw(st.lists(datasets(depth - 1), max_size=3)) if depth > 0 else []
            dataset.add_new(Tag(tag), "SQ", Sequence(items))
        else:
            _add(dataset, tag, vr, draw(_value(vr)))
    return dataset


def _add(dataset: Dataset, tag: int, vr: str, value: Any) -> None:
    """Values that pydicom refuses to be given are put in as bytes, as a file would have them."""
    if vr in _NUMBER_VRS or vr in ("FL", "FD"):
        dataset.add_new(Tag(tag), vr, value)
        return
    encoded = value.encode("utf-8", "replace") if isinstance(value, str) else value
    dataset[tag] = RawDataElement(Tag(tag), vr, len(encoded), encoded, 0, False, True)


def written(dataset: Dataset, *, implicit: bool, honest: bool) -> bytes | None:
    """The dataset as a file with a small picture; None where pydicom can't write it."""
    if honest:
        _describe(dataset)
    dataset.add_new(0x7FE00010, "OW", np.arange(ROWS * COLUMNS, dtype="<u2").tobytes())
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    dataset.file_meta = meta
    file = io.BytesIO()
    try:
        with reading_odd_headers():
            dcmwrite(file, dataset, enforce_file_format=True)
    except Exception:  # noqa: BLE001 - what can't be written is no file to try
        return None
    return file.getvalue()


def _describe(dataset: Dataset) -> None:
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.4", "1.2.5"
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = ROWS, COLUMNS, 1
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 0
    dataset.PhotometricInterpretation = "MONOCHROME2"
    if "NumberOfFrames" in dataset:
        del dataset.NumberOfFrames


def made_up_files(count: int, *, start: int = 0) -> list[bytes]:
    """As many files as hypothesis makes of `count` examples; the same for the same numbers."""
    found: list[bytes] = []

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(dataset=datasets(), implicit=st.booleans(), dice=st.integers(0, 9))
    def collect(dataset: Dataset, implicit: bool, dice: int) -> None:
        content = written(dataset, implicit=implicit, honest=dice > 0)
        if content is not None:
            found.append(content)

    collect()
    return found
