"""A whole training: prepare, train, judge, write weights, card and report. What commands and jobs call."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml_assist.inference.segmenter import Segmenter
from ml_assist.networks.device import device_name
from ml_assist.networks.unet import parameters_of
from ml_assist.networks.weights import save_weights
from ml_assist.training.batches import Batches
from ml_assist.training.begun_network import BegunNetwork
from ml_assist.training.example import TrainingSource
from ml_assist.training.model_card import model_card
from ml_assist.training.prepared_set import PreparedSet, prepare
from ml_assist.training.report import write_report
from ml_assist.training.report_pictures import outlined_picture
from ml_assist.training.unet_config import UNetConfig
from ml_assist.training.unet_evaluation import Judgement, drawn_on, guides_for, judge_on_test
from ml_assist.training.unet_trainer import UNetTrainer

Report = Callable[[int, str], None]
History = list[dict[str, Any]]
WEIGHTS = "weights.safetensors"
# Which part of the way each step is, in percent.
_PREPARED, _TRAINED = 20, 95


@dataclass(frozen=True)
class TrainingOutcome:
    """What lies in the folder at the end: weights, card, report and pictures, as `files` names them."""

    card: dict[str, Any]
    history: History
    files: tuple[str, ...]


def train_unet(
    source: TrainingSource,
    config: UNetConfig,
    folder: Path,
    *,
    command: str,
    report: Report,
    after_epoch: Callable[[History], None] = lambda _history: None,
    squares: Path | None = None,
    begin: BegunNetwork | None = None,
) -> TrainingOutcome:
    """Train and judge. Run again on the same folder after a kill it goes on where it was.

    Parameters
    ----------
    folder : of this training alone; squares and checkpoint lie there too, under work/.
    command : that makes the same training again, for the card.
    report : percent and what is being done; may raise to cancel.
    squares : where they lie, or are to lie, when several trainings share them.
    begin : a trained network to go on from.

    Raises
    ------
    InvalidError : the data or the machine don't fit the configuration; in words that say what to do.
    """
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    data = source.description()
    prepared = prepare(source, config, squares or work / "prepared", report=_part(report, 0, _PREPARED))
    made_of = {"hash": data["hash"], "count": len(source)}
    trainer = UNetTrainer(prepared, config, work, made_of=made_of, begin=begin)
    trained = trainer.train(
        report=_part(report, _PREPARED, _TRAINED),
        after_epoch=lambda epochs: after_epoch([one.to_json() for one in epochs]),
    )
    sha256 = save_weights(trained.network, folder / WEIGHTS)
    weights: dict[str, Any] = {
        "file": WEIGHTS,
        "sha256": sha256,
        "bytes": (folder / WEIGHTS).stat().st_size,
        "parameters": parameters_of(trained.network),
        "precision": "half",
    }
    # Judged is what will be used: the weights as they were written, in half precision.
    needed = {
        "config": config.to_json(),
        "weights": weights,
        "normalisation": {"mean": trained.mean, "deviation": trained.deviation},
    }
    segmenter = Segmenter(needed, (folder / WEIGHTS).read_bytes(), device=trained.device)
    judgements = judge_on_test(segmenter, prepared, report=_part(report, _TRAINED, 100))
    data["taken"] = {side: len(prepared.numbers(side, config)) for side in ("train", "val", "test")}
    card = model_card(
        config,
        trained,
        data=data,
        judgements=judgements,
        weights=weights,
        device=device_name(trained.device),
        command=command,
    )
    if begin is not None:
        begin.tell(card)
    card["examples"] = _examples(judgements)
    history = [one.to_json() for one in trained.history]
    pictures = _pictures(segmenter, prepared, judgements)
    content = {
        "history": history,
        "judgements": [one.to_json() for one in judgements],
        "examples": card["examples"],
    }
    write_report(folder, card, content, pictures)
    files = (WEIGHTS, "card.json", "report.json", "report.html", *(f"{name}.png" for name in pictures))
    return TrainingOutcome(card, history, files)


def _examples(judgements: list[Judgement]) -> dict[str, Any]:
    if not judgements:
        return {}
    shown = judgements[0]
    return {name: {**one.to_json(), "hint": shown.hint} for name, one in shown.examples().items()}


def _pictures(segmenter: Segmenter, prepared: PreparedSet, judgements: list[Judgement]) -> dict[str, bytes]:
    """PNG by name, with the first kind of hint."""
    if not judgements:
        return {}
    shown = judgements[0]
    kind = next((one for one in segmenter.config.guidance if one == shown.hint), None)
    batches = Batches(prepared, segmenter.config)
    made = {}
    for name, one in shown.examples().items():
        guides = guides_for(batches, [one.number], kind)
        [drawn] = drawn_on(segmenter, prepared, [one.number], guides)
        picture, truth = prepared.whole(one.number)
        square = prepared.examples[one.number].square
        guide = None if kind is None else (square.out_of(guides[0].astype(np.float32)) >= 0.5).astype(np.uint8)
        made[name] = outlined_picture(picture, truth, drawn, guide)
    return made


def _part(report: Report, begin: int, end: int) -> Report:
    """Progress of a step as a part of the whole."""
    return lambda percent, doing: report(begin + (end - begin) * percent // 100, doing)
