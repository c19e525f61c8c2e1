"""Zips that play tricks with paths, and damaged ones: nothing lands outside of the stores, everything has a reason."""

import io
import random
import stat
import zipfile
from pathlib import Path

import pytest

from annotator.accounts.models import User
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.errors import QuarantineError
from annotator.imaging.models import Instance, IntakeFile, Outcome
from annotator.imaging.store.archives import list_members, open_archive, open_member
from tests.builders import ct_series

TRICKS = (
    "../../../../escaped.dcm",
    "/escaped.dcm",
    "C:\\escaped.dcm",
    "..\\..\\escaped.dcm",
    "inner/../../escaped.dcm",
    "a" * 900 + ".dcm",
    "<script>alert(1)</script>.dcm",
    "na\u202eme.dcm",
)


def test_names_of_members_are_labels_and_never_places(tmp_path: Path, data_manager: User, store: Path) -> None:
    slices = ct_series(tmp_path / "in", slices=len(TRICKS))
    folder = tmp_path / "zips"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tricks.zip", "w") as archive:
        for name, path in zip(TRICKS, slices, strict=True):
            archive.writestr(name, path.read_bytes())
        link = zipfile.ZipInfo("link.dcm")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(TRICKS[0], slices[0].read_bytes())
    before = set(tmp_path.rglob("*")) | set(Path("/").glob("*"))
    ingest_paths(data_manager, [folder])
    assert Instance.objects.count() == len(TRICKS)
    outside = set(tmp_path.rglob("*")) | set(Path("/").glob("*"))
    assert not [path for path in outside - before if store not in path.parents and path != store]
    assert not list(tmp_path.rglob("escaped*"))
    refused = IntakeFile.objects.get(outcome=Outcome.QUARANTINED)
    assert refused.name.endswith("!link.dcm")
    assert "Not DICOM" in refused.reason
    assert b"root:" not in b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert IntakeFile.objects.filter(outcome=Outcome.ALREADY_THERE).count() == 1


def test_a_damaged_zip_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    dice = random.Random(7)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"folder/{number}.dcm", dice.randbytes(300) + bytes(3000))
    content = whole.getvalue()
    ends = {"read": 0, "refused": 0}
    for _ in range(600):
        damaged = bytearray(content)
        for _ in range(dice.choice((1, 1, 2, 6))):
            # The directory at the end and the heads of members decide most.
            at = dice.choice((dice.randrange(len(damaged)), len(damaged) - 1 - dice.randrange(260)))
            damaged[at] = dice.choice((0, 0xFF, 0x7F, dice.randrange(256)))
        if dice.random() < 0.2:
            del damaged[dice.randrange(len(damaged)) :]
        path = tmp_path / "damaged.zip"
        path.write_bytes(bytes(damaged))
        end = outcome_of(path)
        ends[end] = ends.get(end, 0) + 1
    assert set(ends) == {"read", "refused"}
    assert min(ends.values()) > 20


def outcome_of(path: Path) -> str:
    """How it ended: read or refused; anything else that is raised is a fault."""
    try:
        for member in list_members(path):
            with open_archive(path) as archive, open_member(archive, member.index) as content:
                while content.read(1 << 16):
                    pass
    except QuarantineError as error:
        return "refused" if len(error.reason) > 20 else f"no reason: {error.reason}"
    return "read"


@pytest.mark.parametrize("name", ["\udcff.dcm", "with\x00nul.dcm", "", "."])
def test_odd_names_of_members_stop_nothing(tmp_path: Path, data_manager: User, store: Path, name: str) -> None:
    (path,) = ct_series(tmp_path / "in", slices=1)
    folder = tmp_path / "zips"
    folder.mkdir()
    with zipfile.ZipFile(folder / "odd.zip", "w") as archive:
        archive.writestr("QQQQ.dcm", path.read_bytes())
    written = name.encode("utf-8", "surrogateescape")[:8].ljust(8, b"q") if name else b"q" * 8
    content = (folder / "odd.zip").read_bytes().replace(b"QQQQ.dcm", written)
    (folder / "odd.zip").write_bytes(content)
    ingest_paths(data_manager, [folder])
    assert Instance.objects.count() == 1
