"""manage.py experiment calipers --folder FOLDER --to FOLDER: the paper's three approaches, by share of the training."""

import json
import shlex
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import InvalidError, RoomError
from annotator.jobs.progress_lines import progress_lines
from ml_assist.management.commands.train import caliper_finder


class Command(BaseCommand):
    help = (
        "Trains a U-Net from masks made of calipers, from precise masks, and from these with calipers as guidance, on "
        "shares of the training patients and with several seeds, and writes the table of mean Dice on test patients: "
        "experiment.json and experiment.md, anew after each training. Run again after a kill it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        experiments = parser.add_subparsers(dest="experiment", required=True, metavar="EXPERIMENT")
        calipers = experiments.add_parser("calipers", help="what calipers are worth", description=self.help)
        calipers.add_argument("--folder", type=Path, required=True, help="with images/, masks/ and one CSV table")
        calipers.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the results go")
        calipers.add_argument("--shares", type=float, nargs="+", default=[0.1, 0.2, 0.5, 1.0], metavar="PART")
        calipers.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], metavar="SEED")
        calipers.add_argument(
            "--epochs", type=int, nargs="+", default=[100], help="at most; one for all, or one a share"
        )
        calipers.add_argument("--patient-column", default="", metavar="NAME", help="who must be on one side")
        calipers.add_argument("--group-column", default="", metavar="NAME", help="what is balanced, e.g. the pathology")
        calipers.add_argument(
            "--fractions", type=float, nargs=3, default=(0.6, 0.1, 0.3), metavar=("TRAIN", "VAL", "TEST")
        )
        calipers.add_argument(
            "--caliper-network", type=Path, metavar="FOLDER", help="card and weights of what finds the calipers"
        )
        calipers.add_argument("--split-seed", type=int, default=1)
        calipers.add_argument(
            "--set", action="append", default=[], metavar="MEMBER=VALUE", help="of every training, e.g. size=128"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from ml_assist.experiments.caliper_experiment import ExperimentPlan, run_experiment
        from ml_assist.training.folder_source import FolderTable

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
        table = FolderTable(
            patient=options["patient_column"],
            group=options["group_column"],
            fractions=tuple(options["fractions"]),
            seed=options["split_seed"],
        )
        words = [
            Path(word).name if Path(word).is_absolute() or word.startswith("..") else word for word in sys.argv[1:]
        ]
        try:
            made = run_experiment(
                options["folder"],
                table,
                plan,
                options["to"],
                command=shlex.join(["python", "manage.py", *words]),
                report=progress_lines(self.stderr),
                finder=caliper_finder(options["caliper_network"]),
            )
        except InvalidError as error:
            raise CommandError(f"{error.path}: {error}" if error.path else str(error)) from error
        except (RoomError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"to": str(options["to"]), "cells": made["cells"]}, sort_keys=True))


def _member(one: str) -> tuple[str, Any]:
    name, sign, text = one.partition("=")
    if not sign:
        raise CommandError(f"{one!r} is not MEMBER=VALUE.")
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text
