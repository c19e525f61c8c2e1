"""manage.py load_demo: people, pictures and a worklist to try Reading Room with."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import RoomError
from annotator.demo.actions.load_demo import load_demo
from annotator.demo.actions.make_people import PEOPLE


class Command(BaseCommand):
    help = (
        "Makes three people, ingests phantoms and the real files that pydicom ships, and assigns their cases. A second "
        "run changes nothing. Without --now a worker has to be running."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", action="store_true", help="do the workers' part in this process")
        parser.add_argument("--wait", type=float, default=120, metavar="SECONDS", help="how long to wait for a worker")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = load_demo(
                in_this_process=options["now"], wait_seconds=options["wait"], say=lambda text: self.stderr.write(text)
            )
        except RoomError as error:
            raise CommandError(str(error)) from error
        if summary.already_there:
            self.stdout.write("The demo is there already.")
        else:
            self.stdout.write(
                f"Demo ready in {summary.seconds:.0f} s: {summary.ingested} files, {summary.assigned} cases assigned."
            )
        self.stdout.write("Sign in as (these passwords are public, for a demo on your own machine only):")
        for person in PEOPLE:
            self.stdout.write(f"  {person.role.label:<13} {person.username:<12} {person.password}")
