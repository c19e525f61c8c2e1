"""manage.py train unet --folder FOLDER | --release RELEASE --to PATH: train a network from scripts."""

import json
import shlex
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.datasets.release_queries import frozen_release_for, release_called
from annotator.jobs.progress_lines import progress_lines
from ml_assist.training.unet_config import PRESETS, UNetConfig


class Command(BaseCommand):
    help = (
        "Trains a U-Net and writes weights (safetensors), model card, report and pictures to a folder. Run again after "
        "a kill it goes on where it was. Patients are divided, never pictures. Progress goes to standard error, a JSON "
        "line with the metrics to standard output. docs/training.md explains the members of --set."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        networks = parser.add_subparsers(dest="network", required=True, metavar="NETWORK")
        unet = networks.add_parser("unet", help="the U-Net that outlines lesions", description=self.help)
        source = unet.add_mutually_exclusive_group(required=True)
        source.add_argument("--release", help='a frozen release: cohort and number, "Breast 3", or the id')
        source.add_argument("--folder", type=Path, help="with images/, masks/ and one CSV table")
        unet.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="where the results go")
        unet.add_argument("--preset", choices=sorted(PRESETS), default="ultrasound", help="what to begin with")
        unet.add_argument("--config", type=Path, metavar="FILE", help="members as JSON, over the preset")
        unet.add_argument(
            "--set", action="append", default=[], metavar="MEMBER=VALUE", help="one member, over both; repeatable"
        )
        unet.add_argument("--user", help="of a release: the data manager or admin in whose name it is read")
        for name, what in (
            ("image", "the picture's file"),
            ("patient", "who must be on one side"),
            ("side", "train, val or test; without one patients are divided"),
            ("group", "what is balanced, e.g. the pathology"),
        ):
            unet.add_argument(f"--{name}-column", default="", metavar="NAME", help=f"of a folder's table: {what}")
        unet.add_argument("--calipers", default="", metavar="FILE", help="in the folder: columns image, x, y")
        unet.add_argument("--split-seed", type=int, default=1, help="of a folder's division of patients")
        unet.add_argument(
            "--fractions", type=float, nargs=3, default=(0.7, 0.15, 0.15), metavar=("TRAIN", "VAL", "TEST")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            config = _config(options)
            # Only those who train wait for torch.
            from ml_assist.training.train_unet import train_unet

            outcome = train_unet(
                _source(options, config),
                config,
                options["to"],
                command=shlex.join(["python", "manage.py", *sys.argv[1:]]),
                report=progress_lines(self.stderr),
            )
        except InvalidError as error:
            raise CommandError(f"{error.path}: {error}" if error.path else str(error)) from error
        except (RoomError, OSError) as error:
            raise CommandError(str(error)) from error
        said = {"folder": str(options["to"]), "sha256": outcome.card["weights"]["sha256"]}
        self.stdout.write(json.dumps(said | {"metrics": outcome.card["metrics"]}, sort_keys=True))


def _source(options: dict[str, Any], config: UNetConfig) -> Any:
    if options["folder"]:
        from ml_assist.training.folder_source import FolderSource, FolderTable

        table = FolderTable(
            image=options["image_column"],
            patient=options["patient_column"],
            side=options["side_column"],
            group=options["group_column"],
            calipers=options["calipers"],
            fractions=tuple(options["fractions"]),
            seed=options["split_seed"],
        )
        return FolderSource(options["folder"], config, table)
    from ml_assist.training.release_source import ReleaseSource

    person = User.objects.filter(username=options["user"] or "").first()
    if person is None:
        raise CommandError("A release is read in somebody's name: --user NAME of a data manager or admin.")
    release = frozen_release_for(person, release_called(person, options["release"]).pk)
    return ReleaseSource(release, config)


def _config(options: dict[str, Any]) -> UNetConfig:
    members: dict[str, Any] = PRESETS[options["preset"]].to_json()
    if options["config"]:
        try:
            given = json.loads(options["config"].read_bytes())
        except ValueError as error:
            raise CommandError(f"{options['config']} is no JSON: {error}") from error
        if not isinstance(given, dict):
            raise CommandError(f"{options['config']} should hold one object with members.")
        members |= given
    for one in options["set"]:
        name, sign, text = one.partition("=")
        if not sign:
            raise CommandError(f"{one!r} is not MEMBER=VALUE.")
        try:
            members[name] = json.loads(text)
        except ValueError:
            members[name] = text
    return UNetConfig.from_json(members)
