"""A whole training of a caliper network: label, train in rounds, choose the threshold, judge, write it down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import torch

from annotator.accounts.errors import InvalidError
from annotator.datasets.canonical_json import readable_json
from ml_assist.inference.caliper_network import CaliperNetwork
from ml_assist.inference.calipers import Caliper, find_calipers
from ml_assist.networks.caliper_net import CaliperNet
from ml_assist.networks.device import device_name, device_of
from ml_assist.networks.unet import parameters_of
from ml_assist.networks.weights import save_weights
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.caliper_crops import KnownCalipers
from ml_assist.training.caliper_evaluation import best_threshold, judge_finds
from ml_assist.training.caliper_labels import (
    CheckedCalipers,
    agreed_labels,
    first_labels,
    labelled,
    matched_in,
    picture_of,
)
from ml_assist.training.caliper_trainer import CaliperTrainer
from ml_assist.training.example import SIDES, Side
from ml_assist.training.folder_source import FolderPicture, FolderSource

Report = Callable[[int, str], None]
WEIGHTS = "weights.safetensors"
CARD_FORMAT = 1
_LEAST = 0.05
_MIDDLE = 0.3
_AT_ONCE = 16


@dataclass(frozen=True)
class VerifiedCalipers:
    """Pictures whose calipers people have checked.

    Attributes
    ----------
    val : by which the threshold is chosen; empty: by what the two finders agree on.
    test : by which it is judged, and nothing else.
    names : what the tables are called, for the card.
    """

    val: CheckedCalipers = field(default_factory=CheckedCalipers)
    test: CheckedCalipers = field(default_factory=CheckedCalipers)
    names: Mapping[str, str] = field(default_factory=dict)


def train_caliper(
    source: FolderSource,
    config: CaliperConfig,
    folder: Path,
    *,
    verified: VerifiedCalipers,
    command: str,
    report: Report,
) -> dict[str, Any]:
    """Train and judge; returns the card. Run again on the same folder after a kill it goes on where it was.

    Raises
    ------
    InvalidError : the data or the machine don't fit, or a picture to judge by isn't held out.
    """
    device = device_of(config.device)
    by_side = {side: [one for one in source.pictures() if one.side == side] for side in SIDES}
    _check_held_out(verified, by_side)
    data = source.description()
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    matched = matched_in(by_side["train"] + by_side["val"], work / f"matched-{data['hash'][:12]}.json", report=report)
    rows = {one.key: picture_of(one).shape[0] for one in by_side["train"] + by_side["val"]}
    known = {key: first_labels(finds, rows=rows[key]) for key, finds in matched.items()}
    network: CaliperNet | None = None
    histories, counts = [], []
    for number in range(1, config.rounds + 1):
        if network is not None:
            finder = CaliperNetwork.of(network, config, device=device)
            finds = _finds(finder, by_side["train"] + by_side["val"], minimum_score=_LEAST)
            known = {key: agreed_labels(matched[key], finds[key], rows=rows[key]) for key in matched}
        counts.append({side: _counted([known[one.key] for one in by_side[side]]) for side in ("train", "val")})
        place = work / f"round-{number}"
        place.mkdir(exist_ok=True)
        made_of = {"hash": data["hash"], "labels": counts}
        trainer = CaliperTrainer(config, place, device=device, made_of=made_of, round_number=number, begin=network)
        validation = labelled(by_side["val"], known)
        network, history = trainer.train(
            labelled(by_side["train"], known),
            validation,
            judge=partial(_f1, validation=validation, config=config, device=device),
            report=report,
        )
        histories.append([one.to_json() for one in history])
    if network is None:
        raise InvalidError("There is at least one round.", "config.rounds")
    sha256 = save_weights(network, folder / WEIGHTS)
    weights = {
        "file": WEIGHTS,
        "sha256": sha256,
        "bytes": (folder / WEIGHTS).stat().st_size,
        "parameters": parameters_of(network),
        "precision": "half",
    }
    needed = {"config": config.to_json(), "weights": weights, "threshold": _MIDDLE}
    # Judged is what will be used: the weights as they were written, in half precision.
    finder = CaliperNetwork(needed, (folder / WEIGHTS).read_bytes(), device=device)
    threshold, chosen_by = _threshold(finder, by_side["val"], known, verified)
    judged = _judged(finder, threshold, by_side, verified, report)
    card = _card(config, needed | {"threshold": threshold}, data, verified, judged, histories, counts, command, device)
    card["threshold_chosen_by"] = chosen_by
    (folder / "card.json").write_bytes(readable_json(card))
    report_json = {"history": histories, "labels": counts, "judged": judged}
    (folder / "report.json").write_bytes(readable_json(report_json))
    return card


def _check_held_out(verified: VerifiedCalipers, by_side: Mapping[Side, Sequence[FolderPicture]]) -> None:
    """Nothing that it is judged by may have taught it."""
    tables: tuple[tuple[Side, CheckedCalipers], ...] = (("val", verified.val), ("test", verified.test))
    for side, table in tables:
        of_side = {one.key for one in by_side[side]}
        for key in table.calipers:
            if key not in of_side:
                raise InvalidError(
                    f"{key} is verified for {side}, but it isn't on that side. Divide the patients as the table was "
                    "made, or take it out.",
                    f"{side}_calipers",
                )


def _finds(
    finder: CaliperNetwork, pictures: Sequence[FolderPicture], *, minimum_score: float
) -> dict[str, list[Caliper]]:
    found: dict[str, list[Caliper]] = {}
    for start in range(0, len(pictures), _AT_ONCE):
        part = pictures[start : start + _AT_ONCE]
        images = [picture_of(one) for one in part]
        found |= dict(
            zip((one.key for one in part), finder.find_many(images, minimum_score=minimum_score), strict=True)
        )
    return found


def _f1(network: torch.nn.Module, validation: Sequence[Any], config: CaliperConfig, device: torch.device) -> float:
    finder = CaliperNetwork.of(network, config, device=device)
    found = dict(
        zip(
            (one.key for one in validation),
            finder.find_many([one.picture for one in validation], minimum_score=_MIDDLE),
            strict=True,
        )
    )
    judged = judge_finds(
        found,
        {one.key: one.known.sure for one in validation},
        unsure={one.key: one.known.unsure for one in validation},
    )
    return 2 * judged.right / max(1, 2 * judged.right + judged.wrong + judged.missed)


def _threshold(
    finder: CaliperNetwork,
    val: Sequence[FolderPicture],
    known: Mapping[str, KnownCalipers],
    verified: VerifiedCalipers,
) -> tuple[float, str]:
    """Chosen on the validation side: never where it is judged."""
    if verified.val.calipers:
        pictures = [one for one in val if one.key in verified.val.calipers]
        found = _finds(finder, pictures, minimum_score=_LEAST)
        chosen = best_threshold(found, verified.val.calipers, unsure=verified.val.not_judged)
        return chosen, f"best F1 on {len(pictures)} pictures of the validation side whose calipers people checked"
    found = _finds(finder, val, minimum_score=_LEAST)
    places = {one.key: known[one.key].sure for one in val}
    unsure = {one.key: known[one.key].unsure for one in val}
    return (
        best_threshold(found, places, unsure=unsure),
        f"best F1 on {len(val)} pictures of the validation side, by what the two finders agree on",
    )


def _judged(
    finder: CaliperNetwork,
    threshold: float,
    by_side: Mapping[Side, Sequence[FolderPicture]],
    verified: VerifiedCalipers,
    report: Report,
) -> dict[str, Any]:
    judged: dict[str, Any] = {}
    tables: tuple[tuple[Side, CheckedCalipers], ...] = (("val", verified.val), ("test", verified.test))
    for side, table in tables:
        pictures = [one for one in by_side[side] if one.key in table.calipers]
        if not pictures:
            continue
        report(99, "Judging on pictures that were held out")
        finders = {
            "network": _finds(finder, pictures, minimum_score=threshold),
            "matching": {one.key: find_calipers(picture_of(one)) for one in pictures},
        }
        judged[side] = {
            name: [
                judge_finds(found, table.calipers, criterion=criterion, unsure=table.not_judged).to_json()
                for criterion in ("3 pixels", "boxes")
            ]
            for name, found in finders.items()
        }
    return judged


def _counted(known: Sequence[KnownCalipers]) -> dict[str, int]:
    return {
        "sure": sum(len(one.sure) for one in known),
        "unsure": sum(len(one.unsure) for one in known),
        "without": sum(not len(one.sure) for one in known),
    }


def _card(
    config: CaliperConfig,
    needed: dict[str, Any],
    data: dict[str, Any],
    verified: VerifiedCalipers,
    judged: dict[str, Any],
    histories: list[list[dict[str, Any]]],
    counts: list[dict[str, Any]],
    command: str,
    device: torch.device,
) -> dict[str, Any]:
    return {
        "format": CARD_FORMAT,
        "name": config.name,
        "task": "calipers",
        "intended": {
            "modality": config.modality,
            "anatomy": config.anatomy,
            "use": "Proposes where calipers are burned into an ultrasound picture; a reader accepts or rejects them. "
            "Not for diagnosis.",
        },
        "limits": _limits(config, verified),
        "data": data | {"verified": dict(verified.names), "labels_by_round": counts},
        **needed,
        "training": {
            "command": command,
            "seed": config.seed,
            "rounds": config.rounds,
            "epochs": sum(len(one) for one in histories),
            "seconds": round(sum(epoch["seconds"] for one in histories for epoch in one), 1),
            "device": device_name(device),
            "torch": torch.__version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "metrics": judged,
    }


def _limits(config: CaliperConfig, verified: VerifiedCalipers) -> list[str]:
    said = [
        f"Learned from {config.modality} alone; pictures of other modalities are refused.",
        "Symbols of other scanners were drawn, not photographed: styles that the pictures named here don't have are "
        "measured on drawings only.",
        "Its burned-in calipers were labelled by a matching detector and by itself, not by people.",
    ]
    if verified.test.calipers:
        said.append(
            f"Judged on {len(verified.test.calipers)} pictures that people checked, of the sites and scanners named "
            "here."
        )
    else:
        said.append("No verified pictures were held out: how good it is isn't known.")
    return said
