"""Zip files: bombs refused whole, members read one by one, names never trusted."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from annotator.imaging.errors import QuarantineError
from annotator.imaging.store.archives import is_archive, list_members, open_archive, open_member
from tests.builders import ct_series


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def read_all(path: Path, index: int) -> bytes:
    with open_archive(path) as archive, open_member(archive, index) as member:
        parts = []
        while piece := member.read(1000):
            parts.append(piece)
        return b"".join(parts)


def test_members_are_listed_without_folders_and_litter(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        {"a/1.dcm": b"one", "a/": b"", "__MACOSX/._1.dcm": b"x", "a/.DS_Store": b"x", "2.dcm": b"two"},
    )
    members = list_members(path)
    assert [member.name for member in members] == ["a/1.dcm", "2.dcm"]
    assert [read_all(path, member.index) for member in members] == [b"one", b"two"]


def test_a_zip_bomb_is_refused_by_its_ratio_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"bomb.dcm": bytes(30_000_000)})
    with pytest.raises(QuarantineError, match="zip bomb"):
        list_members(path)


def test_a_zip_above_the_limit_of_bytes_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.MAX_ZIP_BYTES = 10
    with pytest.raises(QuarantineError, match="unpack to 11 bytes"):
        list_members(zipped(tmp_path / "a.zip", {"a": b"hello world"}))


def test_a_zip_of_too_many_files_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.MAX_ZIP_FILES = 3
    path = zipped(tmp_path / "a.zip", {str(index): b"x" for index in range(4)})
    with pytest.raises(QuarantineError, match="lists 4 files"):
        list_members(path)


def test_a_member_that_is_longer_than_the_directory_says_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "liar.zip", {"a.dcm": bytes(5000)})
    whole = bytearray(path.read_bytes())
    directory = whole.find(b"PK\x01\x02")
    struct.pack_into("<L", whole, directory + 24, 100)
    path.write_bytes(bytes(whole))
    with pytest.raises(QuarantineError):
        read_all(path, 0)


def test_a_member_whose_bytes_are_damaged_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.dcm": bytes(range(256)) * 50})
    whole = bytearray(path.read_bytes())
    whole[60] ^= 0xFF
    path.write_bytes(bytes(whole))
    with pytest.raises(QuarantineError, match="damaged"):
        read_all(path, 0)


def test_a_zip_inside_a_zip_is_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a": b"x"}).read_bytes()
    with pytest.raises(QuarantineError, match="inside a zip"):
        read_all(zipped(tmp_path / "outer.zip", {"inner.zip": inner}), 0)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.dcm": b"secret"})
    whole = bytearray(path.read_bytes())
    whole[whole.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(whole))
    with pytest.raises(QuarantineError, match="encrypted"):
        read_all(path, 0)


@pytest.mark.parametrize("keep", [10, 60, 100])
def test_a_truncated_zip_is_refused(tmp_path: Path, keep: int) -> None:
    path = zipped(tmp_path / "a.zip", {"a.dcm": bytes(range(256)) * 5})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(QuarantineError, match="damaged"):
        list_members(path)


def test_an_empty_zip_says_that_it_is_empty(tmp_path: Path) -> None:
    with pytest.raises(QuarantineError, match="no files"):
        list_members(zipped(tmp_path / "a.zip", {}))


def test_dicom_is_no_zip_and_a_zip_is_one_whatever_its_name(tmp_path: Path) -> None:
    assert is_archive(zipped(tmp_path / "looks-like.dcm", {"a": b"x"}))
    (path,) = ct_series(tmp_path, slices=1)
    assert not is_archive(path)
    path.write_bytes(b"PK\x03\x04" + path.read_bytes()[4:])
    assert not is_archive(path)


def test_many_files_in_zip64_are_counted(tmp_path: Path, settings: Any) -> None:
    settings.MAX_ZIP_FILES = 70_000
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for index in range(70_001):
            archive.writestr(str(index), b"")
    path = tmp_path / "many.zip"
    path.write_bytes(body.getvalue())
    with pytest.raises(QuarantineError, match="70,001"):
        list_members(path)
