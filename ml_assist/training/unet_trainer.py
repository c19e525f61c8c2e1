"""Train a U-Net on a prepared set: epoch by epoch, until the validation loss has stopped falling.

Source: Buda et al., Ultrasound Med Biol 46 (2020) 415-421: Dice loss, at most 100 epochs, patience 10, the model of the
best validation loss. The paper names no optimizer: this is Adam, whose rate is cut to a third after four epochs without
a better loss, or falls along half a cosine where the epochs are few.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from ml_assist.networks.device import device_of, placed, precision_on
from ml_assist.networks.unet import build_unet
from ml_assist.training.batches import Batch, Batches, on_device
from ml_assist.training.begun_network import BegunNetwork
from ml_assist.training.checkpoints import EpochMetrics, Standing, load_standing, save_standing
from ml_assist.training.dice import dice_of_masks
from ml_assist.training.example import Side
from ml_assist.training.losses import loss_for
from ml_assist.training.prepared_set import PreparedSet
from ml_assist.training.unet_config import UNetConfig

Report = Callable[[int, str], None]
AfterEpoch = Callable[[list[EpochMetrics]], None]
_CUT_AFTER, _CUT_TO = 4, 1 / 3
# Pictures whose mean and spread are taken at once.
_AT_ONCE = 64


@dataclass(frozen=True)
class TrainedUNet:
    """The network of the best epoch.

    Attributes
    ----------
    mean, deviation : by channel, of the training pictures, 0 to 1.
    """

    network: torch.nn.Module
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    history: list[EpochMetrics]
    best_epoch: int
    device: torch.device


class UNetTrainer:
    """One training. Make it, then `train`.

    Parameters
    ----------
    folder : where its checkpoint lies.
    made_of : what it is trained on, as JSON: a checkpoint of other data is not gone on with.
    begin : a trained network to go on from.
    keep_every : so many epochs there is a checkpoint; experiments of many short trainings want fewer.

    Raises
    ------
    InvalidError : nothing to train on or to judge by, or no such device.
    """

    def __init__(
        self,
        prepared: PreparedSet,
        config: UNetConfig,
        folder: Path,
        *,
        made_of: dict[str, Any],
        keep_every: int = 1,
        begin: BegunNetwork | None = None,
    ) -> None:
        self.config = config
        self.folder = folder
        self._keep_every = keep_every
        self.device = device_of(config.device)
        self._of = {"data": made_of, "config": config.to_json(), "begin": begin and begin.sha256}
        self._batches = Batches(prepared, config)
        self._training = self._numbers(prepared, "train")
        self._validation = self._numbers(prepared, "val")
        mean, deviation, positive = _statistics(prepared, self._training)
        self._mean, self._deviation = (
            torch.tensor(values, dtype=torch.float32, device=self.device) for values in (mean, deviation)
        )
        self._loss = loss_for(config.imbalance, positive_share=positive).to(self.device)
        torch.manual_seed(config.seed)
        network = build_unet(config.channels, config.filters)
        if begin is not None:
            begin.into(network, config)
        self._network = placed(network, self.device)
        self._optimizer = torch.optim.Adam(self._network.parameters(), lr=config.learning_rate)
        self._scheduler = _scheduler(self._optimizer, config)
        self._history: list[EpochMetrics] = []
        self._best: dict[str, torch.Tensor] = {}
        self._best_epoch = 0

    def train(self, *, report: Report, after_epoch: AfterEpoch = lambda _history: None) -> TrainedUNet:
        """Train until the end, from where a killed run stood.

        Parameters
        ----------
        report : called at every batch; may raise to cancel, and the next run goes on from the epoch before.
        after_epoch : called with all epochs so far, after each and once at the start of a run that goes on.
        """
        self._go_on()
        if self._history:
            after_epoch(self._history)
        while not self._is_over():
            self._epoch(len(self._history) + 1, report)
            if len(self._history) % self._keep_every == 0:
                self._save()
            after_epoch(self._history)
        self._network.load_state_dict(self._best)
        self._network.eval()
        return TrainedUNet(
            network=self._network,
            mean=tuple(self._mean.tolist()),
            deviation=tuple(self._deviation.tolist()),
            history=self._history,
            best_epoch=self._best_epoch,
            device=self.device,
        )

    def _numbers(self, prepared: PreparedSet, side: Side) -> list[int]:
        found = prepared.numbers(side, self.config)
        if not found:
            extra = " with two calipers" if self.config.only_with_calipers else ""
            raise InvalidError(f"No picture{extra} is on the side {side!r}: divide the patients otherwise.", "data")
        return found

    def _is_over(self) -> bool:
        done = len(self._history)
        return done >= self.config.epochs or done - self._best_epoch >= self.config.patience

    def _epoch(self, epoch: int, report: Report) -> None:
        begun, losses = time.monotonic(), []
        self._network.train()
        steps = max(1, len(self._training) // self.config.batch_size)
        for step, batch in enumerate(self._batches.training(self._training, epoch=epoch)):
            report(self._percent(epoch, min(step / steps, 1.0)), self._words(epoch))
            taken, truths = self._on_device(batch)
            self._optimizer.zero_grad(set_to_none=True)
            with precision_on(self.device, self.config.precision):
                drawn = self._network(taken)
            loss = self._loss(drawn.float(), truths)
            loss.backward()
            self._optimizer.step()
            losses.append(loss.detach())
        rate = float(self._optimizer.param_groups[0]["lr"])
        validation_loss, dice = self._judge(epoch, report)
        training_loss = float(torch.stack(losses).mean())
        if not (math.isfinite(training_loss) and math.isfinite(validation_loss)):
            raise InvalidError(
                f"The loss was no number any more in epoch {epoch}. Train again with a lower learning_rate, or in full "
                "precision.",
                "config.learning_rate",
            )
        if isinstance(self._scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            self._scheduler.step(validation_loss)
        else:
            self._scheduler.step()
        best = min((one.validation_loss for one in self._history), default=float("inf"))
        if validation_loss < best:
            self._best_epoch = epoch
            self._best = {name: tensor.detach().clone() for name, tensor in self._network.state_dict().items()}
        seconds = time.monotonic() - begun
        self._history.append(EpochMetrics(epoch, training_loss, validation_loss, dice, rate, round(seconds, 2)))

    @torch.no_grad()
    def _judge(self, epoch: int, report: Report) -> tuple[float, float]:
        self._network.eval()
        losses, dice = 0.0, []
        for batch in self._batches.judging(self._validation):
            report(self._percent(epoch, 1.0), self._words(epoch))
            taken, truths = self._on_device(batch)
            with precision_on(self.device, self.config.precision):
                drawn = self._network(taken).float()
            losses += float(self._loss(drawn, truths)) * len(batch.numbers)
            # What is drawn beside the picture is cut off when a mask goes back to it.
            dice += dice_of_masks((drawn > 0) & self._batches.parts(batch.numbers).to(self.device), truths)
        return losses / len(dice), float(np.mean(dice))

    def _on_device(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        taken, truths = on_device(batch, self.device, mean=self._mean, deviation=self._deviation)
        return taken.contiguous(memory_format=torch.channels_last), truths

    def _percent(self, epoch: int, part: float) -> int:
        return int(100 * (epoch - 1 + part) / self.config.epochs)

    def _words(self, epoch: int) -> str:
        said = f"Epoch {epoch} of at most {self.config.epochs}"
        if not self._history:
            return said
        return f"{said}; best Dice so far {max(one.dice for one in self._history):.3f}"

    def _save(self) -> None:
        standing = Standing(
            network=self._network.state_dict(),
            optimizer=self._optimizer.state_dict(),
            scheduler=self._scheduler.state_dict(),
            best=self._best,
            best_epoch=self._best_epoch,
            history=self._history,
        )
        save_standing(self.folder, standing, of=self._of)

    def _go_on(self) -> None:
        standing = load_standing(self.folder, of=self._of, device=self.device)
        if standing is None:
            return
        self._network.load_state_dict(standing.network)
        self._optimizer.load_state_dict(standing.optimizer)
        self._scheduler.load_state_dict(standing.scheduler)
        self._best, self._best_epoch, self._history = standing.best, standing.best_epoch, standing.history


def _scheduler(
    optimizer: torch.optim.Optimizer, config: UNetConfig
) -> torch.optim.lr_scheduler.ReduceLROnPlateau | torch.optim.lr_scheduler.CosineAnnealingLR:
    if config.schedule == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.epochs, config.learning_rate / 50)
    return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=_CUT_TO, patience=_CUT_AFTER)


def _statistics(prepared: PreparedSet, numbers: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Mean and deviation by channel, 0 to 1, and which part of all pixels is marked; a few pictures in memory."""
    total = np.zeros(prepared.pictures.shape[1])
    squares, marked = np.zeros_like(total), 0
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        values = prepared.pictures[part].astype(np.float32) / 255
        total += values.sum(axis=(0, 2, 3), dtype=np.float64)
        squares += np.square(values).sum(axis=(0, 2, 3), dtype=np.float64)
        marked += int(prepared.masks[part].sum())
    pixels = len(numbers) * prepared.masks[0].size
    mean = total / pixels
    deviation = np.sqrt(np.maximum(squares / pixels - mean**2, 0))
    return mean, np.where(deviation > 1e-6, deviation, 1.0), marked / pixels
