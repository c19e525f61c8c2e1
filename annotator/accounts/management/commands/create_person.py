"""`manage.py create_person NAME --role ROLE`: how the first admin comes into a new installation."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.actions.create_person import create_person
from annotator.accounts.errors import RoomError
from annotator.accounts.models import Role


class Command(BaseCommand):
    help = (
        "Add a person who may sign in. The password is asked for, or taken from the environment variable "
        "READING_ROOM_PASSWORD; it is never an argument, which other users of the machine could read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, default=Role.RADIOLOGIST)
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("READING_ROOM_PASSWORD") or _asked_password()
        try:
            user = create_person(
                None,
                username=options["username"],
                password=password,
                role=options["role"],
                first_name=options["first_name"],
                last_name=options["last_name"],
                email=options["email"],
            )
        except RoomError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{user.username} may sign in as {user.get_role_display().lower()}.")


def _asked_password() -> str:
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise CommandError("The two passwords differ.")
    return password
