"""Weights as safetensors in half precision, held against the SHA-256 that their card says. Never pickle."""

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from annotator.accounts.errors import RoomError


class WeightsError(RoomError):
    """Weights that aren't those of the card, or not of this network."""


def save_weights(network: torch.nn.Module, path: Path) -> str:
    """Write a network's numbers in half precision; returns the file's SHA-256."""
    state = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous().cpu()
        for name, tensor in network.state_dict().items()
    }
    content = save(state, metadata={"format": "pt"})
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def load_weights(network: torch.nn.Module, content: bytes, *, sha256: str) -> None:
    """Give a network its numbers, in its own precision.

    Raises
    ------
    WeightsError : other bytes than the card's, no safetensors, or another network's shapes.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise WeightsError(
            f"These weights are not those of their card: their SHA-256 is {found[:12]}…, the card says "
            f"{sha256[:12]}…. Bring the file of that version back, or take another version."
        )
    try:
        network.load_state_dict(load(content))
    except (SafetensorError, RuntimeError) as error:
        first = str(error).strip().splitlines()[0]
        raise WeightsError(f"These weights don't fit the network that their card describes: {first}") from error
