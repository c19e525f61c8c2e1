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
        parser.add_argument(
            "--further",
            action="store_true",
            help="further pictures of the folder without calipers too; networks before version 3 learned from them",
        )
        parser.add_argument("--without", type=Path, metavar="FOLDER", help="BrEaST's pictures, which have no calipers")
        parser.add_argument(
            "--caliper-network", type=Path, metavar="FOLDER", help="card and weights; else symbols are matched"
        )
        parser.add_argument(
            "--masks", type=Path, metavar="FOLDER", help="BUS-BRA's masks/: Dice of the masks that calipers alone make"
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="the figures, and every find")

    def handle(self, *args: Any, **options: Any) -> None:
        import cv2

        from ml_assist.inference.calipers import find_calipers
        from ml_assist.management.commands.train import caliper_finder
        from ml_assist.verified.verified_set import (
            FURTHER_WITHOUT,
            OTHERS_WITHOUT,
            score_finds,
            table_of,
            verified_pictures,
        )

        folder = options["folder"]
        sets = [(folder.name, verified_pictures(), folder)]
        if options["further"]:
            sets.append(("further pictures", verified_pictures(FURTHER_WITHOUT, None), folder))
        if options["without"]:
            sets.append((options["without"].name, verified_pictures(OTHERS_WITHOUT, None), options["without"]))
        finder = caliper_finder(options["caliper_network"])
        find = finder.find if finder else find_calipers
        report, number = progress_lines(self.stderr), 0
        made: dict[str, Any] = {}
        for name, pictures, folder in sets:
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
                report(100 * number // sum(len(some) for _, some, _ in sets), f"{one.image}")
            scored = score_finds(found, pictures)
            self.stdout.write(f"\n{name}\n\n{table_of(scored)}")
            made[name] = {
                "groups": [one.to_json() for one in scored],
                "finds": {image: [[c.column, c.row, c.score] for c in finds] for image, finds in found.items()},
            }
        if options["masks"]:
            self.stdout.write(self._dice(sets[0][1], options["masks"], made[options["folder"].name]["finds"]))
        if options["json"]:
            options["json"].write_text(json.dumps(made, indent=1))

    def _dice(self, pictures: Any, folder: Path, found: dict[str, list[list[float]]]) -> str:
        import cv2
        import numpy as np

        from ml_assist.verified.masks_of_calipers import dice_of_calipers, mean_dice

        checked: dict[str, float] = {}
        finds: dict[str, float] = {}
        for one in pictures:
            mask = cv2.imread(str(folder / f"mask_{one.image.partition('_')[2]}.png"), cv2.IMREAD_GRAYSCALE)
            if mask is None:
                raise CommandError(f"{folder} has no mask of {one.image}. --masks is BUS-BRA's folder masks/.")
            for places, dice in ((one.calipers, checked), (np.array(found[one.image]).reshape(-1, 3)[:, :2], finds)):
                value = dice_of_calipers(places, mask > 127)
                if value is not None:
                    dice[one.image] = value
        lines = ["", "| masks made of | pictures | mean Dice (95 % interval, by patient) |", "|---|---|---|"]
        groups = [("checked calipers", checked, pictures), ("what was found", finds, pictures)]
        for number in (2, 4):
            chosen = [one for one in pictures if len(one.calipers) == number]
            groups.append((f"checked calipers, {number} of them", checked, chosen))
        for name, dice, chosen in groups:
            mean = mean_dice(chosen, dice)
            if mean.value is not None:
                interval = f" ({mean.low:.3f} to {mean.high:.3f})" if mean.low is not None else ""
                lines.append(f"| {name} | {sum(one.image in dice for one in chosen)} | {mean.value:.3f}{interval} |")
        return "\n".join(lines)
