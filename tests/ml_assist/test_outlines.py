"""Clicks go to the network that answers, by HTTP and a job; what it may not be asked about is refused in words."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from django.core.management import CommandError, call_command

from annotator.accounts.models import User
from annotator.annotations.models import Annotation, CaseLock
from annotator.assist.actions.allow_anatomy import allow_anatomy
from annotator.assist.actions.install_model import install_model
from annotator.assist.actions.pin_models import pin_models
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.actions.register_model import register_model
from annotator.assist.model_queries import active_version
from annotator.assist.models import FiledResult, ModelPromotion, OutlineRequest, Suggestion
from annotator.assist.queries import suggestions_for
from annotator.cases.models import Case, CaseGrant
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.thyroid_ultrasound import COLUMNS, make_still
from annotator.demo.ultrasound_object import ultrasound_image
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Frame, Series
from annotator.jobs import heartbeat
from annotator.jobs import queries as job_queries
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job, JobState
from api.v1 import outlines
from ml_assist.actions.pre_segment import pre_segment
from ml_assist.guidance.guide import Hint
from ml_assist.inference import loaded_models
from ml_assist.inference.frame_pictures import is_coloured
from ml_assist.inference.segmenter import Segmenter
from ml_assist.networks.device import device_of
from ml_assist.networks.weights import WeightsError
from tests.api.v1.described import DescribedClient
from tests.ml_assist.tiny_models import FRAMEWISE, GUIDED, card_of, tiny_caliper_model, tiny_model

ENDS = [[300.0, 200.0], [420.0, 330.0]]


@dataclass
class Asking:
    """A reader with an ultrasound case open, and how they ask."""

    client: DescribedClient
    case: Case
    frame: Frame

    def ask(self, points: list[list[float]] = ENDS, *, kind: str = "extremes", **more: Any) -> Any:
        hint = {
            "kind": kind,
            "points": points,
            **{name: more.pop(name) for name in ("added", "removed") if name in more},
        }
        body = {"frame": self.frame.key, "hint": hint, **more}
        return self.client.post(f"/api/v1/cases/{self.case.pk}/outlines", body, content_type="application/json")

    def words(self, status: int, **asked: Any) -> str:
        answer = self.ask(**asked)
        assert answer.status_code == status, answer.content
        return str(answer.json()["detail"])


@pytest.fixture
def asking(radiologist: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client_of: Any, store: None) -> Asking:
    owner = MadeStudy("outlines", "PAT-OUT")
    save(ultrasound_image(owner, [make_still("transverse")], view="transverse", regions=[]), tmp_path / "still.dcm")
    ingest_paths(None, [tmp_path], derive=True)
    case = Case.objects.get()
    CaseGrant.objects.create(case=case, person=radiologist)
    Series.objects.update(body_part="BREAST")
    for kept in (loaded_models._segmenter, loaded_models._caliper_network):
        kept.cache_clear()
    monkeypatch.setattr(outlines, "_WAIT_SECONDS", 0.0)
    # The worker of a test beats once: on a busy machine it would be taken for dead before the test is over.
    monkeypatch.setattr(job_queries, "_SILENT_AFTER_SECONDS", 3600.0)
    return Asking(client_of(radiologist), case, Frame.objects.get())


@pytest.fixture
def client_of() -> Any:
    def client_of(person: User) -> DescribedClient:
        client = DescribedClient()
        client.force_login(person)
        return client

    return client_of


@pytest.mark.django_db(transaction=True)
def test_a_click_becomes_a_contour_that_only_the_asking_reader_sees(
    asking: Asking, radiologist: User, second_radiologist: User, admin: User
) -> None:
    assert "page of models" in asking.words(409)
    version = install_model(*tiny_model(), version="1").version
    assert "served by nobody" in asking.words(503)
    assert (OutlineRequest.objects.count(), Job.objects.filter(kind="assist.outline").count()) == (0, 0)
    beat = heartbeat.heartbeat_folder() / "worker-of-this-test"
    heartbeat.beat_once(beat)
    assert asking.ask().status_code == 503, "a worker of other queues draws nothing"
    beat.write_text("cpu gpu")

    waiting = asking.ask()
    assert (waiting.status_code, waiting.json()["state"]) == (202, "waiting")
    address = f"/api/v1/outlines/{waiting.json()['id']}"
    assert asking.client.get(address).status_code == 202
    run_job(Job.objects.get(kind="assist.outline").pk)
    first = asking.client.get(address).json()
    assert (first["kind"], first["label"], first["note"], first["model"]) == ("contour", "lesion", "", str(version))
    assert first["score"] == pytest.approx(0.95, abs=0.01)
    assert 3 <= len(first["points"]) <= 60
    again = asking.ask()
    assert again.status_code == 201, "what was drawn before is there at once, without a worker"
    assert again.json() == first, "the one that waits already, not a second"
    assert Job.objects.filter(kind="assist.outline").count() == FiledResult.objects.filter(version=version).count() == 1

    CaseGrant.objects.create(case=asking.case, person=second_radiologist)
    shown = {
        person: suggestions_for(person, asking.case).count() for person in (radiologist, second_radiologist, admin)
    }
    assert shown == {radiologist: 1, second_radiologist: 0, admin: 0}

    corrected = asking.ask(added=[[430.0, 300.0]], replaces=again.json()["id"])
    run_job(Job.objects.get(kind="assist.outline", state=JobState.QUEUED).pk)
    new = asking.client.get(f"/api/v1/outlines/{corrected.json()['id']}").json()
    decided = {str(one.pk): one.own_decisions for one in suggestions_for(radiologist, asking.case)}
    assert [one.reason for one in decided[again.json()["id"]]] == ["Corrected"]
    assert decided[new["id"]] == []
    anew = asking.ask().json()
    assert (anew["id"] != first["id"], anew["points"]) == (True, first["points"]), "what was decided on is made anew"
    reading = asking.client.get(f"/api/v1/cases/{asking.case.pk}/reading").json()
    kept = {one["id"]: one["hint"] for one in reading["suggestions"]}
    assert kept[new["id"]] == {"kind": "extremes", "points": ENDS, "added": [[430.0, 300.0]], "removed": []}
    accepted = asking.client.post(f"/api/v1/suggestions/{new['id']}/accept", {}, content_type="application/json")
    assert accepted.json()["annotation"]["kind"] == "contour"
    assert Annotation.objects.get().provenance == "suggestion"

    # The hint, the terms of the reading, and its end.
    assert "two to 4" in asking.words(400, points=[[1.0, 1.0]])
    assert "lie apart" in asking.words(400, points=[[5.0, 5.0], [5.0, 5.0]])
    assert "outside" in asking.words(400, points=[[5.0, 5.0], [COLUMNS + 1.0, 5.0]])
    assert asking.ask(points=[["a", 1.0]]).status_code == 400
    CaseGrant.objects.filter(person=radiologist).update(mark_kinds=["box"])
    assert "contour" in asking.words(400)
    CaseGrant.objects.filter(person=radiologist).update(mark_kinds=None, shows_suggestions=False)
    assert "without a model" in asking.words(403)
    CaseGrant.objects.filter(person=radiologist).update(shows_suggestions=True)
    CaseLock.objects.create(case=asking.case, owner=radiologist, reason="it was submitted")
    assert "submitted" in asking.words(409)


@pytest.mark.django_db(transaction=True)
def test_what_a_network_is_not_meant_for_is_refused_or_noted_and_nothing_drawn_is_said(
    asking: Asking, radiologist: User, admin: User, settings: Any
) -> None:
    beat = heartbeat.heartbeat_folder() / "worker-of-this-test"
    heartbeat.beat_once(beat)
    beat.write_text("gpu")
    version = install_model(*tiny_model(), version="1").version
    Series.objects.update(modality="CT")
    assert "learned from US; it isn't asked about CT" in asking.words(409)
    Series.objects.update(modality="US", body_part="THYROID")
    assert "An admin can allow it" in asking.words(409)
    allow_anatomy(admin, version.name, "thyroid", allowed=True, reason="to be measured")
    waiting = asking.ask(kind="box").json()
    run_job(Job.objects.get(kind="assist.outline").pk)
    drawn = asking.client.get(f"/api/v1/outlines/{waiting['id']}").json()
    assert (drawn["note"], "learned from breast; this shows thyroid" in drawn["model_note"]) == ("", True)

    pinned = register_model(admin, *tiny_model(GUIDED.changed(name="unet-other"), draws=False))
    pin_models([(asking.case.pk, [pinned.pk])])
    Series.objects.update(body_part="BREAST")
    assert suggestions_for(radiologist, asking.case).count() == 0, "of another version than the pinned one"
    waiting = asking.ask().json()
    run_job(Job.objects.get(kind="assist.outline", state=JobState.QUEUED).pk)
    answer = asking.client.get(f"/api/v1/outlines/{waiting['id']}")
    assert (answer.status_code, "finds nothing" in answer.json()["detail"]) == (409, True)
    assert OutlineRequest.objects.get(pk=waiting["id"]).version == pinned
    assert "finds nothing" in asking.words(409), "nothing is filed, too"
    other = asking.client.get(f"/api/v1/outlines/{uuid.uuid4()}")
    assert other.status_code == 404

    # Weights that were changed in their store fail the job in words, and the reader is told them.
    Path(settings.STORAGES["models"]["OPTIONS"]["location"], pinned.weights).write_bytes(b"changed")
    loaded_models._segmenter.cache_clear()
    waiting = asking.ask(points=[[10.0, 10.0], [200.0, 200.0]]).json()
    run_job(Job.objects.get(kind="assist.outline", state=JobState.QUEUED).pk)
    answer = asking.client.get(f"/api/v1/outlines/{waiting['id']}")
    assert (answer.status_code, "not those that were registered" in answer.json()["detail"]) == (503, True)


@pytest.mark.django_db(transaction=True)
def test_ahead_of_the_reader_calipers_and_an_outline_a_still_are_suggested_and_nothing_is_worked_out_twice(
    asking: Asking, radiologist: User
) -> None:
    said: list[str] = []
    alone = pre_segment([asking.case.pk, uuid.uuid4()], report=lambda _percent, doing: said.append(doing))
    assert (alone.cases, alone.pictures, alone.calipers, alone.outlines) == (1, 1, 4, 0)
    assert len(alone.told) == 2
    version = install_model(*tiny_model(), version="1").version
    made = pre_segment([asking.case.pk], report=lambda *_: None)
    assert (made.calipers, made.outlines, made.new_suggestions) == (4, 1, 1)
    kinds = sorted(suggestions_for(radiologist, asking.case).values_list("kind", flat=True))
    assert kinds == ["contour"] + ["point"] * 4
    again = pre_segment([asking.case.pk], report=lambda *_: None)
    assert (again.new_suggestions, again.printed_lengths, FiledResult.objects.count()) == (0, made.printed_lengths, 3)
    whole = Suggestion.objects.get(kind="contour")

    # One of the four isn't found: the outline is of the same lesion, unsure, and says what it is made of.
    found = FiledResult.objects.get(version__name="caliper-template")
    FiledResult.objects.filter(pk=found.pk).update(shapes=found.shapes[:3])
    pre_segment([asking.case.pk], report=lambda *_: None)
    of_three = Suggestion.objects.get(kind="contour")
    assert "Made of three calipers; one may be missing" in of_three.note
    assert (whole.note, of_three.score) == ("", pytest.approx(0.6 * whole.score, abs=1e-3))
    FiledResult.objects.filter(pk=found.pk).update(shapes=found.shapes)
    pre_segment([asking.case.pk], report=lambda *_: None)
    FiledResult.objects.exclude(pk=found.pk).exclude(version=version).delete()
    newer = install_model(*tiny_model(seed=2), version="2").version
    assert pre_segment([asking.case.pk], report=lambda *_: None).new_suggestions == 1
    contour = Suggestion.objects.get(kind="contour")
    assert (contour.model_version, version == newer) == (newer, False), "a newer version's takes the older one's place"

    # A network that finds calipers takes the place of matching, and says none where it sees none: no lesion either.
    install_model(*tiny_caliper_model(), version="1")
    by_network = pre_segment([asking.case.pk], report=lambda *_: None)
    assert (by_network.calipers, by_network.outlines, Suggestion.objects.count()) == (0, 0, 0)
    ModelPromotion.objects.filter(version__task="calipers").delete()

    # A picture without calipers: none are invented, and no lesion either.
    plain = Frame.objects.get()
    FiledResult.objects.update(shapes=[])
    Suggestion.objects.all().delete()
    nothing = pre_segment([asking.case.pk], report=lambda *_: None)
    assert (nothing.calipers, nothing.outlines, plain.pk in FiledResult.objects.values_list("frame", flat=True)) == (
        0,
        0,
        True,
    )


@pytest.mark.django_db
def test_shipped_models_are_registered_and_promoted_once_and_changed_bytes_refused(
    tmp_path: Path, admin: User, data_manager: User, store: None, capsys: pytest.CaptureFixture[str]
) -> None:
    def ship(version: str, card: dict[str, Any], weights: bytes) -> None:
        folder = tmp_path / "shipped" / card["name"] / version
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "card.json").write_text(json.dumps(card))
        (folder / "weights.safetensors").write_bytes(weights)

    def load() -> str:
        call_command("load_models", "--from", str(tmp_path / "shipped"))
        return capsys.readouterr().out

    ship("1", *tiny_model())
    assert "unet-tiny-guided 1: registered, answers from now on" in load()
    assert load() == ""
    first = active_version("unet-tiny-guided")
    assert first is not None
    ship("2", *tiny_model(seed=2))
    load()
    second = active_version("unet-tiny-guided")
    assert second is not None
    assert second.version == "2"
    promote_model(admin, first.pk, reason="We measured it.")
    ship("3", *tiny_model(seed=3))
    assert "another answers" in load()
    assert active_version("unet-tiny-guided") == first, "people's choice stands"
    assert ModelPromotion.objects.count() == 3
    with pytest.raises(Exception, match="comes with the product"):
        register_model(data_manager, *tiny_model(seed=4))
    card, weights = tiny_model(seed=5)
    ship("3", card, weights)
    with pytest.raises(CommandError, match="kept with other weights"):
        load()
    ship("3", card, weights + b" ")
    with pytest.raises(CommandError, match="belongs to other weights"):
        load()


def test_weights_of_another_shape_or_hash_are_not_loaded_and_a_missing_cuda_is_said() -> None:
    card, weights = tiny_model()
    with pytest.raises(WeightsError, match="not those of their card"):
        Segmenter(card, weights + b" ")
    other = card_of(GUIDED.changed(filters=(4, 4, 4, 4)), weights)
    with pytest.raises(WeightsError, match="don't fit the network"):
        Segmenter(other, weights)
    if not torch.cuda.is_available():
        assert [str(one) for one in loaded_models.inference_devices()] == ["cpu"]
        with pytest.raises(Exception, match="no CUDA device"):
            device_of("cuda")


def test_a_picture_of_4000_pixels_is_drawn_on_and_colour_is_noticed() -> None:
    import numpy as np

    segmenter = Segmenter(*tiny_model(FRAMEWISE))
    picture = np.full((4000, 3000, 1), 90, np.uint8)
    outlined = segmenter.outline(picture)
    assert (outlined.mask.shape, bool(outlined.mask.all())) == ((4000, 3000), True)
    guided = Segmenter(*tiny_model())
    assert guided.outline(picture, Hint("box", ((100.0, 200.0), (2900.0, 3900.0)))).mask.shape == (4000, 3000)
    flow = np.zeros((100, 100, 3), np.uint8)
    assert not is_coloured(flow)
    flow[:3, :10] = (255, 220, 90)
    assert not is_coloured(flow), "a yellow caliper is no flow"
    flow[40:60, 40:60] = (200, 20, 10)
    assert is_coloured(flow)
