"""What a model says of itself: data, split, seed, command, metrics, what it is meant for and what not."""

from datetime import UTC, datetime
from typing import Any

import monai
import torch

from ml_assist.training.unet_config import UNetConfig
from ml_assist.training.unet_evaluation import Judgement
from ml_assist.training.unet_trainer import TrainedUNet

CARD_FORMAT = 1
# Below this many patients a figure says little about others.
_FEW_PATIENTS = 50


def model_card(
    config: UNetConfig,
    trained: TrainedUNet,
    *,
    data: dict[str, Any],
    judgements: list[Judgement],
    weights: dict[str, Any],
    device: str,
    command: str,
) -> dict[str, Any]:
    """A card as JSON; it is enough to load the weights and to make the same training again."""
    return {
        "format": CARD_FORMAT,
        "name": config.name,
        "task": "segmentation",
        "intended": {
            "modality": config.modality,
            "anatomy": config.anatomy,
            "use": "Proposes an outline that a reader accepts, changes or rejects. Not for diagnosis.",
            "hints": list(config.guidance) or ["none"],
        },
        "limits": limits_of(config, judgements),
        "data": data,
        "config": config.to_json(),
        "normalisation": {"mean": list(trained.mean), "deviation": list(trained.deviation)},
        "weights": weights,
        "training": {
            "command": command,
            "seed": config.seed,
            "epochs": len(trained.history),
            "best_epoch": trained.best_epoch,
            "seconds": round(sum(one.seconds for one in trained.history), 1),
            "device": device,
            "torch": torch.__version__,
            "monai": monai.__version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "metrics": {
            one.hint: {
                "dice": one.summary.to_json(),
                "guide_alone": one.guide_summary and one.guide_summary.to_json(),
                "by_group": {name: summary.to_json() for name, summary in one.by_group.items()},
            }
            for one in judgements
        },
    }


def limits_of(config: UNetConfig, judgements: list[Judgement]) -> list[str]:
    """What its figures don't show, in words."""
    said = [f"Learned from {config.modality} alone; pictures of other modalities are refused."]
    said.append(
        f"Learned from {config.anatomy}; how it does elsewhere is not known until it is measured there."
        if config.anatomy
        else "The anatomy is not named: it holds for pictures like those it learned from."
    )
    if any(kind in config.guidance for kind in ("extremes", "box")):
        said.append(
            "Ends and boxes are judged as made from the truth, by a hand that doesn't shake; people's lie beside it."
        )
    if config.truth == "calipers":
        said.append("Learned from approximate masks made of calipers, never from an outline drawn by a person.")
    patients = max((one.summary.patients for one in judgements), default=0)
    if not judgements:
        said.append("Nothing was held out to judge it by.")
    elif patients < _FEW_PATIENTS:
        said.append(f"Judged on {patients} patients only: take the figures for a sign of life, not for a measure.")
    if config.share < 1:
        said.append(f"Trained on {config.share:.0%} of the training patients.")
    said.append("All data is of the sources named here; other scanners and sites are not measured.")
    return said
