"""Bring the database to this version of the program: tables, label schemas, hangings, models."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run migrate, load_schemas, load_hangings and load_models in one process; doing it again changes nothing."

    def handle(self, *_args: Any, verbosity: int = 1, **_options: Any) -> None:
        # What is said about tables would bury the rest.
        call_command("migrate", verbosity=max(0, verbosity - 1))
        for command in ("load_schemas", "load_hangings", "load_models"):
            call_command(command, verbosity=verbosity, stdout=self.stdout)
