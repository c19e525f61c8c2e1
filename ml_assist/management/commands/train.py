"""manage.py train unet|caliper --folder FOLDER | --release RELEASE --to PATH: train a network from scripts."""

import json
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.datasets.release_queries import frozen_release_for, release_called
from annotator.jobs.progress_lines import progress_lines
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.example import SIDES
from ml_assist.training.unet_config import PRESETS, UNetConfig

Report = Callable[[int, str], None]
_CALIPER = (
    "Trains the network that finds calipers: on symbols drawn onto the folder's pictures, and on those burned into "
    "them where the matching detector, then it and the network, agree. Writes weights, model card and report. Run "
    "again after a kill it goes on where it was."
)


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
        unet.add_argument("--preset", choices=sorted(PRESETS), default="ultrasound", help="what to begin with")
        unet.add_argument("--user", help="of a release: the data manager or admin in whose name it is read")
        add_known_calipers(unet)
        unet.add_argument(
            "--caliper-network", type=Path, metavar="FOLDER", help="card and weights of what finds a folder's calipers"
        )
        caliper = networks.add_parser("caliper", help="the network that finds calipers", description=_CALIPER)
        its = caliper.add_mutually_exclusive_group(required=True)
        its.add_argument(
            "--release", help="a frozen release, as for unet, whose points called caliper are learned from"
        )
        its.add_argument("--folder", type=Path, help="with images/, masks/ and one CSV table")
        caliper.add_argument("--user", help="of a release: the data manager or admin in whose name it is read")
        for side, what in (
            ("train", "which it learns from"),
            ("val", "by which the threshold is chosen"),
            ("test", "by which it is judged; their patients teach nothing"),
        ):
            caliper.add_argument(
                f"--{side}-calipers",
                type=Path,
                nargs="+",
                metavar="FILE",
                help=f"checked by people, of the {side} side, {what}: a table with columns image, column, row, and one "
                "that lists all pictures that were checked, in a column image",
            )
        caliper.add_argument(
            "--recall",
            type=float,
            metavar="PART",
            help="what the threshold is to find of the validation side's checked calipers; without it the best F1",
        )
        for network in (unet, caliper):
            _add_common(network)

    def handle(self, *args: Any, **options: Any) -> None:
        train = _train_unet if options["network"] == "unet" else _train_caliper
        try:
            card = train(options, progress_lines(self.stderr))
        except InvalidError as error:
            raise CommandError(f"{error.path}: {error}" if error.path else str(error)) from error
        except (RoomError, OSError) as error:
            raise CommandError(str(error)) from error
        said = {"folder": str(options["to"]), "sha256": card["weights"]["sha256"]}
        self.stdout.write(json.dumps(said | {"metrics": card["metrics"]}, sort_keys=True))


def _add_common(network: ArgumentParser) -> None:
    network.add_argument(
        "--begin", type=Path, metavar="FOLDER", help="card and weights of a network of the same build to go on from"
    )
    network.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="where the results go")
    network.add_argument("--config", type=Path, metavar="FILE", help="members as JSON, over what it begins with")
    network.add_argument(
        "--set", action="append", default=[], metavar="MEMBER=VALUE", help="one member, over both; repeatable"
    )
    for name, what in (
        ("image", "the picture's file"),
        ("patient", "who must be on one side"),
        ("side", "train, val or test; without one patients are divided"),
        ("group", "what is balanced, e.g. the pathology"),
    ):
        network.add_argument(f"--{name}-column", default="", metavar="NAME", help=f"of a folder's table: {what}")
    network.add_argument("--citation", default="", metavar="WORDS", help="whom a folder's pictures are owed to")
    network.add_argument("--split-seed", type=int, default=1, help="of a folder's division of patients")
    network.add_argument(
        "--fractions", type=float, nargs=3, default=(0.7, 0.15, 0.15), metavar=("TRAIN", "VAL", "TEST")
    )


def add_known_calipers(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--calipers",
        nargs="+",
        default=[],
        metavar="FILE",
        help="where calipers are known: tables with columns image, column, row; in the folder, or anywhere",
    )


def known_calipers(options: dict[str, Any]) -> tuple[str, ...]:
    """Files that are there from here are these; others are looked for in the folder."""
    return tuple(str(Path(one).resolve()) if Path(one).exists() else one for one in options.get("calipers", ()))


def _train_unet(options: dict[str, Any], report: Report) -> dict[str, Any]:
    config = UNetConfig.from_json(_members(PRESETS[options["preset"]].to_json(), options))
    # Only those who train wait for torch.
    from ml_assist.training.begun_network import BegunNetwork
    from ml_assist.training.train_unet import train_unet

    source, begin = _source(options, config), BegunNetwork.in_folder(options["begin"])
    return train_unet(source, config, options["to"], command=command_words(), report=report, begin=begin).card


def _train_caliper(options: dict[str, Any], report: Report) -> dict[str, Any]:
    config = CaliperConfig.from_json(_members(CaliperConfig().to_json(), options))
    from ml_assist.training.begun_network import BegunNetwork
    from ml_assist.training.caliper_release import CaliperRelease
    from ml_assist.training.checked_calipers import checked_calipers
    from ml_assist.training.folder_source import FolderSource
    from ml_assist.training.train_caliper import VerifiedCalipers, train_caliper, verified_by_release

    recall = options["recall"]
    if recall is not None and not 0 < recall <= 1:
        raise CommandError("--recall is above 0 and at most 1, e.g. 0.98.")
    tables = {side: options[f"{side}_calipers"] for side in SIDES if options[f"{side}_calipers"]}
    source: Any
    if options["release"]:
        if tables:
            raise CommandError("A release has its calipers in it: --train-calipers and the like go with --folder.")
        source = CaliperRelease(_release(options), options["to"] / "work", report=report)
        verified = verified_by_release(source, recall=recall)
    else:
        read = {side: checked_calipers(*paths) for side, paths in tables.items()}
        names = {str(side): " and ".join(path.name for path in paths) for side, paths in tables.items()}
        verified = VerifiedCalipers(**read, recall=recall, names=names)
        table = replace(_table(options), held_out=frozenset(verified.test.calipers))
        source = FolderSource(options["folder"], PRESETS["ultrasound"], table)
    begin = BegunNetwork.in_folder(options["begin"])
    return train_caliper(
        source, config, options["to"], verified=verified, command=command_words(), report=report, begin=begin
    )


def caliper_finder(folder: Path | None) -> Any:
    """What looks for calipers: a network with its card in a folder; None without one."""
    if folder is None:
        return None
    from ml_assist.inference.caliper_network import CaliperNetwork
    from ml_assist.training.folder_source import CaliperFinder

    card = json.loads((folder / "card.json").read_bytes())
    network = CaliperNetwork(card, (folder / "weights.safetensors").read_bytes())
    return CaliperFinder(card["weights"]["sha256"], network.find)


def command_words() -> str:
    """As it was called, the folders before a file's own name left out: they are this machine's."""
    words = [Path(word).name if Path(word).is_absolute() or word.startswith("..") else word for word in sys.argv[1:]]
    return shlex.join(["python", "manage.py", *words])


def _table(options: dict[str, Any]) -> Any:
    from ml_assist.training.folder_source import FolderTable

    return FolderTable(
        image=options["image_column"],
        patient=options["patient_column"],
        side=options["side_column"],
        group=options["group_column"],
        calipers=known_calipers(options),
        fractions=tuple(options["fractions"]),
        seed=options["split_seed"],
        citation=options["citation"],
    )


def _source(options: dict[str, Any], config: UNetConfig) -> Any:
    if options["folder"]:
        from ml_assist.training.folder_source import FolderSource

        return FolderSource(
            options["folder"], config, _table(options), finder=caliper_finder(options["caliper_network"])
        )
    from ml_assist.training.release_source import ReleaseSource

    return ReleaseSource(_release(options), config)


def _release(options: dict[str, Any]) -> Any:
    person = User.objects.filter(username=options["user"] or "").first()
    if person is None:
        raise CommandError("A release is read in somebody's name: --user NAME of a data manager or admin.")
    return frozen_release_for(person, release_called(person, options["release"]).pk)


def _members(members: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
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
    return members
