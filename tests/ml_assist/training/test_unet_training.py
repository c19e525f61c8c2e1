"""A small U-Net is trained, killed, gone on with, judged, written and read again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from annotator.accounts.errors import InvalidError
from ml_assist.guidance.guide import Hint
from ml_assist.inference.segmenter import Segmenter
from ml_assist.networks.weights import WeightsError
from ml_assist.training.folder_source import FolderSource, FolderTable
from ml_assist.training.train_unet import TrainingOutcome, train_unet
from ml_assist.training.unet_config import ULTRASOUND
from tests.fixtures.product import ROOT
from tests.ml_assist.training.phantom_folder import COLUMNS, ROWS, phantom_folder

SMALL = ULTRASOUND.changed(
    size=32,
    filters=(8, 8, 16, 16),
    epochs=16,
    batch_size=4,
    learning_rate=0.01,
    rotation=20.0,
    guidance=("extremes", "calipers", "box"),
    calipers="known",
    device="cpu",
)
TABLE = FolderTable(calipers=("calipers.tsv",), group="kind", fractions=(0.6, 0.2, 0.2))
WAIT_SECONDS = 90


@dataclass
class Trained:
    """One training that nobody disturbed, and the same killed with SIGKILL and gone on with."""

    folder: Path
    undisturbed: TrainingOutcome
    killed: TrainingOutcome
    said_after_the_kill: list[str]
    epochs_before_the_kill: int

    def weights(self) -> bytes:
        return (self.folder / "undisturbed" / "weights.safetensors").read_bytes()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    folder = tmp_path_factory.mktemp("training")
    phantoms = phantom_folder(folder / "phantoms")
    (folder / "small.json").write_text(json.dumps(SMALL.to_json()))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        _train_and_kill(folder)
        source = FolderSource(phantoms, SMALL, TABLE)
        said: list[str] = []
        starts: list[int] = []
        killed = train_unet(
            source,
            SMALL,
            folder / "killed",
            command="again",
            report=lambda _percent, doing: said.append(doing),
            after_epoch=lambda history: starts.append(len(history)),
        )
        undisturbed = train_unet(source, SMALL, folder / "undisturbed", command="once", report=lambda *_: None)
        yield Trained(folder, undisturbed, killed, said, starts[0])
    finally:
        torch.set_num_threads(threads)


def _train_and_kill(folder: Path) -> None:
    """The command itself, killed as soon as it has finished an epoch."""
    command = [sys.executable, "manage.py", "train", "unet", "--folder", str(folder / "phantoms")]
    command += ["--to", str(folder / "killed"), "--config", str(folder / "small.json"), "--group-column", "kind"]
    command += ["--calipers", "calipers.tsv", "--fractions", "0.6", "0.2", "0.2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "DATA_DIR": str(folder / "data")}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    until = time.monotonic() + WAIT_SECONDS
    while not (folder / "killed" / "work" / "checkpoint.pt").exists():
        assert process.poll() is None, (process.stderr.read() if process.stderr else b"").decode()[-2000:]
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (folder / "killed" / "card.json").exists(), "it was not at its end"


def test_a_killed_training_goes_on_where_it_was_and_comes_out_the_same(trained: Trained):
    assert 1 <= trained.epochs_before_the_kill < 16
    assert not [words for words in trained.said_after_the_kill if "Preparing" in words]
    assert f"Epoch {trained.epochs_before_the_kill + 1} of" in trained.said_after_the_kill[0]
    numbers = [
        [(one["epoch"], one["training_loss"], one["validation_loss"], one["dice"]) for one in outcome.history]
        for outcome in (trained.undisturbed, trained.killed)
    ]
    assert numbers[0] == numbers[1]
    assert trained.undisturbed.card["weights"]["sha256"] == trained.killed.card["weights"]["sha256"]


def test_it_learns_and_its_card_says_from_what_how_and_how_well(trained: Trained):
    history, card = trained.undisturbed.history, trained.undisturbed.card
    assert max(one["dice"] for one in history) > history[0]["dice"] + 0.4
    assert card["training"]["best_epoch"] == min(history, key=lambda one: one["validation_loss"])["epoch"]
    sides = card["data"]["sides"]
    assert sum(side["patients"] for side in sides.values()) == 12
    assert (card["intended"]["modality"], card["training"]["seed"], card["weights"]["precision"]) == ("US", 1, "half")
    assert set(card["metrics"]) == {"extremes", "calipers", "box"}
    for judged in card["metrics"].values():
        assert judged["dice"]["low"] <= judged["dice"]["mean"] <= judged["dice"]["high"]
        assert judged["guide_alone"]["mean"] > 0.85, "ends of a disc make the disc"
    assert any("sign of life" in words for words in card["limits"])
    report = (trained.folder / "undisturbed" / "report.html").read_text()
    assert report.count("data:image/png;base64,") == 3
    assert "95 % interval" in report
    worst = json.loads((trained.folder / "undisturbed" / "report.json").read_text())["examples"]["worst"]
    assert worst["dice"] == min(one["dice"] for one in _judged(trained, "extremes"))


def _judged(trained: Trained, hint: str) -> list[dict[str, float]]:
    judgements = json.loads((trained.folder / "undisturbed" / "report.json").read_text())["judgements"]
    return next(one["pictures"] for one in judgements if one["hint"] == hint)


def test_its_weights_outline_a_lesion_on_the_pictures_own_matrix(trained: Trained):
    segmenter = Segmenter(trained.undisturbed.card, trained.weights())
    key = _judged(trained, "extremes")[0]["key"]
    picture = cv2.imread(str(trained.folder / "phantoms" / "images" / f"{key}.png"), cv2.IMREAD_GRAYSCALE)
    truth = cv2.imread(str(trained.folder / "phantoms" / "masks" / f"{str(key).replace('us', 'mask')}.png"), 0) > 0
    rows, columns = np.nonzero(truth)
    box = Hint("box", ((float(columns.min()), float(rows.min())), (float(columns.max() + 1), float(rows.max() + 1))))
    drawn = segmenter.outline(picture[..., None], box)
    assert drawn.mask.shape == (ROWS, COLUMNS)
    assert 2 * (drawn.mask & truth).sum() / (drawn.mask.sum() + truth.sum()) > 0.6
    assert 0.5 <= drawn.score <= 1
    with pytest.raises(InvalidError, match="learned from US"):
        segmenter.check_modality("CT")
    with pytest.raises(InvalidError, match="channels"):
        segmenter.outline(np.zeros((8, 8, 3), np.uint8))


def test_weights_that_are_not_the_cards_are_refused(trained: Trained):
    card, weights = trained.undisturbed.card, trained.weights()
    with pytest.raises(WeightsError, match="SHA-256"):
        Segmenter(card, weights[:-1] + bytes([weights[-1] ^ 1]))
    wider = {**card, "config": {**card["config"], "filters": [4, 8, 16, 16]}}
    with pytest.raises(WeightsError, match="don't fit"):
        Segmenter(wider, weights)
    assert len(weights) < 120_000, "half precision"
