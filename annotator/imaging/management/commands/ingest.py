"""manage.py ingest PATH…: take DICOM files in from this machine's disk."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import RoomError
from annotator.accounts.models import User
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import IntakeFile, Outcome
from annotator.jobs.progress_lines import progress_lines


class Command(BaseCommand):
    help = (
        "Takes in DICOM files and pictures (PNG, JPEG, TIFF, NIfTI; a CSV beside them says whose they are, see "
        "docs/bringing-in.md): files, folders (with all below them) and zip files. Originals are kept unchanged under "
        "their SHA-256. Progress goes to standard error; the last line of standard output is the summary, for example "
        "'ingested 64, already there 0, quarantined 2', after a line for each quarantined file with the reason. "
        "Frames and cases are then made by the worker; with --derive they are made before this command returns, and "
        "files whose pictures can't be decoded count as quarantined in the summary. "
        "What operating systems leave in folders (.DS_Store, Thumbs.db, __MACOSX) is left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--user", help="the person in whose name it is done; without it, the system")
        parser.add_argument(
            "--derive",
            "--wait",
            action="store_true",
            dest="derive",
            help="make frames and cases in this process before returning: when the command ends, readers can see them "
            "(without it, a job is queued for the worker)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = None
        if options["user"]:
            person = User.objects.filter(username=options["user"]).first()
            if person is None:
                raise CommandError(f"There is nobody called {options['user']}.")
        try:
            summary = ingest_paths(
                person, options["paths"], derive=options["derive"], report=progress_lines(self.stderr)
            )
        except RoomError as error:
            raise CommandError(str(error)) from error
        refused = IntakeFile.objects.filter(intake=summary.intake_id, outcome=Outcome.QUARANTINED).order_by("pk")
        for name, reason in refused.values_list("name", "reason").iterator():
            self.stdout.write(f"quarantined {name}: {reason}")
        self.stdout.write(str(summary))
