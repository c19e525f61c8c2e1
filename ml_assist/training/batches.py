"""Batches of squares with truth and guide, turned, shifted and scaled: the same for the same seed and epoch."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from monai.networks.layers.spatial_transforms import AffineTransform
from numpy.typing import NDArray

from ml_assist.guidance.caliper_axes import MOST_CALIPERS, GuidanceError
from ml_assist.guidance.guide import Hint, HintKind, guide_of
from ml_assist.guidance.simulated_hints import simulated_hint, steady_hint
from ml_assist.training.prepared_set import PreparedSet
from ml_assist.training.unet_config import UNetConfig

# Batches that are made ready while the network is busy with the one before.
_AHEAD = 3


@dataclass(frozen=True)
class Batch:
    """uint8 still: what goes to the device.

    Attributes
    ----------
    pictures : (n, channels, side, side), 0 to 255; guides, truths : (n, 1, side, side), 0 and 1.
    turns : (n, 2, 3), of the augmentation; None while judging.
    """

    numbers: tuple[int, ...]
    pictures: torch.Tensor
    guides: torch.Tensor
    truths: torch.Tensor
    turns: torch.Tensor | None


class Batches:
    """Makes batches of a prepared set as a configuration wants them."""

    def __init__(self, prepared: PreparedSet, config: UNetConfig) -> None:
        self.prepared = prepared
        self.config = config

    def training(self, numbers: Sequence[int], *, epoch: int) -> Iterator[Batch]:
        """As many pictures as there are, in an order of their own each epoch; rare groups as often as common ones where
        the configuration says so. The last picture of an odd number joins the batch before: one alone has no spread."""
        random = np.random.default_rng([self.config.seed, epoch])
        if self.config.imbalance == "oversample":
            weights = np.array([self.prepared.examples[number].weight for number in numbers], np.float64)
            drawn = random.choice(len(numbers), size=len(numbers), p=weights / weights.sum())
        else:
            drawn = random.permutation(len(numbers))
        chosen = [numbers[at] for at in drawn]
        size = self.config.batch_size
        parts = [chosen[at : at + size] for at in range(0, len(chosen), size)]
        if len(parts) > 1 and len(parts[-1]) == 1:
            parts[-2:] = [parts[-2] + parts[-1]]
        return self._ahead(parts, epoch)

    def judging(self, numbers: Sequence[int]) -> Iterator[Batch]:
        """In their order, as they are, with steady hints."""
        size = self.config.batch_size
        return self._ahead([list(numbers[at : at + size]) for at in range(0, len(numbers), size)], None)

    def truth(self, number: int) -> NDArray[np.uint8]:
        """(side, side): what the configuration takes for true of a picture."""
        if self.config.truth == "marks":
            return np.asarray(self.prepared.masks[number])
        return self._from_calipers(number)

    def guide(self, number: int, kind: HintKind, *, random: np.random.Generator | None = None) -> NDArray[np.uint8]:
        """(side, side): the guide of a picture; steady without a random generator, empty where there is no hint."""
        if kind == "calipers" and len(self.prepared.examples[number].calipers) >= 2:
            return self._from_calipers(number)
        lesion = self.prepared.examples[number].ends
        side, aspects = self.config.size, self.config.axis_aspects
        if lesion is None or kind == "calipers":
            return np.zeros((side, side), np.uint8)
        if random is None:
            return guide_of(steady_hint(lesion, kind), rows=side, columns=side, aspects=aspects)
        hint = simulated_hint(lesion, kind, self.prepared.masks[number], random=random, aspects=aspects)
        return guide_of(hint, rows=side, columns=side, aspects=aspects)

    def parts(self, numbers: Sequence[int]) -> torch.Tensor:
        """(n, 1, side, side): where in the squares the pictures lie; the rest is filled up."""
        side = self.config.size
        inside = np.zeros((len(numbers), 1, side, side), bool)
        for at, number in enumerate(numbers):
            square = self.prepared.examples[number].square
            corners = [[square.left, square.top], [square.left + square.width, square.top + square.height]]
            (left, top), (right, bottom) = np.rint(square.points_into(corners)).astype(int)
            inside[at, 0, top:bottom, left:right] = True
        return torch.from_numpy(inside)

    def _from_calipers(self, number: int) -> NDArray[np.uint8]:
        side = self.config.size
        calipers = self.prepared.examples[number].calipers
        if not 2 <= len(calipers) <= MOST_CALIPERS:
            return np.zeros((side, side), np.uint8)
        try:
            return guide_of(Hint("calipers", calipers), rows=side, columns=side, aspects=self.config.axis_aspects)
        except GuidanceError:
            return np.zeros((side, side), np.uint8)

    def _hint_kind(self, number: int, random: np.random.Generator | None) -> HintKind:
        kinds = self.config.guidance
        if len(self.prepared.examples[number].calipers) < 2 and len(kinds) > 1:
            kinds = tuple(kind for kind in kinds if kind != "calipers")
        return kinds[0] if random is None else kinds[int(random.integers(len(kinds)))]

    def _batch(self, numbers: Sequence[int], epoch: int | None) -> Batch:
        config = self.config
        pictures = np.stack([self.prepared.pictures[number] for number in numbers])
        truths = np.stack([self.truth(number) for number in numbers])[:, None]
        guides = np.zeros((len(numbers), 1 if config.guidance else 0, config.size, config.size), np.uint8)
        turns = []
        for at, number in enumerate(numbers):
            random = None if epoch is None else np.random.default_rng([config.seed, epoch, number, at])
            if config.guidance:
                guides[at, 0] = self.guide(number, self._hint_kind(number, random), random=random)
            if random is not None:
                turns.append(_turn(config, random))
        return Batch(
            numbers=tuple(numbers),
            pictures=torch.from_numpy(pictures),
            guides=torch.from_numpy(guides),
            truths=torch.from_numpy(truths),
            turns=torch.from_numpy(np.stack(turns)) if turns else None,
        )

    def _ahead(self, parts: Sequence[Sequence[int]], epoch: int | None) -> Iterator[Batch]:
        with ThreadPoolExecutor(max_workers=_AHEAD) as pool:
            waiting: list[Future[Batch]] = []
            for at in range(len(parts) + _AHEAD):
                if at < len(parts):
                    waiting.append(pool.submit(self._batch, parts[at], epoch))
                if at >= _AHEAD and waiting:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()


def on_device(
    batch: Batch, device: torch.device, *, mean: torch.Tensor, deviation: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the network takes in, (n, channels, side, side), and the truth, (n, 1, side, side), both float32.

    Parameters
    ----------
    mean, deviation : (channels,) of the training pictures, 0 to 1.
    """
    pictures = batch.pictures.to(device, torch.float32) / 255
    guides, truths = batch.guides.to(device, torch.float32), batch.truths.to(device, torch.float32)
    if batch.turns is not None:
        channels, hints = pictures.shape[1], guides.shape[1]
        turned = _TURN(torch.cat([pictures, guides, truths], dim=1), batch.turns.to(device))
        # Black comes in from the sides, as where a picture was filled up to a square.
        pictures = turned[:, :channels]
        guides = (turned[:, channels : channels + hints] >= 0.5).float()
        truths = (turned[:, channels + hints :] >= 0.5).float()
    return torch.cat([standardised(pictures, mean, deviation), guides], dim=1), truths


def standardised(pictures: torch.Tensor, mean: torch.Tensor, deviation: torch.Tensor) -> torch.Tensor:
    """z-scores by channel: pictures are (n, channels, side, side), 0 to 1."""
    return (pictures - mean[None, :, None, None]) / deviation[None, :, None, None]


_TURN = AffineTransform(normalized=True, mode="bilinear", padding_mode="zeros", align_corners=False)


def _turn(config: UNetConfig, random: np.random.Generator) -> NDArray[np.float32]:
    """(2, 3): which row and column of the old picture each place of the new one comes from, all from -1 to 1."""
    angle = np.deg2rad(random.uniform(-config.rotation, config.rotation))
    size = 1 + random.uniform(-config.scale, config.scale)
    shift = 2 * random.uniform(-config.shift, config.shift, 2)
    cosine, sine = np.cos(angle) / size, np.sin(angle) / size
    side = -1.0 if config.mirror and random.random() < 0.5 else 1.0
    return np.array([[cosine, -sine, shift[0]], [side * sine, side * cosine, shift[1]]], np.float32)
