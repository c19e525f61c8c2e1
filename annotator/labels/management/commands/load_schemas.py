"""Install the label schemas that come with the program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import RoomError
from annotator.labels.actions.install_schemas import install_shipped_schemas


class Command(BaseCommand):
    help = "Install the label schemas that come with the program; doing it again changes nothing."

    def handle(self, *_args: Any, verbosity: int = 1, **_options: Any) -> None:
        try:
            summary = install_shipped_schemas()
        except RoomError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"schemas: {len(summary.installed)} installed, {len(summary.updated)} updated, "
                f"{len(summary.unchanged)} already there"
            )
