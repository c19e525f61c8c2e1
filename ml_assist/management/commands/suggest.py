"""manage.py suggest --user NAME --modality US | --cohort NAME | --case ID: have models look at cases, from scripts."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import RoomError
from annotator.accounts.models import User
from annotator.datasets.models import Cohort
from annotator.jobs.progress_lines import progress_lines
from ml_assist.actions.request_suggestions import request_suggestions
from ml_assist.queries import CasesToLookAt, cases_to_look_at


class Command(BaseCommand):
    help = (
        "Queues a job in which the models that answer look at cases and suggest; a worker of the queue gpu does it. "
        "With --here it is done in this process, and progress goes to standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, help="the data manager or admin in whose name")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--modality", default="", help="all cases of it")
        what.add_argument("--cohort", default="", help="the cases of a cohort's studies, by its name")
        what.add_argument("--case", action="append", type=uuid.UUID, default=[], help="one case; repeatable")
        parser.add_argument("--here", action="store_true", help="without a worker")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['user']}.")
        cohort = Cohort.objects.filter(name=options["cohort"]).first() if options["cohort"] else None
        if options["cohort"] and cohort is None:
            raise CommandError(f"There is no cohort “{options['cohort']}”.")
        wanted = CasesToLookAt(tuple(options["case"]), options["modality"], cohort.pk if cohort else None)
        try:
            cases = cases_to_look_at(person, wanted)
            if options["here"]:
                # Only those who do it here wait for torch.
                from ml_assist.actions.pre_segment import pre_segment

                made = pre_segment(cases, report=progress_lines(self.stderr))
                self.stdout.write(
                    f"{made.cases} cases, {made.pictures} pictures: {made.calipers} calipers, "
                    f"{made.outlines} outlines, {made.new_suggestions} new suggestions"
                )
                for words in made.told:
                    self.stdout.write(words)
            else:
                job = request_suggestions(person, cases)
                self.stdout.write(f"{job.pk} {job.title}")
        except RoomError as error:
            raise CommandError(str(error)) from error
