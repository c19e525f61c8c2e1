"""manage.py score_calipers --folder FOLDER: how a caliper finder does on the verified pictures."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.jobs.progress_lines import progress_lines


class Command(BaseCommand):
    help = (
        "Runs a caliper finder over the pictures whose calipers were checked one by one (ml_assist/verified) and "
        "prints counts, precision, recall with Wilson intervals and how far beside, by device."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, required=True, help="the folder images/ of BUS-BRA")
        parser.add_argument("--without", type=Path, metavar="FOLDER", help="BrEaST's pictures, which have no calipers")
        parser.add_argument(
            "--caliper-network", type=Path, metavar="FOLDER", help="card and weights; else symbols are matched"
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="the figures, and every find")

    def handle(self, *args: Any, **options: Any) -> None:
        import cv2

        from ml_assist.inference.calipers import find_calipers
        from ml_assist.management.commands.train import caliper_finder
        from ml_assist.verified.verified_set import OTHERS_WITHOUT, score_finds, table_of, verified_pictures

        sets = [(verified_pictures(), options["folder"])]
        if options["without"]:
            sets.append((verified_pictures(OTHERS_WITHOUT, None), options["without"]))
        finder = caliper_finder(options["caliper_network"])
        find = finder.find if finder else find_calipers
        report, made, number = progress_lines(self.stderr), {}, 0
        for pictures, folder in sets:
            found = {}
            for one in pictures:
                number += 1
                path = folder / f"{one.image}.png"
                picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
                if picture is None:
                    raise CommandError(
                        f"{path} isn't there or can't be read. --folder is the folder with the pictures."
                    )
                found[one.image] = find(picture)
                report(100 * number // sum(len(some) for some, _ in sets), f"{one.image}")
            scored = score_finds(found, pictures)
            self.stdout.write(f"\n{folder.name}\n\n{table_of(scored)}")
            made[folder.name] = {
                "groups": [one.to_json() for one in scored],
                "finds": {image: [[c.column, c.row, c.score] for c in finds] for image, finds in found.items()},
            }
        if options["json"]:
            options["json"].write_text(json.dumps(made, indent=1))
