"""Train a caliper network on crops, one round: a set number of epochs, the learning rate along half a cosine."""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from annotator.accounts.errors import InvalidError
from ml_assist.networks.caliper_net import CaliperNet
from ml_assist.networks.device import placed, precision_on
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.caliper_crops import CropBatch, LabelledPicture, crop_batches
from ml_assist.training.checkpoints import EpochMetrics, Standing, load_standing, save_standing
from ml_assist.training.losses import heat_map_loss

Report = Callable[[int, str], None]
# Crops of the validation side, in batches: the same in every epoch.
_JUDGING = 6
_WARM = 0.05


class CaliperTrainer:
    """One round. Make it, then `train`.

    Parameters
    ----------
    folder : where its checkpoint lies.
    made_of : what it is trained on, as JSON: a checkpoint of other data is not gone on with.
    begin : the network of the round before.
    """

    def __init__(
        self,
        config: CaliperConfig,
        folder: Path,
        *,
        device: torch.device,
        made_of: dict[str, Any],
        round_number: int = 1,
        begin: CaliperNet | None = None,
    ) -> None:
        self.config = config
        self.folder = folder
        self.device = device
        self._round = round_number
        self._of = {"config": config.to_json(), "data": made_of, "round": round_number}
        torch.manual_seed(config.seed)
        network = CaliperNet(config.filters)
        if begin is not None:
            network.load_state_dict(begin.state_dict())
        self._network = placed(network, device)
        # A round that goes on from another needs no large steps.
        highest = config.learning_rate if begin is None else config.learning_rate / 2
        self._optimizer = torch.optim.AdamW(self._network.parameters(), lr=highest, weight_decay=1e-4)
        steps = config.epochs * config.steps
        self._scheduler = torch.optim.lr_scheduler.LambdaLR(self._optimizer, lambda step: _rate(step / steps))
        self._history: list[EpochMetrics] = []

    def train(
        self,
        training: Sequence[LabelledPicture],
        validation: Sequence[LabelledPicture],
        *,
        judge: Callable[[torch.nn.Module], float],
        report: Report,
        after_epoch: Callable[[list[EpochMetrics]], None] = lambda _history: None,
    ) -> tuple[CaliperNet, list[EpochMetrics]]:
        """Train until the end, from where a killed run stood; the network as it is after the last epoch.

        Parameters
        ----------
        judge : F1 of a network on the pictures that judge while training.
        """
        self._go_on()
        while len(self._history) < self.config.epochs:
            self._epoch(len(self._history) + 1, training, validation, judge, report)
            self._save()
            after_epoch(self._history)
        self._network.eval()
        return self._network, self._history  # type: ignore[return-value]

    def _epoch(
        self,
        epoch: int,
        training: Sequence[LabelledPicture],
        validation: Sequence[LabelledPicture],
        judge: Callable[[torch.nn.Module], float],
        report: Report,
    ) -> None:
        begun, losses = time.monotonic(), []
        config = self.config
        self._network.train()
        # Another round draws other crops.
        drawn = crop_batches(training, config, epoch=1000 * self._round + epoch, count=config.steps)
        for step, batch in enumerate(drawn):
            done = (epoch - 1 + step / config.steps) / config.epochs
            report(int(100 * done), f"Round {self._round}, epoch {epoch} of {config.epochs}")
            self._optimizer.zero_grad(set_to_none=True)
            loss = self._loss(batch)
            loss.backward()
            self._optimizer.step()
            self._scheduler.step()
            losses.append(loss.detach())
        self._network.eval()
        with torch.no_grad():
            judged = [float(self._loss(batch)) for batch in crop_batches(validation, config, epoch=0, count=_JUDGING)]
        training_loss, validation_loss = float(torch.stack(losses).mean()), sum(judged) / len(judged)
        if not (math.isfinite(training_loss) and math.isfinite(validation_loss)):
            raise InvalidError(
                f"The loss was no number any more in epoch {epoch}. Train again with a lower learning_rate.",
                "config.learning_rate",
            )
        rate = float(self._optimizer.param_groups[0]["lr"])
        seconds = round(time.monotonic() - begun, 2)
        # F1 is the Dice of what is found and what is there.
        self._history.append(EpochMetrics(epoch, training_loss, validation_loss, judge(self._network), rate, seconds))

    def _loss(self, batch: CropBatch) -> torch.Tensor:
        taken = torch.from_numpy(batch.planes).to(self.device, torch.float32) / 255
        heat, counts, places = (
            torch.from_numpy(part).to(self.device) for part in (batch.heat, batch.counts, batch.places)
        )
        with precision_on(self.device, self.config.precision):
            drawn = self._network(taken.contiguous(memory_format=torch.channels_last))
        return heat_map_loss(drawn.float(), heat, places, counts)

    def _save(self) -> None:
        standing = Standing(
            network=self._network.state_dict(),
            optimizer=self._optimizer.state_dict(),
            scheduler=self._scheduler.state_dict(),
            best={},
            best_epoch=len(self._history),
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
        self._history = standing.history


def _rate(done: float) -> float:
    """Up in the first steps, then along half a cosine down to a fiftieth."""
    if done < _WARM:
        return max(0.05, done / _WARM)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - _WARM) / (1 - _WARM))))
