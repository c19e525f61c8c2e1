"""An object that comes over another way: the same data set behind meta information that another program wrote."""

from pathlib import Path

import pydicom
import pytest
from pydicom.uid import ImplicitVRLittleEndian

from annotator.imaging.models import Instance, IntakeFile, Outcome
from tests.annotator.imaging.conftest import Take
from tests.annotator.imaging.stored_files import names_in
from tests.builders import ct_series

pytestmark = pytest.mark.django_db


def from_another_program(path: Path, folder: Path, **changes: object) -> Path:
    """The same object as another program would file it; `changes` are of its data set."""
    dataset = pydicom.dcmread(path)
    dataset.file_meta.ImplementationVersionName = "ANOTHER_PROGRAM"
    dataset.file_meta.SourceApplicationEntityTitle = "ELSEWHERE"
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    target = folder / "again.dcm"
    dataset.save_as(target)
    return target


def test_the_same_object_in_another_file_is_there_already_and_filed_once(
    take: Take, store: Path, tmp_path: Path
) -> None:
    (first,) = ct_series(tmp_path / "first", slices=1)
    take(first)
    again = from_another_program(first, tmp_path)
    assert again.read_bytes() != first.read_bytes()
    summary = take(again)
    assert (summary.already_there, summary.quarantined) == (1, 0)
    assert IntakeFile.objects.get(outcome=Outcome.ALREADY_THERE).instance == Instance.objects.get()
    assert len(names_in("originals")) == 1


def test_both_files_in_one_batch_are_one_instance(take: Take, store: Path, tmp_path: Path) -> None:
    (first,) = ct_series(tmp_path / "first", slices=1)
    summary = take(first, from_another_program(first, tmp_path))
    assert (summary.ingested, summary.already_there) == (1, 1)
    assert len(names_in("originals")) == 1


@pytest.mark.parametrize("change", ["a value", "the transfer syntax"])
def test_an_object_that_changed_is_still_refused(change: str, take: Take, store: Path, tmp_path: Path) -> None:
    (first,) = ct_series(tmp_path / "first", slices=1)
    take(first)
    other = from_another_program(first, tmp_path, **({"PatientComments": "x"} if change == "a value" else {}))
    if change != "a value":
        dataset = pydicom.dcmread(other)
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        dataset.save_as(other, implicit_vr=True, little_endian=True)
    summary = take(other)
    assert summary.quarantined == 1
    assert len(names_in("originals")) == len(names_in("quarantine")) == 1
