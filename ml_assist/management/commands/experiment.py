"""manage.py experiment calipers|outlines|missing --folder FOLDER --to FOLDER: what calipers are worth for outlines."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import InvalidError, RoomError
from annotator.jobs.progress_lines import progress_lines
from ml_assist.management.commands.train import (
    Report,
    add_known_calipers,
    caliper_finder,
    command_words,
    known_calipers,
)


class Command(BaseCommand):
    help = (
        "Trains a U-Net from masks made of calipers, from precise masks, and from these with calipers as guidance, on "
        "shares of the training patients and with several seeds, and writes the table of mean Dice on test patients: "
        "experiment.json and experiment.md, anew after each training. Run again after a kill it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        experiments = parser.add_subparsers(dest="experiment", required=True, metavar="EXPERIMENT")
        calipers = experiments.add_parser("calipers", help="what calipers are worth", description=self.help)
        calipers.add_argument("--shares", type=float, nargs="+", default=[0.1, 0.2, 0.5, 1.0], metavar="PART")
        calipers.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], metavar="SEED")
        calipers.add_argument(
            "--epochs", type=int, nargs="+", default=[100], help="at most; one for all, or one a share"
        )
        calipers.add_argument(
            "--set", action="append", default=[], metavar="MEMBER=VALUE", help="of every training, e.g. size=128"
        )

        add_known_calipers(calipers)
        outlines = experiments.add_parser(
            "outlines", help="a guided network with calipers as found by matching, by a network, by people"
        )
        outlines.add_argument("--unet", type=Path, required=True, metavar="FOLDER", help="card and weights")
        outlines.add_argument(
            "--test-calipers", type=Path, nargs="+", default=[], metavar="FILE", help="checked by people, as for train"
        )
        missing = experiments.add_parser(
            "missing", help="a guided network on the validation side, with one or two of four calipers left out"
        )
        missing.add_argument("--unet", type=Path, required=True, metavar="FOLDER", help="card and weights")
        missing.add_argument(
            "--val-calipers",
            type=Path,
            nargs="+",
            required=True,
            metavar="FILE",
            help="checked by people, as for train",
        )
        for one in (calipers, outlines, missing):
            one.add_argument("--folder", type=Path, required=True, help="with images/, masks/ and one CSV table")
            one.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the results go")
            one.add_argument("--patient-column", default="", metavar="NAME", help="who must be on one side")
            one.add_argument("--group-column", default="", metavar="NAME", help="what is balanced, e.g. the pathology")
            one.add_argument(
                "--fractions", type=float, nargs=3, default=(0.6, 0.1, 0.3), metavar=("TRAIN", "VAL", "TEST")
            )
            one.add_argument("--split-seed", type=int, default=1)
            one.add_argument(
                "--caliper-network", type=Path, metavar="FOLDER", help="card and weights of what finds the calipers"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        run = {"calipers": _calipers, "outlines": _outlines, "missing": _missing}[options["experiment"]]
        try:
            said = run(options, progress_lines(self.stderr))
        except InvalidError as error:
            raise CommandError(f"{error.path}: {error}" if error.path else str(error)) from error
        except (RoomError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"to": str(options["to"])} | said, sort_keys=True))


def _calipers(options: dict[str, Any], report: Report) -> dict[str, Any]:
    from ml_assist.experiments.caliper_experiment import ExperimentPlan, run_experiment

    shares, epochs = tuple(options["shares"]), tuple(options["epochs"])
    if not all(0 < share <= 1 for share in shares) or len(set(shares)) != len(shares):
        raise CommandError("A share is above 0 and at most 1, each once.")
    if len(epochs) not in (1, len(shares)):
        raise CommandError("--epochs takes one number, or one for each share.")
    plan = ExperimentPlan(
        shares=shares,
        seeds=tuple(options["seeds"]),
        epochs=epochs * len(shares) if len(epochs) == 1 else epochs,
        members=dict(_member(one) for one in options["set"]),
    )
    made = run_experiment(
        options["folder"],
        _table(options),
        plan,
        options["to"],
        command=command_words(),
        report=report,
        finder=caliper_finder(options["caliper_network"]),
    )
    return {"cells": made["cells"]}


def _outlines(options: dict[str, Any], report: Report) -> dict[str, Any]:
    import numpy as np

    from ml_assist.experiments.outlines_by_calipers import judge_by_calipers
    from ml_assist.inference.calipers import find_calipers
    from ml_assist.training.checked_calipers import checked_calipers

    segmenter, source = _guided(options)
    network = caliper_finder(options["caliper_network"])
    checked = checked_calipers(*options["test_calipers"]).calipers
    found_by = {"matching": find_calipers} | ({"network": network.find} if network else {})

    def finding(find: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda example: np.array(
            [(one.column, one.row) for one in find(example.picture[..., 0])], np.float64
        ).reshape(-1, 2)

    finders = {name: finding(find) for name, find in found_by.items()}
    if checked:
        finders["people"] = lambda example: checked.get(example.key, np.empty((0, 2)))
    judged = judge_by_calipers(segmenter, source.held_out("test"), finders, seed=segmenter.config.seed, report=report)
    return _written(options["to"] / "outlines.json", judged)


def _missing(options: dict[str, Any], report: Report) -> dict[str, Any]:
    from ml_assist.experiments.outlines_by_missing import judge_by_missing
    from ml_assist.training.checked_calipers import checked_calipers

    segmenter, source = _guided(options)
    checked = checked_calipers(*options["val_calipers"]).calipers
    judged = judge_by_missing(segmenter, source.held_out("val"), checked, seed=segmenter.config.seed, report=report)
    return _written(options["to"] / "missing.json", judged)


def _guided(options: dict[str, Any]) -> tuple[Any, Any]:
    """The network to judge, and the folder as it learned from it."""
    from ml_assist.inference.segmenter import Segmenter
    from ml_assist.training.folder_source import FolderSource

    card = json.loads((options["unet"] / "card.json").read_bytes())
    segmenter = Segmenter(card, (options["unet"] / "weights.safetensors").read_bytes())
    return segmenter, FolderSource(options["folder"], segmenter.config.changed(calipers="find"), _table(options))


def _written(path: Path, judged: dict[str, Any]) -> dict[str, Any]:
    from annotator.datasets.canonical_json import readable_json

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(readable_json(judged))
    return {"metrics": judged}


def _table(options: dict[str, Any]) -> Any:
    from ml_assist.training.folder_source import FolderTable

    return FolderTable(
        patient=options["patient_column"],
        group=options["group_column"],
        calipers=known_calipers(options),
        fractions=tuple(options["fractions"]),
        seed=options["split_seed"],
    )


def _member(one: str) -> tuple[str, Any]:
    name, sign, text = one.partition("=")
    if not sign:
        raise CommandError(f"{one!r} is not MEMBER=VALUE.")
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text
