"""A trained U-Net with its card: from a picture, and a hint where it takes one, to a mask on the stored matrix."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from ml_assist.guidance.guide import Hint, guide_of
from ml_assist.inference.network_square import NetworkSquare, made_visible, square_of
from ml_assist.networks.device import placed, precision_on
from ml_assist.networks.unet import build_unet
from ml_assist.networks.weights import load_weights
from ml_assist.training.unet_config import UNetConfig

_CHOSEN = 0.5
_NO_CALIPERS = np.empty((0, 2))


@dataclass(frozen=True)
class Outlined:
    """What a network draws on one picture.

    Attributes
    ----------
    mask : (rows, columns), 0 and 1, in the picture's own matrix.
    score : the mean probability inside, 0 to 1; 0 of an empty mask.
    probability : (rows, columns), 0 to 1, that the mask was cut from.
    """

    mask: NDArray[np.uint8]
    score: float
    probability: NDArray[np.float32]


@dataclass(frozen=True)
class PreparedPicture:
    """One picture as the network takes it, and the way back.

    Attributes
    ----------
    inside : (channels, side, side); guide : (side, side).
    """

    square: NetworkSquare
    inside: NDArray[np.uint8]
    guide: NDArray[np.uint8]


class Segmenter:
    """Holds the network warm.

    Parameters
    ----------
    card : as the training wrote it: configuration, mean, deviation and the weights' SHA-256.
    weights : the safetensors file.

    Raises
    ------
    WeightsError : they aren't the card's.
    """

    def __init__(self, card: dict[str, Any], weights: bytes, *, device: torch.device | None = None) -> None:
        self.config = UNetConfig.from_json(card["config"])
        self.device = device or torch.device("cpu")
        network = build_unet(self.config.channels, self.config.filters)
        load_weights(network, weights, sha256=card["weights"]["sha256"])
        self._network = placed(network, self.device).eval()
        self._mean, self._deviation = (
            torch.tensor(card["normalisation"][name], dtype=torch.float32, device=self.device)[None, :, None, None]
            for name in ("mean", "deviation")
        )

    def check_modality(self, modality: str) -> None:
        """Refuse pictures of another kind than those it learned from.

        Raises
        ------
        InvalidError : in words that name both.
        """
        if modality != self.config.modality:
            raise InvalidError(
                f"{self.config.name} learned from {self.config.modality}; it isn't asked about {modality or 'others'}.",
                "modality",
            )

    def outline(
        self, picture: NDArray[np.uint8], hint: Hint | None = None, *, calipers: NDArray[np.float64] = _NO_CALIPERS
    ) -> Outlined:
        """Draw on one picture.

        Parameters
        ----------
        picture : (rows, columns, channels), windowed as the configuration says.
        hint : in the picture's own columns and rows; a network without guidance takes none.
        calipers : (n, 2), to paint out where the network learned so.

        Raises
        ------
        InvalidError : another number of channels, or a hint for a network that takes none.
        GuidanceError : the hint makes no outline.
        """
        prepared = self.prepared(picture, hint, calipers=calipers)
        return self.outlined(prepared, self.probabilities(prepared.inside[None], prepared.guide[None])[0])

    def prepared(
        self, picture: NDArray[np.uint8], hint: Hint | None = None, *, calipers: NDArray[np.float64] = _NO_CALIPERS
    ) -> PreparedPicture:
        """What `outline` does before the network, apart: squares of many pictures are one batch."""
        if picture.ndim != 3 or picture.shape[2] != self.config.picture_channels:
            raise InvalidError(
                f"{self.config.name} sees {self.config.picture_channels} channels, not a picture of {picture.shape}."
            )
        if hint is not None and not self.config.guidance:
            raise InvalidError(f"{self.config.name} takes no hints.")
        shown = made_visible(picture, calipers, stretch=self.config.stretch, paint_out=self.config.paint_out)
        square = square_of(shown, size=self.config.size, crop=self.config.crop)
        inside = square.into(shown).reshape(self.config.size, self.config.size, -1).transpose(2, 0, 1)
        return PreparedPicture(square, inside, self.guide_in(square, hint))

    def outlined(self, prepared: PreparedPicture, drawn: NDArray[np.float32]) -> Outlined:
        """And what it does behind: from (side, side) of probabilities to the picture's own matrix."""
        probability = prepared.square.out_of(drawn)
        mask = (probability >= _CHOSEN).astype(np.uint8)
        return Outlined(mask, float(probability[mask > 0].mean()) if mask.any() else 0.0, probability)

    def guide_in(self, square: NetworkSquare, hint: Hint | None) -> NDArray[np.uint8]:
        """(side, side): a hint as the network is given it; empty without one."""
        side = self.config.size
        if hint is None:
            return np.zeros((side, side), np.uint8)
        moved = {
            name: tuple((float(column), float(row)) for column, row in square.points_into(getattr(hint, name)))
            for name in ("points", "added", "removed")
        }
        return guide_of(Hint(hint.kind, **moved), rows=side, columns=side, aspects=self.config.axis_aspects)

    @torch.no_grad()
    def probabilities(self, pictures: NDArray[np.uint8], guides: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, side, side), 0 to 1, of squares, (n, channels, side, side), and guides, (n, side, side)."""
        taken = torch.from_numpy(np.ascontiguousarray(pictures)).to(self.device, torch.float32) / 255
        taken = (taken - self._mean) / self._deviation
        if self.config.guidance:
            hints = torch.from_numpy(np.ascontiguousarray(guides)).to(self.device, torch.float32)
            taken = torch.cat([taken, hints[:, None]], dim=1)
        with precision_on(self.device, "auto"):
            drawn = self._network(taken.contiguous(memory_format=torch.channels_last))
        return np.asarray(drawn.float().sigmoid()[:, 0].cpu().numpy(), np.float32)
