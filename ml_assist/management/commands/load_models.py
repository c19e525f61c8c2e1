"""manage.py load_models: register the models that come with the product."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotator.accounts.errors import RoomError
from annotator.assist.actions.install_model import install_model
from ml_assist.shipped_models import SHIPPED, shipped_models


class Command(BaseCommand):
    help = (
        "Registers the models that come with the product and lets them answer, where nobody has chosen others. Weights "
        "are held against the SHA-256 of their card. Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", type=Path, default=SHIPPED, metavar="FOLDER", dest="folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for one in shipped_models(options["folder"]):
                if one.card.get("name") != one.name:
                    raise CommandError(f"The card in {one.name}/{one.version} names {one.card.get('name')!r}.")
                done = install_model(one.card, one.weights, version=one.version)
                if done.is_new and options["verbosity"]:
                    said = "registered, answers from now on" if done.is_promoted else "registered; another answers"
                    self.stdout.write(f"{done.version}: {said}")
        except (RoomError, OSError) as error:
            raise CommandError(f"{one.name}/{one.version}: {error}") from error
