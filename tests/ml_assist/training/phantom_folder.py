"""A folder of small ultrasound-like pictures with masks and a table, in seconds."""

import csv
from pathlib import Path

import cv2
import numpy as np

ROWS, COLUMNS = 72, 96


def phantom_folder(folder: Path, *, patients: int = 12, pictures: int = 2) -> Path:
    """Speckle with a dark disc each; the last patient has none. Black frame round it, as a machine's screen has."""
    random = np.random.default_rng(5)
    rows, columns = np.mgrid[:ROWS, :COLUMNS] + 0.5
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    lines, calipers = [], []
    for patient in range(patients):
        for number in range(pictures):
            key = f"{patient:03d}-{number}"
            middle, radius = random.uniform((36, 30), (60, 42)), random.uniform(9, 15)
            inside = np.hypot(columns - middle[0], rows - middle[1]) < radius
            if patient == patients - 1:
                inside &= False
            picture = random.rayleigh(70, (ROWS, COLUMNS)) * np.where(inside, 0.25, 1.0)
            picture[:6], picture[:, :8] = 0, 0
            cv2.imwrite(str(folder / "images" / f"us_{key}.png"), picture.clip(0, 255).astype(np.uint8))
            cv2.imwrite(str(folder / "masks" / f"mask_{key}.png"), inside.astype(np.uint8) * 255)
            lines.append({"ID": f"us_{key}", "Case": str(patient), "kind": "empty" if not inside.any() else "mass"})
            if inside.any():
                calipers += [
                    {"image": f"us_{key}.png", "column": middle[0] + x * radius, "row": middle[1] + y * radius}
                    for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1))
                ]
    for name, table in (("table.csv", lines), ("calipers.tsv", calipers)):
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, table[0].keys(), delimiter="\t" if name.endswith("tsv") else ",")
            writer.writeheader()
            writer.writerows(table)
    return folder
