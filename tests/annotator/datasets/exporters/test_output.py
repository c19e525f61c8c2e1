import subprocess
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.datasets.exporters.derived_uids import derived_uid
from annotator.datasets.exporters.output import FolderOutput, OutputError
from annotator.datasets.exporters.safe_names import is_safe, safe_name


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=150), st.text(max_size=150))
def test_any_text_becomes_a_name_that_every_system_takes_and_two_texts_stay_two(one: str, other: str) -> None:
    assert is_safe(safe_name(one))
    assert safe_name(safe_name(one)) == safe_name(one)
    if one != other:
        assert safe_name(one) != safe_name(other) or one == safe_name(other) or other == safe_name(one)


@pytest.mark.parametrize("text", ["a/b", "..", "CON", "nul.txt", "tumour 🎗", "", "x" * 300, ".hidden", "a.", "\x00"])
def test_labels_that_would_break_a_path_are_changed(text: str) -> None:
    assert safe_name(text) != text
    assert is_safe(safe_name(text))


def test_plain_names_stay_as_they_are() -> None:
    assert safe_name("patient-3f9a_LCC.v2+") == "patient-3f9a_LCC.v2+"


def test_what_was_written_before_a_kill_is_not_written_again_and_the_manifest_checks(tmp_path: Path) -> None:
    killed = FolderOutput(tmp_path)
    killed.add_bytes("images/a.png", b"a")
    (tmp_path / "images" / "b.png.draft").write_bytes(b"half")
    with (tmp_path / ".written").open("a") as journal:
        journal.write("0123")

    again = FolderOutput(tmp_path)
    assert again.has("images/a.png")
    assert not again.has("images/b.png")

    def never(file: BinaryIO) -> None:
        raise AssertionError("it is there")

    again.add("images/a.png", never)
    again.add_json("b.json", {"b": 1, "a": 2})
    again.write_manifest()

    checked = subprocess.run(["sha256sum", "--check", "--strict", "MANIFEST"], cwd=tmp_path, capture_output=True)
    assert checked.returncode == 0
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["MANIFEST", "a.png", "b.json"]


def test_a_file_whose_writing_fails_is_not_there(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path)

    def full_disk(file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        output.add("a.bin", full_disk)
    assert not output.has("a.bin")
    assert [path.name for path in tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", ["../a", "a//b", "/a", "a b", "MANIFEST", "con/a"])
def test_names_out_of_the_folder_or_not_for_every_system_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="safe_name"):
        FolderOutput(tmp_path).add_bytes(name, b"")


def test_two_names_that_are_one_on_some_systems_are_refused(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path)
    output.add_bytes("Mass.txt", b"1")
    with pytest.raises(OutputError, match="one file"):
        output.add_bytes("mass.txt", b"2")


def test_a_derived_uid_is_legal_and_depends_on_release_and_source_alone() -> None:
    uid = derived_uid("ab" * 32, "1.2.3", "segmentation")
    assert uid == derived_uid("ab" * 32, "1.2.3", "segmentation")
    assert uid != derived_uid("ab" * 32, "1.2.3", "report")
    assert uid.startswith("2.25.")
    assert len(uid) <= 64
