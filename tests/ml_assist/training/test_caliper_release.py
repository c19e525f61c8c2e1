"""A caliper network is trained on a frozen release: its stills, and the points that readers called calipers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pydicom import dcmread
from pydicom.uid import generate_uid

from annotator.accounts.models import User
from annotator.assist.models import ModelVersion
from annotator.datasets.models import Release
from annotator.datasets.released import ReleasedMark, ReleasedStack
from annotator.demo import thyroid_ultrasound
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Stack
from annotator.jobs.models import JobState
from ml_assist.inference.loaded_models import caliper_network_of
from ml_assist.models import TrainingRun
from ml_assist.taught_patients import taught_of
from ml_assist.training.caliper_release import CaliperRelease
from tests.annotator.datasets.frozen import frozen_release
from tests.ml_assist.test_training_runs import SIDES, released

TINY = ("size=64", "filters=[4,8,8,8,8]", "rounds=1", "epochs=1", "steps=2", "batch_size=2", "device=cpu")
PLANES: tuple[Any, ...] = ("transverse", "longitudinal")
PLACES = ((383.5, 400.5), (405.5, 241.5))


def point(number: int, label: str = "Caliper", column: float = 10.0, row: float = 10.0) -> ReleasedMark:
    return ReleasedMark(
        id=f"p{number}", kind="point", points=((column, row),), mask=None, label=label, category=label, finding=None,
        reader="a", provenance="drawn", model=None, place=0, first_place=0, last_place=0,
    )  # fmt: skip


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two stills; drawing them takes seconds."""
    *stills, _cine = thyroid_ultrasound.write_thyroid_ultrasound(tmp_path_factory.mktemp("phantom"))
    return stills


@pytest.fixture
def stacks(
    tmp_path: Path,
    phantom: list[Path],
    frame_store: Path,
    data_manager: User,
    run_queued_jobs: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> list[ReleasedStack]:
    """A patient on each side with a still of two calipers and another point, and one without any."""
    # What the product would suggest of them has no part in what is trained, and takes its time.
    monkeypatch.setattr("annotator.cases.actions.make_cases.queue_job", lambda *_, **__: None)
    for side in SIDES:
        study, folder = generate_uid(), tmp_path / "in" / side
        folder.mkdir(parents=True)
        for path in phantom:
            made = dcmread(path)
            made.PatientID = made.PatientName = side
            made.StudyInstanceUID, made.SeriesInstanceUID = study, generate_uid()
            made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            made.save_as(folder / path.name)
    ingest_paths(data_manager, [tmp_path / "in" / side for side in SIDES])
    run_queued_jobs()
    found, seen = [], set()
    for stack in Stack.objects.select_related("series__study__patient").order_by("pk"):
        side = stack.series.study.patient.patient_id
        marks = (
            ()
            if side in seen
            else (point(1, *("Caliper", *PLACES[0])), point(2, "caliper", *PLACES[1]), point(3, "nipple"))
        )
        seen.add(side)
        one = released(stack, patient=side, side=side, modality="US")
        found.append(replace(one, kind="still", marks=marks))
    assert len(found) == 6
    return found


@pytest.fixture
def release(stacks: list[ReleasedStack], data_manager: User) -> Release:
    return frozen_release(data_manager, stacks)


def train(release: Release, user: User, to: Path, *more: str) -> dict[str, Any]:
    members = [word for one in TINY for word in ("--set", one)]
    call_command(
        "train", "caliper", "--release", str(release.pk), "--user", user.username, "--to", str(to), *members, *more
    )
    return dict(json.loads((to / "card.json").read_bytes()))


@pytest.mark.django_db
def test_points_called_calipers_teach_and_every_other_still_has_none(
    release: Release, data_manager: User, radiologist: User, tmp_path: Path
) -> None:
    card = train(release, data_manager, tmp_path / "out")
    assert card["data"]["hash"] == release.content_hash
    assert card["data"]["verified"] == dict.fromkeys(SIDES, f"{release.cohort.name} {release.number}")
    assert card["data"]["labels_by_round"][0]["train"] == {"sure": 2, "unsure": 0, "without": 1}
    judged = card["metrics"]["test"]["network"][0]
    assert (judged["calipers"], judged["pictures"], judged["pictures_without"]) == (2, 2, 1)
    # Patients, not names of ours, stand in what leaves the server.
    assert "PatientName" not in json.dumps(card)

    # A department goes on from what it has; a reader's release is nobody else's to read.
    begun = train(release, data_manager, tmp_path / "next", "--begin", str(tmp_path / "out"))
    assert begun["training"]["begin"] == card["weights"]["sha256"]
    with pytest.raises(CommandError):
        train(release, radiologist, tmp_path / "other")
    with pytest.raises(CommandError, match="go with --folder"):
        train(release, data_manager, tmp_path / "both", "--train-calipers", "a.tsv")


@pytest.mark.django_db
def test_it_is_trained_as_a_job_that_the_page_asks_for_and_shows(
    release: Release, data_manager: User, tmp_path: Path, settings: Any, run_queued_jobs: Any
) -> None:
    settings.TRAINING_DIR = tmp_path / "training"
    browser = Client()
    browser.force_login(data_manager)
    members = {"filters": [4, 8, 8, 8, 8], "rounds": 2, "steps": 2, "device": "cpu"}
    asked = {"release": release.pk, "preset": "calipers", "name": "calipers-ours", "anatomy": "thyroid", "seed": 2}
    asked |= {"epochs": 1, "size": 64, "batch_size": 2, "imbalance": "oversample", "members": json.dumps(members)}
    refused = browser.post("/trainings/", {**asked, "size": 70})
    assert refused.status_code == 400
    assert "multiple of 16" in refused.content.decode()
    sent = browser.post("/trainings/", asked)
    assert sent.status_code == 302, sent.content.decode()
    assert {job.state for job in run_queued_jobs()} == {JobState.DONE}

    run = TrainingRun.objects.get()
    assert [one["epoch"] for one in run.history] == [1, 2], "of two rounds"
    assert (run.card["task"], run.card["config"]["seed"], run.card["intended"]["anatomy"]) == ("calipers", 2, "thyroid")
    page = browser.get(f"{sent['Location']}?part=state").content.decode()
    assert page.index("As it is asked") < page.index("Network alone") < page.index("Matching detector")
    assert "validation F1" in page
    assert page.count("<img") == 3
    assert "2 pictures, 1 without calipers" in page
    listed = browser.get("/trainings/?part=rows").content.decode()
    assert "calipers-ours" in listed
    assert "recall" in listed
    assert browser.post(f"/trainings/{run.pk}/register")["Location"] == "/models/"
    version = ModelVersion.objects.get(name="calipers-ours")
    assert (version.task, version.anatomy) == ("calipers", "thyroid")
    assert caliper_network_of(version).config.filters == (4, 8, 8, 8, 8)


@pytest.mark.django_db
def test_a_training_goes_on_from_a_registered_version_and_says_whom_that_knew(
    stacks: list[ReleasedStack], data_manager: User, tmp_path: Path, settings: Any, run_queued_jobs: Any
) -> None:
    settings.TRAINING_DIR = tmp_path / "training"
    browser = Client()
    browser.force_login(data_manager)

    def ask(release: Release, **more: Any) -> Any:
        asked = {"release": release.pk, "preset": "calipers", "name": "ours", "anatomy": "thyroid", "seed": 1}
        asked |= {"epochs": 1, "size": 64, "batch_size": 2, "imbalance": "none"}
        members = more.pop("members", {}) | {"rounds": 1, "steps": 2, "device": "cpu"}
        return browser.post("/trainings/", asked | {"members": json.dumps(members)} | more)

    first = frozen_release(data_manager, stacks)
    assert ask(first, members={"filters": [4, 8, 8, 8, 8]}).status_code == 302
    run_queued_jobs()
    assert browser.post(f"/trainings/{TrainingRun.objects.get().pk}/register").status_code == 302
    version = ModelVersion.objects.get(name="ours")
    page = browser.get("/trainings/").content.decode()
    assert f'value="{version.pk}">ours 1 (US, thyroid)' in page
    assert '<optgroup label="Caliper networks">' in page
    assert ">null<" not in page.replace("\n", ""), "members that nobody named"

    for refused, why in (
        ({"preset": "ultrasound"}, "This network is of another kind"),
        ({"members": {"filters": [4, 8, 8, 8, 16]}}, "has filters [4, 8, 8, 8, 8], asked for is [4, 8, 8, 8, 16]"),
        ({"begin": "999"}, "Select a valid choice"),
    ):
        answer = ask(first, **{"begin": version.pk, **refused})
        assert answer.status_code == 400
        assert why in answer.content.decode()
    assert TrainingRun.objects.count() == 1

    # Another release of the same patients, who have changed sides.
    sides = dict(zip(SIDES, ("test", "train", "val"), strict=True))
    second = frozen_release(data_manager, [replace(one, split=sides[one.patient]) for one in stacks])
    for release in (first, second):
        sent = ask(release, begin=version.pk)
        assert sent.status_code == 302, sent.content.decode()
        assert {job.state for job in run_queued_jobs()} == {JobState.DONE}
        run = TrainingRun.objects.latest("created_at")
        assert run.card["training"]["begin"] == version.content_hash
        assert run.card["config"]["filters"] == [4, 8, 8, 8, 8]
        knew = "1 of the 1 patients held out here was" if release == second else "none of the 1 patients held out here"
        assert knew in browser.get(f"{sent['Location']}?part=state").content.decode()
        assert "goes on from ours 1" in browser.get(sent["Location"]).content.decode()

    # Of what wasn't trained here nobody knows; of what went on from it here a part is known.
    TrainingRun.objects.filter(begun_with=None).update(card={})
    assert browser.post(f"/trainings/{run.pk}/register").status_code == 302
    latest = ModelVersion.objects.latest("pk")
    assert taught_of(version, first).words == "whether patients held out here were among them is not known"
    assert taught_of(latest, first).words.startswith("at least 1 of the 1 patients held out here was among them")


@pytest.mark.django_db
def test_stills_are_files_as_they_are_shown_cines_are_left_out_and_a_killed_run_keeps_them(
    stacks: list[ReleasedStack], data_manager: User, tmp_path: Path
) -> None:
    stacks[1] = replace(stacks[1], kind="cine")
    release = frozen_release(data_manager, stacks)
    source = CaliperRelease(release, tmp_path, report=lambda *_: None)
    pictures = source.pictures()
    assert len(pictures) == 5
    first = pictures[0]
    assert source.checked[first.side].calipers[first.key].tolist() == [list(place) for place in PLACES]
    read = cv2.imread(str(first.path), cv2.IMREAD_GRAYSCALE)
    assert read is not None
    stills = [cv2.cvtColor(thyroid_ultrasound.make_still(plane), cv2.COLOR_RGB2GRAY) for plane in PLANES]
    assert min(np.abs(read.astype(int) - still).max() for still in stills) <= 2
    written = first.path.stat().st_mtime_ns
    assert CaliperRelease(release, tmp_path, report=lambda *_: None).pictures() == pictures
    assert first.path.stat().st_mtime_ns == written


@pytest.mark.django_db
def test_a_release_without_calipers_is_refused_with_what_to_do(
    stacks: list[ReleasedStack], data_manager: User, tmp_path: Path
) -> None:
    release = frozen_release(data_manager, [replace(one, marks=()) for one in stacks])
    with pytest.raises(CommandError, match=r"no point|has a point called caliper|Alt\+P"):
        train(release, data_manager, tmp_path / "out")
