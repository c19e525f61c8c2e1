"""What a short value became is kept from header to header; it must be the value that this header would give."""

from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset

from annotator.imaging.headers import header_json as module
from annotator.imaging.headers.header_json import header_json

NAMES = (
    "CT_small.dcm",
    "MR_small_bigendian.dcm",
    "rtplan.dcm",
    "reportsi.dcm",
    "MR_small_implicit.dcm",
    "JPEG2000.dcm",
)


def read(name: str) -> Dataset:
    return dcmread(Path(str(get_testdata_file(name, download=False))), stop_before_pixels=True)


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_known", {})


def test_the_second_header_is_the_same_as_the_first_and_as_one_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [header_json(read(name)) for name in NAMES]
    assert len(module._known) > 50
    again = [header_json(read(name)) for name in NAMES]
    monkeypatch.setattr(module, "_made_of", lambda *_: None)
    plain = [header_json(read(name)) for name in NAMES]
    assert first == again == plain


def raw(values: dict[str, Any], *, implicit: bool = True, charset: str = "ISO_IR 100") -> Dataset:
    """A dataset as it comes from a file: nothing converted."""
    made = Dataset()
    made.SpecificCharacterSet = charset
    for keyword, value in values.items():
        setattr(made, keyword, value)
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = implicit, True
    write_dataset(buffer, made)
    buffer.seek(0)
    return read_dataset(buffer, implicit, True)


def test_the_same_bytes_in_another_character_set_are_another_name() -> None:
    latin, greek = "ISO_IR 100", "ISO_IR 126"
    name = b"\xc1\xe2\xe3".decode("iso8859_7")
    there = raw({"PatientName": name}, charset=greek)
    here = raw({"PatientName": b"\xc1\xe2\xe3".decode("latin-1")}, charset=latin)
    found = [header_json(one)["00100010"]["Value"][0]["Alphabetic"] for one in (there, here)]
    assert found == [name, b"\xc1\xe2\xe3".decode("latin-1")]


def test_the_same_bytes_signed_and_unsigned_are_two_numbers() -> None:
    """Smallest Image Pixel Value is US or SS; Pixel Representation decides."""
    found = []
    for representation, value in ((1, -5), (0, 65531)):
        dataset = raw({"PixelRepresentation": representation, "SmallestImagePixelValue": value})
        found.append(header_json(dataset)["00280106"])
    assert found == [{"vr": "SS", "Value": [-5]}, {"vr": "US", "Value": [65531]}]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KNOWN", 5)
    for number in range(20):
        header_json(raw({"InstanceNumber": number, "PatientID": str(number)}))
    assert len(module._known) <= 5
