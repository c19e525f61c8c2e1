"""Where a training stands, on the disk after each epoch: a killed run goes on from there."""

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from annotator.datasets.canonical_json import hash_of_json

_FILE = "checkpoint.pt"


@dataclass(frozen=True)
class EpochMetrics:
    """What an epoch came to.

    Attributes
    ----------
    dice : mean over the pictures that judge while training, 0 to 1.
    """

    epoch: int
    training_loss: float
    validation_loss: float
    dice: float
    learning_rate: float
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Standing:
    """Everything that the next epoch follows from, besides the configuration and the data."""

    network: dict[str, torch.Tensor]
    optimizer: dict[str, Any]
    scheduler: dict[str, Any]
    best: dict[str, torch.Tensor]
    best_epoch: int = 0
    history: list[EpochMetrics] = field(default_factory=list)


def save_standing(folder: Path, standing: Standing, *, of: dict[str, Any]) -> None:
    """Replace the checkpoint as a whole: a kill leaves the old one or the new one.

    Parameters
    ----------
    of : configuration and data, as JSON; one of another training is never gone on with.
    """
    draft = folder / f"{_FILE}.draft"
    content = {
        "of": hash_of_json(of),
        "network": standing.network,
        "optimizer": standing.optimizer,
        "scheduler": standing.scheduler,
        "best": standing.best,
        "best_epoch": standing.best_epoch,
        "history": [one.to_json() for one in standing.history],
    }
    with draft.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _FILE)


def load_standing(folder: Path, *, of: dict[str, Any], device: torch.device) -> Standing | None:
    """Where this training stood; None at its beginning, or where what lies there is another's."""
    path = folder / _FILE
    if not path.exists():
        return None
    # Tensors and plain values alone: nothing that could run.
    content = torch.load(path, map_location=device, weights_only=True)
    if content["of"] != hash_of_json(of):
        return None
    return Standing(
        network=content["network"],
        optimizer=content["optimizer"],
        scheduler=content["scheduler"],
        best=content["best"],
        best_epoch=content["best_epoch"],
        history=[EpochMetrics(**one) for one in content["history"]],
    )
