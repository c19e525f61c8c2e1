"""How well printed lengths are read, on the pictures of the verified set that have some."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ml_assist.verified.printed_lengths import score_printed_lengths


class Command(BaseCommand):
    help = "Hold the reader of printed lengths against 117 lengths that an eye read in 88 pictures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, required=True, help="the folder images/ of BUS-BRA")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        for line in score_printed_lengths(folder).lines:
            self.stdout.write(line)
