"""A whole training of a caliper network: label, train in rounds, choose the threshold, judge, write it down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.datasets.canonical_json import hash_of_json, readable_json
from ml_assist.inference.caliper_network import CaliperNetwork
from ml_assist.inference.calipers import Caliper, find_calipers
from ml_assist.networks.caliper_net import CaliperNet
from ml_assist.networks.device import device_name, device_of, placed
from ml_assist.networks.unet import parameters_of
from ml_assist.networks.weights import save_weights
from ml_assist.training.begun_network import BegunNetwork
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.caliper_crops import KnownCalipers
from ml_assist.training.caliper_evaluation import best_threshold, judge_finds, strictest_threshold
from ml_assist.training.caliper_examples import EXAMPLE_FILES, write_examples
from ml_assist.training.caliper_labels import (
    agreed_labels,
    first_labels,
    hard_places,
    labelled,
    matched_in,
    picture_of,
)
from ml_assist.training.caliper_release import CaliperRelease
from ml_assist.training.caliper_trainer import CaliperTrainer
from ml_assist.training.checked_calipers import CheckedCalipers
from ml_assist.training.checkpoints import EpochMetrics
from ml_assist.training.example import SIDES, Side
from ml_assist.training.folder_source import FolderPicture

Report = Callable[[int, str], None]
WEIGHTS = "weights.safetensors"
CARD_FORMAT = 1
_LEAST = 0.05
_MIDDLE = 0.3
_AT_ONCE = 16
# From this score on a find may complete two axes. On BUS-BRA's validation side nothing wrong came in down to 0.35.
_HALF_SEEN = 0.45
_TAUGHT: tuple[Side, ...] = ("train", "val")


class CaliperPictures(Protocol):
    """Where the pictures come from: a folder, or a frozen release."""

    def pictures(self) -> list[FolderPicture]: ...

    def description(self) -> dict[str, Any]:
        """What the card says of the data: kind, name, patients by side, hash, how it was divided."""
        ...


@dataclass(frozen=True)
class VerifiedCalipers:
    """Pictures whose calipers people have checked.

    Attributes
    ----------
    train : what it learns from, where the finders would only agree.
    val : by which the threshold is chosen; empty: by what the two finders agree on.
    test : by which it is judged, and nothing else.
    recall : of the validation side, that the threshold is to keep; without it the best F1 is sought.
    names : what the tables are called, for the card.
    """

    train: CheckedCalipers = field(default_factory=CheckedCalipers)
    val: CheckedCalipers = field(default_factory=CheckedCalipers)
    test: CheckedCalipers = field(default_factory=CheckedCalipers)
    recall: float | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def known(self) -> dict[str, KnownCalipers]:
        """What is known for sure of pictures to learn from and to choose by."""
        none = np.empty((0, 2))
        return {
            key: KnownCalipers(places, table.not_judged.get(key, none))
            for table in (self.train, self.val)
            for key, places in table.calipers.items()
        }


def verified_by_release(source: CaliperRelease, *, recall: float | None = None) -> VerifiedCalipers:
    """What readers marked in a release: its sides teach, choose and judge."""
    train, val, test = (source.checked[side] for side in SIDES)
    return VerifiedCalipers(train, val, test, recall, dict.fromkeys(SIDES, source.description()["name"]))


def train_caliper(
    source: CaliperPictures,
    config: CaliperConfig,
    folder: Path,
    *,
    verified: VerifiedCalipers,
    command: str,
    report: Report,
    begin: BegunNetwork | None = None,
    after_epoch: Callable[[list[dict[str, Any]]], None] = lambda _history: None,
) -> dict[str, Any]:
    """Train and judge; returns the card. Run again on the same folder after a kill it goes on where it was.

    Parameters
    ----------
    begin : a trained network to go on from.
    after_epoch : called with the metrics of all epochs so far, of all rounds, numbered from 1.

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
    checked = verified.known()
    # What people checked needs no finder.
    open_ones = [one for side in _TAUGHT for one in by_side[side] if one.key not in checked]
    matched = matched_in(open_ones, work / f"matched-{data['hash'][:12]}-{len(open_ones)}.json", report=report)
    rows = {one.key: picture_of(one).shape[0] for one in open_ones}
    known = checked | {key: first_labels(finds, rows=rows[key]) for key, finds in matched.items()}
    network: CaliperNet | None = None
    if begin is not None:
        network = CaliperNet(config.filters)
        begin.into(network, config)
    histories: list[list[dict[str, Any]]] = []
    counts: list[dict[str, Any]] = []
    for number in range(1, config.rounds + 1):
        hard: dict[str, NDArray[np.float64]] = {}
        if network is not None:
            finder = CaliperNetwork.of(placed(network, device), config, device=device)
            finds = _finds(finder, open_ones, minimum_score=_LEAST)
            known = checked | {key: agreed_labels(matched[key], finds[key], rows=rows[key]) for key in matched}
            taught = [one for one in by_side["train"] if one.key in checked]
            finds = _finds(finder, taught, minimum_score=_LEAST)
            hard = {key: hard_places(finds[key], checked[key]) for key in finds}
        counts.append({str(side): _counted([known[one.key] for one in by_side[side]]) for side in _TAUGHT})
        place = work / f"round-{number}"
        place.mkdir(exist_ok=True)
        made_of = {
            "hash": data["hash"],
            "labels": hash_of_json({key: one.to_json() for key, one in known.items()}),
            "begin": None if begin is None else begin.sha256,
        }
        trainer = CaliperTrainer(config, place, device=device, made_of=made_of, round_number=number, begin=network)
        validation = labelled(by_side["val"], known)
        before = [epoch for one in histories for epoch in one]
        network, history = trainer.train(
            labelled(by_side["train"], known, hard),
            validation,
            judge=partial(_f1, validation=validation, config=config, device=device),
            report=_of_round(report, number, config.rounds),
            after_epoch=partial(_tell, after_epoch, before),
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
    # As the product asks: with what completes two axes.
    needed |= {"threshold": threshold, "half_seen": _HALF_SEEN}
    asked = CaliperNetwork(needed, (folder / WEIGHTS).read_bytes(), device=device)
    judged = _judged(finder, asked, by_side, verified, report)
    card = _card(config, needed, data, verified, judged, histories, counts, command, device)
    card["threshold_chosen_by"] = chosen_by
    if begin is not None:
        begin.tell(card)
    card["examples"] = write_examples(asked, by_side["test"], verified.test, folder)
    (folder / "card.json").write_bytes(readable_json(card))
    report_json = {"history": histories, "labels": counts, "judged": judged}
    (folder / "report.json").write_bytes(readable_json(report_json))
    return card


def files_of(folder: Path) -> tuple[str, ...]:
    """What a training leaves for people."""
    return tuple(name for name in (WEIGHTS, "card.json", "report.json", *EXAMPLE_FILES) if (folder / name).exists())


def _of_round(report: Report, number: int, rounds: int) -> Report:
    """A round's percent as a part of the whole."""
    return lambda percent, doing: report((100 * (number - 1) + percent) // rounds, doing)


def _tell(
    after_epoch: Callable[[list[dict[str, Any]]], None], before: list[dict[str, Any]], so_far: list[EpochMetrics]
) -> None:
    """All epochs so far, numbered through the rounds."""
    every = [*before, *(one.to_json() for one in so_far)]
    after_epoch([one | {"epoch": number} for number, one in enumerate(every, start=1)])


def _check_held_out(verified: VerifiedCalipers, by_side: Mapping[Side, Sequence[FolderPicture]]) -> None:
    """Nothing that it is judged by may have taught it."""
    tables: tuple[tuple[Side, CheckedCalipers], ...] = (
        ("train", verified.train), ("val", verified.val), ("test", verified.test),
    )  # fmt: skip
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
    finder: CaliperNetwork, pictures: Sequence[FolderPicture], *, minimum_score: float | None
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
        told = f"on {len(pictures)} pictures of the validation side whose calipers people checked"
        known_there, unsure_there = verified.val.calipers, verified.val.not_judged
        if verified.recall is None:
            return best_threshold(found, known_there, unsure=unsure_there), f"best F1 {told}"
        chosen = strictest_threshold(found, known_there, recall=verified.recall, unsure=unsure_there)
        return chosen, f"the highest with a recall of {verified.recall:.1%} {told}"
    found = _finds(finder, val, minimum_score=_LEAST)
    places = {one.key: known[one.key].sure for one in val}
    unsure = {one.key: known[one.key].unsure for one in val}
    return (
        best_threshold(found, places, unsure=unsure),
        f"best F1 on {len(val)} pictures of the validation side, by what the two finders agree on",
    )


def _judged(
    finder: CaliperNetwork,
    asked: CaliperNetwork,
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
            "network": _finds(finder, pictures, minimum_score=asked.threshold),
            "completed": _finds(asked, pictures, minimum_score=None),
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
        f"Its burned-in calipers were checked by eye on {len(verified.train.calipers)} pictures that it learned from."
        if verified.train.calipers
        else "Its burned-in calipers were labelled by a matching detector and by itself, not by people.",
    ]
    if verified.test.calipers:
        said.append(
            f"Judged on {len(verified.test.calipers)} pictures that people checked, of the sites and scanners named "
            "here."
        )
    else:
        said.append("No verified pictures were held out: how good it is isn't known.")
    return said
