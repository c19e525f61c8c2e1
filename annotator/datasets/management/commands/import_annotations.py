"""manage.py import_annotations FORMAT FILE…: marks of other programs, as a reading by a named source."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.errors import RoomError
from annotator.accounts.models import User
from annotator.datasets.actions.import_annotations import import_annotations
from annotator.datasets.importers.formats import FORMATS
from annotator.datasets.importers.importer import ImportOptions


class Command(BaseCommand):
    help = (
        "Brings in marks from COCO documents, DICOM Segmentations, TID 1500 reports, NIfTI masks, or boxes of the "
        "BCS-DBT data set, as marks of a named source. Without --save nothing is kept: the report says what would come "
        "of it. "
        "Anything that can't be a mark is named with file and place, and then nothing is saved unless --skip-refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("format", choices=sorted(FORMATS))
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--source", required=True, help='whose work it is, e.g. "BCS-DBT radiologists"')
        parser.add_argument("--user", required=True, help="the admin in whose name it is done")
        parser.add_argument("--save", action="store_true", help="keep it; without, a dry run")
        parser.add_argument("--skip-refused", action="store_true", help="save the rest when something is refused")
        parser.add_argument("--series", default="", help="series UID that a NIfTI mask lies on")
        parser.add_argument(
            "--labels", type=Path, help='JSON of {"name": number}, as exports have it beside NIfTI masks'
        )
        parser.add_argument("--paths", type=Path, help="the table of file paths that goes with BCS-DBT boxes")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['user']}.")
        try:
            report = import_annotations(
                person,
                options["files"],
                source=options["source"],
                format_name=options["format"],
                options=ImportOptions(options["series"], _labels(options["labels"]), options["paths"]),
                dry_run=not options["save"],
                skip_refused=options["skip_refused"],
            )
        except (RoomError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        for row in report.refused:
            self.stdout.write(f"refused {row['file']}, {row['path']}: {row['reason']}")
        self.stdout.write(
            f"{'saved' if report.saved else 'not saved'}: {report.new} new, {report.already_there} already there, "
            f"{report.deleted_since} deleted since, {report.refused_count} refused, in {report.cases} cases"
        )


def _labels(file: Path | None) -> tuple[tuple[int, str], ...]:
    if file is None:
        return ()
    return tuple(sorted((int(number), str(name)) for name, number in json.loads(file.read_bytes()).items()))
