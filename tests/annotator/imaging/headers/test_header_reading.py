"""Opening headers that promise more than a file holds."""

import struct
import tracemalloc
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.parsing import parse_instance
from tests.builders import ct_series

FOUR_GIGABYTES = 0xFFFFFF00


def promising(path: Path, at: int, tag: bytes) -> Path:
    """The file with an OB element of four gigabytes put in."""
    content = path.read_bytes()
    path.write_bytes(content[:at] + tag + b"OB\x00\x00" + struct.pack("<L", FOUR_GIGABYTES) + content[at:])
    return path


@pytest.mark.parametrize("tag", [b"\x02\x00\x02\x01", b"\x09\x00\x10\x10"])
def test_a_value_that_promises_gigabytes_makes_no_room_for_them(tmp_path: Path, tag: bytes) -> None:
    path = promising(ct_series(tmp_path, slices=1)[0], 132, tag)
    tracemalloc.start()
    try:
        with pytest.raises(QuarantineError):
            parse_instance(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 64 << 20


def test_a_deflated_file_with_such_a_promise_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "deflated.dcm"
    path.write_bytes(Path(str(get_testdata_file("image_dfl.dcm"))).read_bytes())
    with pytest.raises(QuarantineError):
        parse_instance(promising(path, 132, b"\x02\x00\x02\x01"))
