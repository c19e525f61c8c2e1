"""manage.py ingest: what it prints, and what it leaves for the worker."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotator.accounts.models import User
from annotator.imaging.models import Instance, InstanceState, Intake
from annotator.jobs.models import Job, JobState
from tests.builders import ct_series, not_dicom, ultrasound_pair


def run(*arguments: object) -> tuple[list[str], str]:
    out, progress = StringIO(), StringIO()
    call_command("ingest", *map(str, arguments), stdout=out, stderr=progress)
    return out.getvalue().splitlines(), progress.getvalue()


@pytest.fixture(autouse=True)
def _store(db: None, store: Path) -> None:
    """Every test here writes to a store of its own."""


def test_the_summary_is_the_last_line_and_the_quarantined_are_listed_above(tmp_path: Path) -> None:
    ct_series(tmp_path / "a", slices=3)
    letter = not_dicom(tmp_path / "b")
    out, progress = run(tmp_path / "a", tmp_path / "b")
    assert out[-1] == "ingested 3, already there 0, quarantined 1"
    assert out[0].startswith(f"quarantined {letter}: Not DICOM")
    assert "4 of 4 files" in progress
    out, _ = run(tmp_path / "a")
    assert out == ["ingested 0, already there 3, quarantined 0"]


def test_frames_are_left_to_the_worker_unless_asked_for(tmp_path: Path) -> None:
    ct_series(tmp_path, slices=2)
    run(tmp_path)
    assert set(Instance.objects.values_list("state", flat=True)) == {InstanceState.RECEIVED}
    job = Job.objects.get()
    assert (job.kind, job.state) == ("imaging.derive_frames", JobState.QUEUED)


@pytest.mark.parametrize("option", ["--derive", "--wait"])
def test_with_derive_frames_and_cases_are_there_when_it_returns(option: str, tmp_path: Path) -> None:
    ultrasound_pair(tmp_path)
    out, _ = run(tmp_path, option)
    assert out == ["ingested 2, already there 0, quarantined 0"]
    assert set(Instance.objects.values_list("state", flat=True)) == {InstanceState.READY}
    ended = dict(Job.objects.values_list("kind", "state"))
    assert ended["imaging.derive_frames"] == JobState.DONE
    assert ended["cases.make_cases"] == JobState.DONE


def test_it_is_done_in_the_name_of_a_person(tmp_path: Path, data_manager: User) -> None:
    ct_series(tmp_path, slices=1)
    run(tmp_path, "--user", data_manager.username)
    assert Intake.objects.get().requested_by == data_manager


def test_a_person_who_may_not_is_told(tmp_path: Path, radiologist: User) -> None:
    ct_series(tmp_path, slices=1)
    with pytest.raises(CommandError, match="Only data managers"):
        run(tmp_path, "--user", radiologist.username)
    with pytest.raises(CommandError, match="nobody called"):
        run(tmp_path, "--user", "nobody-there")


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not exist"):
        run(tmp_path / "nowhere")


def test_litter_of_operating_systems_is_left_out(tmp_path: Path) -> None:
    ct_series(tmp_path, slices=1)
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "._a.dcm").write_bytes(b"x")
    out, _ = run(tmp_path)
    assert out == ["ingested 1, already there 0, quarantined 0"]


def test_a_path_given_twice_counts_once(tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path, slices=1)
    out, _ = run(path, tmp_path)
    assert out == ["ingested 1, already there 0, quarantined 0"]


def test_a_name_that_is_no_utf8_is_quarantined_and_the_rest_taken_in(tmp_path: Path) -> None:
    (path,) = ct_series(tmp_path, slices=1)
    odd = tmp_path / b"\xff\xfe.dcm".decode("utf-8", "surrogateescape")
    odd.write_bytes(path.read_bytes())
    out, _ = run(tmp_path)
    assert out[-1] == "ingested 1, already there 0, quarantined 1"
    assert "UTF-8" in out[0]
