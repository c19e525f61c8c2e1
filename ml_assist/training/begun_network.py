"""A trained network that another training goes on from: its card and its weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch

from annotator.accounts.errors import InvalidError
from ml_assist.networks.weights import load_weights

_CARD, _WEIGHTS = "card.json", "weights.safetensors"


@dataclass(frozen=True)
class BegunNetwork:
    """What a training begins with instead of chance."""

    card: Mapping[str, Any]
    weights: bytes

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

    def into(self, network: torch.nn.Module, **members: Any) -> None:
        """Give a network these numbers.

        Parameters
        ----------
        members : of its configuration, that must be those of the card: filters, guidance.

        Raises
        ------
        InvalidError : they aren't. WeightsError : the weights aren't the card's.
        """
        for name, value in members.items():
            of_card = json.loads(json.dumps(self.card["config"].get(name)))
            if of_card != json.loads(json.dumps(value)):
                raise InvalidError(
                    f"The network to go on from has {name} {of_card}. Ask for the same.", f"config.{name}"
                )
        load_weights(network, self.weights, sha256=self.sha256)
