"""The models that come with the product: ml_assist/shipped/<name>/<version>/. Nothing of torch."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True)
class ShippedModel:
    """One version, by its folders' names."""

    name: str
    version: str
    card: dict[str, Any]
    weights: bytes


def shipped_models(folder: Path = SHIPPED) -> Iterator[ShippedModel]:
    """Every version, by name, the oldest first."""
    cards = folder.glob("*/*/card.json")
    for path in sorted(cards, key=lambda one: (one.parts[-3], len(one.parts[-2]), one.parts[-2])):
        yield ShippedModel(
            path.parts[-3],
            path.parts[-2],
            json.loads(path.read_bytes()),
            (path.parent / "weights.safetensors").read_bytes(),
        )
