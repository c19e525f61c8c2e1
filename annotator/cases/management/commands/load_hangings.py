"""Install the hangings that come with the program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import RoomError
from annotator.cases.actions.install_hangings import install_shipped_hangings


class Command(BaseCommand):
    help = "Install the hangings that come with the program; doing it again changes nothing."

    def handle(self, *_args: Any, verbosity: int = 1, **_options: Any) -> None:
        try:
            summary = install_shipped_hangings()
        except RoomError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"hangings: {len(summary.installed)} installed, {len(summary.updated)} updated, "
                f"{len(summary.unchanged)} already there"
            )
