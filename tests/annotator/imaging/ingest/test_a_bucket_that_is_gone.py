"""While the bucket can't be reached jobs fail in words, no file is lost, and nothing is blamed on a picture."""

from pathlib import Path
from typing import Any

import pytest

from annotator.accounts.models import User
from annotator.config.settings.storages import folder_stores
from annotator.imaging.actions.derive_frames import derive_frames
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.seal_intake import seal_intake
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.models import Instance, InstanceState, IntakeFile, Outcome
from annotator.imaging.store import bucket as buckets
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import JobState
from tests.annotator.imaging.conftest import Take
from tests.builders import ct_series, not_dicom

WORDS = "bucket pictures, can't be used now"


def test_an_ingest_fails_in_words_and_its_files_wait(
    data_manager: User, silent_bucket: list[int], settings: Any, tmp_path: Path
) -> None:
    intake = start_intake(data_manager)
    for path in [*ct_series(tmp_path / "in", slices=2), not_dicom(tmp_path / "in")]:
        with path.open("rb") as content:
            receive_file(data_manager, intake.pk, name=path.name, content=content)
    job = seal_intake(data_manager, intake.pk)
    assert run_job(job.pk) == JobState.FAILED
    job.refresh_from_db()
    assert WORDS in job.error
    assert set(intake.files.values_list("outcome", flat=True)) == {Outcome.WAITING}
    assert list((tmp_path / "staging").glob("*")) == []
    # The network is mended: the same job goes through.
    settings.STORAGES = folder_stores(tmp_path / "mended")
    again = seal_intake(data_manager, intake.pk)
    type(job).objects.filter(pk=again.pk).update(state=JobState.QUEUED)
    assert run_job(again.pk) == JobState.DONE
    assert sorted(intake.files.values_list("outcome", flat=True)) == ["ingested", "ingested", "quarantined"]


@pytest.mark.django_db
def test_deriving_fails_and_no_picture_is_said_to_be_bad(
    take: Take, silent_server: tuple[str, list[int]], settings: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ct_series(tmp_path / "in", slices=2)
    summary = take(tmp_path / "in")
    request.getfixturevalue("silent_bucket")
    with pytest.raises(buckets.StoreUnreachableError, match=WORDS):
        derive_frames(intake_id=summary.intake_id)
    assert set(Instance.objects.values_list("state", flat=True)) == {InstanceState.RECEIVED}
    assert not IntakeFile.objects.filter(outcome=Outcome.QUARANTINED).exists()
