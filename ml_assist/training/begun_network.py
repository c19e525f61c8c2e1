"""A trained network that another training goes on from: its card and its weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch

from annotator.accounts.errors import InvalidError
from ml_assist.networks.weights import load_weights
from ml_assist.training.network_build import Config, check_build

_CARD, _WEIGHTS = "card.json", "weights.safetensors"


@dataclass(frozen=True)
class BegunNetwork:
    """What a training begins with instead of chance.

    Attributes
    ----------
    taught : what is known of the patients held out now, for the new card: whether they were among those that taught it.
    """

    card: Mapping[str, Any]
    weights: bytes
    taught: str = "whether patients held out here were among them is not known"

    @classmethod
    def in_folder(cls, folder: Path | None) -> Self | None:
        """As a training leaves it; None without a folder.

        Raises
        ------
        InvalidError : there are no card and weights.
        """
        if folder is None:
            return None
        try:
            return cls(json.loads((folder / _CARD).read_bytes()), (folder / _WEIGHTS).read_bytes())
        except (OSError, ValueError) as error:
            raise InvalidError(
                f"{folder} should hold {_CARD} and {_WEIGHTS} of a training: {error}.", "begin"
            ) from error

    @property
    def sha256(self) -> str:
        return str(self.card["weights"]["sha256"])

    def into(self, network: torch.nn.Module, config: Config) -> None:
        """Give a network of this configuration these numbers.

        Raises
        ------
        InvalidError : it is built otherwise. WeightsError : the weights aren't the card's.
        """
        check_build(self.card, config)
        load_weights(network, self.weights, sha256=self.sha256)

    def tell(self, card: dict[str, Any]) -> None:
        """Write into a new card what its training began with, and what that means for its figures."""
        card["training"]["begin"] = self.sha256
        name, of = self.card.get("name"), self.card.get("data", {}).get("name") or "data that its card doesn't name"
        card["limits"].append(f"It went on from another network, {name}, that learned from {of}; {self.taught}.")
