"""manage.py release list|make|show|datasheet|balance|compare|check: frozen releases from scripts."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.balance_svg import balance_figures
from annotator.datasets.compare_releases import compare_releases
from annotator.datasets.models import Release
from annotator.datasets.release_queries import (
    cohort_called,
    condition_of,
    frozen_release_for,
    release_called,
    releases_for,
)
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job, JobState
from annotator.labels.uncertain import UncertainPolicy


class Command(BaseCommand):
    help = (
        "Lists releases, freezes one, and says what is in one. RELEASE is the cohort's name and the number "
        '("Breast 3"), or the id. `check` ends with 1 when rows or pictures are not those that were frozen.'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        self._verb(verbs, "list", "a line a release, tabs between: id, name, state, patients, frozen at")
        make = self._verb(verbs, "make", "freeze a release of a cohort; prints its id")
        make.add_argument("cohort", help="name or id")
        make.add_argument(
            "--uncertain", choices=list(UncertainPolicy), help="what uncertain answers count as; has no default"
        )
        make.add_argument("--recipe", type=Path, metavar="FILE", help="JSON of truth, split and leaks")
        make.add_argument("--seed", type=int, help="of the split")
        make.add_argument("--title", default="")
        make.add_argument(
            "--wait", action="store_true", help="freeze in this process; without, a job is queued for the worker"
        )
        self._of_release(verbs, "show", "what it was made of and holds, as JSON")
        self._of_release(verbs, "datasheet", "its datasheet, as Markdown")
        balance = self._of_release(verbs, "balance", "its balance report, as JSON")
        balance.add_argument("--figures", type=Path, metavar="FOLDER", help="also write the figures there, as SVG")
        compare = self._of_release(
            verbs, "compare", "what changed from RELEASE to AFTER: a line a change with its count"
        )
        compare.add_argument("after", metavar="AFTER")
        compare.add_argument("--json", action="store_true", help="with what changed, as JSON")
        self._of_release(verbs, "check", "read every row, look at every picture")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['user']}.")
        try:
            getattr(self, f"_{options['verb']}")(person, options)
        except InvalidError as error:
            raise CommandError(f"{error.path}: {error}" if error.path else str(error)) from error
        except (RoomError, OSError) as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def _verb(verbs: Any, name: str, says: str) -> ArgumentParser:
        verb: ArgumentParser = verbs.add_parser(name, help=says, description=says)
        verb.add_argument("--user", required=True, help="the data manager or admin in whose name it is done")
        return verb

    def _of_release(self, verbs: Any, name: str, says: str) -> ArgumentParser:
        verb = self._verb(verbs, name, says)
        verb.add_argument("release", metavar="RELEASE")
        return verb

    def _list(self, person: User, options: dict[str, Any]) -> None:
        for release in releases_for(person).iterator(chunk_size=100):
            patients = sum(side["patients"] for side in release.header.get("counts", {}).values())
            when = release.frozen_at.isoformat(timespec="seconds") if release.frozen_at else ""
            name = f"{release.cohort.name} {release.number or ''}".strip()
            self.stdout.write("\t".join([str(release.pk), name, _state(release), str(patients), when]))

    def _make(self, person: User, options: dict[str, Any]) -> None:
        cohort = cohort_called(person, options["cohort"])
        recipe = _recipe(options)
        release = request_release(person, cohort.pk, recipe, title=options["title"])
        self.stdout.write(str(release.pk))
        if not options["wait"]:
            return
        state = run_job(release.job_id)
        if state is None:
            self.stderr.write("A worker has taken it.")
        elif state != JobState.DONE:
            raise CommandError(Job.objects.get(pk=release.job_id).error or f"Its job is {state}.")

    def _show(self, person: User, options: dict[str, Any]) -> None:
        release = release_called(person, options["release"])
        facts = {
            "id": str(release.pk),
            "cohort": release.cohort.name,
            "number": release.number,
            "title": release.title,
            "state": _state(release),
            "frozen_at": release.frozen_at and release.frozen_at.isoformat(timespec="seconds"),
            "content_hash": release.content_hash,
            "recipe": release.recipe,
            "model_versions": release.model_versions,
            "leaks": release.leaks,
            **release.header,
        }
        self._json(facts)

    def _datasheet(self, person: User, options: dict[str, Any]) -> None:
        self.stdout.write(_frozen(person, options["release"]).datasheet)

    def _balance(self, person: User, options: dict[str, Any]) -> None:
        report = _frozen(person, options["release"]).balance
        self._json(report)
        if options["figures"]:
            options["figures"].mkdir(parents=True, exist_ok=True)
            for name, svg in balance_figures(report).items():
                (options["figures"] / f"{name}.svg").write_text(svg, encoding="utf-8")

    def _compare(self, person: User, options: dict[str, Any]) -> None:
        found = compare_releases(_frozen(person, options["release"]), _frozen(person, options["after"]))
        if options["json"]:
            self._json(found.to_json())
            return
        for name, count in found.counts.items():
            self.stdout.write(f"{count:8,}  {name.replace('_', ' ')}")

    def _check(self, person: User, options: dict[str, Any]) -> None:
        condition = condition_of(_frozen(person, options["release"]))
        for words in condition.words:
            self.stdout.write(words)
        if not condition.whole or condition.missing or condition.changed:
            raise CommandError("It is not what was frozen.")
        self.stdout.write("Rows and pictures are those that were frozen.")

    def _json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))


def _frozen(person: User, name: str) -> Release:
    return frozen_release_for(person, release_called(person, name).pk)


def _state(release: Release) -> str:
    if release.frozen_at:
        return "frozen"
    return "stopped by leaks" if release.leaks else str(release.job.get_state_display()).lower()


def _recipe(options: dict[str, Any]) -> dict[str, Any]:
    """The file's, with what the options name put over it; the action checks it."""
    recipe: Any = {}
    if options["recipe"]:
        try:
            recipe = json.loads(options["recipe"].read_bytes())
        except ValueError as error:
            raise CommandError(f"{options['recipe']} is no JSON: {error}") from error
    for part, name in (("truth", "uncertain"), ("split", "seed")):
        if options[name] is not None and isinstance(recipe, dict) and isinstance(recipe.get(part, {}), dict):
            recipe = recipe | {part: {**recipe.get(part, {}), name: options[name]}}
    return recipe
