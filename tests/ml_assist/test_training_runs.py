"""Networks are trained on a frozen release as jobs, CT in three windows and tomosynthesis, and watched on pages."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from django.test import Client

from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.assist.models import ModelVersion
from annotator.datasets.models import Release
from annotator.datasets.pixel_hash import pixel_hash
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Stack
from annotator.imaging.pixels.rendering import stored_pixels
from annotator.imaging.queries import frames_in_order
from annotator.imaging.store.filing import open_place, place_exists
from annotator.imaging.store.frame_source import source_of_frame
from annotator.jobs.actions.retry_job import retry_job
from annotator.jobs.models import Job, JobState
from ml_assist.actions.request_training import request_training
from ml_assist.inference.loaded_models import segmenter_of
from ml_assist.inference.segmenter import Segmenter
from ml_assist.models import TrainingRun
from ml_assist.training.unet_config import PRESETS
from ml_assist.training_files import result_place, training_folder
from tests.annotator.datasets.frozen import frozen_release
from tests.builders.studies import ct_series, tomosynthesis

SIDES = ("train", "val", "test")
SMALL = {"size": 32, "filters": [4, 4, 4, 4], "epochs": 1, "batch_size": 2, "device": "cpu"}


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Networks of a few filters are done sooner by one thread; who comes later has all again."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def released(stack: Stack, *, patient: str, side: str, modality: str) -> ReleasedStack:
    """A stack as a freeze would hold it, with an ellipse in its middle on the first frame."""
    frames = tuple(
        ReleasedFrame(
            place=place,
            frame_key=frame.key,
            sop_instance_uid=frame.instance.sop_instance_uid,
            sop_class_uid=frame.instance.sop_class_uid,
            frame_number=frame.number,
            columns=frame.instance.columns,
            rows=frame.instance.rows,
            geometry=FrameGeometry.from_json(frame.geometry),
            pixel_hash=pixel_hash(stored_pixels(source_of_frame(frame.key))),
        )
        for place, frame in enumerate(frames_in_order(stack))
    )
    column, row = frames[0].columns / 2, frames[0].rows / 2
    ends = ((column - 8, row), (column + 8, row), (column, row - 8), (column, row + 8))
    plain = {"mask": None, "label": "mass", "category": "mass", "finding": None, "reader": "a", "model": None}
    mark = ReleasedMark(
        id=f"{patient}-mark", kind="ellipse", points=ends, provenance="drawn", place=0, first_place=0, last_place=0,
        **plain,  # type: ignore[arg-type]
    )  # fmt: skip
    words = [patient, side, f"1.2.{patient}", f"1.2.{patient}.1", stack.key, f"case-{patient}", "volume", modality]
    return ReleasedStack(*words, *[""] * 6, frames=frames, marks=(mark,))


@pytest.fixture
def release(tmp_path: Path, frame_store: Path, data_manager: User, run_queued_jobs) -> Release:
    """A CT and a tomosynthesis patient on each side."""
    for side in SIDES:
        ct_series(tmp_path / "in", slices=2, study=f"ct-{side}", patient_id=f"CT-{side}")
        tomosynthesis(tmp_path / "in", frames=2, study=f"dbt-{side}", patient_id=f"MG-{side}")
    ingest_paths(data_manager, [tmp_path / "in"])
    run_queued_jobs()
    stacks = []
    for stack in Stack.objects.select_related("series__study__patient").order_by("series__study__patient__patient_id"):
        patient = stack.series.study.patient.patient_id
        modality, _, side = patient.partition("-")
        stacks.append(released(stack, patient=patient, side=side, modality=modality))
    assert len(stacks) == 6
    return frozen_release(data_manager, stacks)


@pytest.mark.usefixtures("one_thread")
def test_ct_in_three_windows_and_tomosynthesis_train_an_epoch_as_jobs(
    release: Release, data_manager: User, radiologist: User, tmp_path: Path, settings, run_queued_jobs
):
    settings.TRAINING_DIR = tmp_path / "training"
    with pytest.raises(NotAllowedError):
        request_training(radiologist, release.pk, {})
    with pytest.raises(InvalidError, match="multiple of 16"):
        request_training(data_manager, release.pk, {"size": 100})

    ct = request_training(data_manager, release.pk, {**PRESETS["ct"].to_json(), **SMALL, "anatomy": "head"})
    # Stopped at its first report of progress, and gone on with.
    Job.objects.filter(pk=ct.job_id).update(cancel_requested=True)
    assert [job.state for job in run_queued_jobs()] == [JobState.CANCELLED]
    retry_job(data_manager, ct.job_id)

    browser = Client()
    browser.force_login(data_manager)
    asked = {"release": release.pk, "preset": "tomosynthesis", "name": "unet-dbt", "epochs": 1, "size": 32, "seed": 3}
    asked |= {"batch_size": 2, "imbalance": "none", "members": json.dumps({"filters": [4, 4, 4, 4], "device": "cpu"})}
    refused = browser.post("/trainings/", {**asked, "size": 100})
    assert refused.status_code == 400
    assert "multiple of 16" in refused.content.decode()
    assert (
        "There is no &#x27;depth&#x27;"
        in browser.post("/trainings/", {**asked, "members": '{"depth": 1}'}).content.decode()
    )
    sent = browser.post("/trainings/", asked)
    assert sent.status_code == 302
    page = browser.get(sent["Location"]).content.decode()
    assert "The first epoch is not finished yet" in page
    assert {job.state for job in run_queued_jobs()} == {JobState.DONE}

    tomo = TrainingRun.objects.exclude(pk=ct.pk).get()
    ct.refresh_from_db()
    assert ct.job.queue == "training"
    for run, channels, modality in ((ct, 4, "CT"), (tomo, 2, "MG")):
        assert len(run.history) == run.card["training"]["epochs"] == 1
        assert run.card["data"]["hash"] == release.content_hash
        assert run.card["data"]["taken"] == {"train": 2, "val": 2, "test": 2}, "the marked slice and the empty one"
        assert run.card["metrics"]["extremes"]["dice"]["pictures"] == 1
        with open_place(result_place(run.pk, "weights.safetensors")) as file:
            weights = file.read()
        assert hashlib.sha256(weights).hexdigest() == run.card["weights"]["sha256"]
        segmenter = Segmenter(run.card, weights)
        assert (segmenter.config.channels, segmenter.config.modality) == (channels, modality)
        assert place_exists(result_place(run.pk, "report.html"))
        assert not training_folder(run.pk).exists()
    assert tomo.config["seed"] == 3

    page = browser.get(f"/trainings/{tomo.pk}/?part=state").content.decode()
    assert "data-settled" in page
    assert "take the figures for a sign of life" in page
    assert page.count("<img") == 3
    picture = browser.get(f"/trainings/{tomo.pk}/files/worst.png")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    card = browser.get(f"/trainings/{tomo.pk}/files/card.json")
    assert json.loads(b"".join(card.streaming_content))["name"] == "unet-dbt"  # type: ignore[attr-defined]
    assert "unet-dbt-card.json" in card["Content-Disposition"]
    assert browser.get(f"/trainings/{tomo.pk}/files/nothing.txt").status_code == 404
    assert browser.get(f"/trainings/{uuid.uuid4()}/").status_code == 404
    assert browser.post(f"/trainings/{ct.pk}/register")["Location"] == "/models/"
    version = ModelVersion.objects.get(name="unet-ct")
    assert (version.version, version.modality, version.anatomy) == ("1", "CT", "head")
    assert segmenter_of(version).config.windows == ("Brain", "Subdural", "Bone")
    models = browser.get("/models/").content.decode()
    assert "No version answers yet" in models
    assert "Let it answer" not in models, "a data manager registers, an admin promotes"
    listed = browser.get("/trainings/?part=rows").content.decode()
    assert listed.index("unet-dbt") < listed.index("unet-ct")
    assert f"{tomo.card['metrics']['box']['dice']['mean']:.3f}" in listed


def test_a_release_without_a_side_to_judge_by_is_refused_at_once(data_manager: User, client: Client):
    release = frozen_release(data_manager, [])
    with pytest.raises(InvalidError, match="not divided"):
        request_training(data_manager, release.pk, {})
    assert not Job.objects.filter(kind="ml_assist.train_unet").exists()
