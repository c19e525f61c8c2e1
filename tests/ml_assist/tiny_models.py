"""Networks of a few kilobytes that draw everywhere or nowhere: for what is done with a drawing, not how good it is."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import torch

from ml_assist.networks.caliper_net import CaliperNet
from ml_assist.networks.unet import build_unet
from ml_assist.networks.weights import save_weights
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.unet_config import ULTRASOUND, UNetConfig

GUIDED = ULTRASOUND.changed(
    name="unet-tiny-guided",
    anatomy="breast",
    size=32,
    filters=(2, 2, 2, 2),
    guidance=("extremes", "calipers", "box"),
    calipers="known",
)
FRAMEWISE = GUIDED.changed(name="unet-tiny-ct", modality="CT", anatomy="head", guidance=(), calipers="none", crop=False)


def tiny_model(config: UNetConfig = GUIDED, *, draws: bool = True, seed: int = 1) -> tuple[dict[str, Any], bytes]:
    """Card and weights of a network that is sure of everything it is shown, or of nothing."""
    torch.manual_seed(seed)
    network = build_unet(config.channels, config.filters)
    last = [part for part in network.modules() if isinstance(part, torch.nn.Conv2d)][-1]
    with torch.no_grad():
        last.weight.zero_()
        torch.nn.init.constant_(last.bias, 3.0 if draws else -3.0)  # type: ignore[arg-type]
    weights = _saved(network)
    return card_of(config, weights), weights


def tiny_caliper_model() -> tuple[dict[str, Any], bytes]:
    """Of a caliper network that finds none."""
    config = CaliperConfig(filters=(2, 2, 2, 2, 2))
    torch.manual_seed(1)
    weights = _saved(CaliperNet(config.filters))
    card = card_of(GUIDED, weights) | {"name": config.name, "task": "calipers", "threshold": 0.99}
    return card | {"config": config.to_json()}, weights


def _saved(network: torch.nn.Module) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.safetensors"
        save_weights(network, path)
        return path.read_bytes()


def card_of(config: UNetConfig, weights: bytes) -> dict[str, Any]:
    return {
        "format": 1,
        "name": config.name,
        "task": "segmentation",
        "intended": {"modality": config.modality, "anatomy": config.anatomy, "use": "For tests."},
        "limits": ["It draws everywhere or nowhere."],
        "data": {"name": "nothing"},
        "config": config.to_json(),
        "normalisation": {"mean": [0.3] * config.picture_channels, "deviation": [0.2] * config.picture_channels},
        "weights": {"sha256": hashlib.sha256(weights).hexdigest()},
        "training": {"seed": 1},
        "metrics": {},
    }
