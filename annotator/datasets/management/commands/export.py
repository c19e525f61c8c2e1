"""manage.py export RELEASE FORMAT --to PATH: a frozen release in a format, to a folder or a zip."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.datasets.actions.export_release import export_release
from annotator.datasets.exporters.registry import all_exporters
from annotator.datasets.release_queries import release_called
from annotator.jobs.progress_lines import progress_lines


class Command(BaseCommand):
    help = (
        "Writes a frozen release in a format. The same release and options give the same bytes. Run again after a kill "
        "it goes on; nothing lies at PATH before all of it does. Options and preprocessing are those of "
        "docs/export-formats.md; a value is read as JSON where it is JSON (true, 1.5, '[\"Brain\"]'), else as text. "
        "Progress goes to standard error, a JSON line with counts to standard output."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", help='cohort and number, "Breast 3", or the id')
        parser.add_argument("format", choices=sorted(all_exporters()))
        parser.add_argument(
            "--to", required=True, type=Path, metavar="PATH", help="a new folder, or a name ending in .zip"
        )
        parser.add_argument("--option", action="append", default=[], metavar="K=V", help="of the format; repeatable")
        parser.add_argument("--preprocessing", action="append", default=[], metavar="K=V", help="repeatable")
        parser.add_argument("--split", action="append", default=[], metavar="SIDE", help="only this side; repeatable")
        parser.add_argument("--user", required=True, help="the data manager or admin in whose name it is done")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['user']}.")
        asked = {
            "format": options["format"],
            "options": _values(options["option"]),
            "preprocessing": _values(options["preprocessing"]),
            "splits": options["split"],
        }
        try:
            release = release_called(person, options["release"])
            result = export_release(person, release, asked, options["to"], report=progress_lines(self.stderr))
        except InvalidError as error:
            raise CommandError(f"{error.path}: {error}" if error.path else str(error)) from error
        except (RoomError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(result, sort_keys=True))


def _values(given: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in given:
        name, sign, text = one.partition("=")
        if not sign or not name:
            raise CommandError(f"{one!r} is not NAME=VALUE.")
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    return values
