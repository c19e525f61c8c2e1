"""Two public collections of breast ultrasound as PNG: every pixel, mask and pixel size arrives."""

import csv
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.imaging.calibration import calibration_of
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import IntakeFile, Outcome, Patient
from annotator.imaging.pixels.htj2k import decode_htj2k
from annotator.imaging.store.frame_source import source_of

pytestmark = [pytest.mark.needs_data]
SIDES = {"left": "L", "right": "R"}  # "single" says nothing


def shown_pixels(row: IntakeFile) -> np.ndarray:
    """What the frame store holds of a picture."""
    stored = source_of(row.instance.frames.get()).stored
    return decode_htj2k(stored.read())


def rows_of(summary) -> dict[str, IntakeFile]:
    rows = IntakeFile.objects.filter(intake=summary.intake_id).select_related("instance__series__study__patient")
    return {row.name.rpartition("/")[2]: row for row in rows}


def test_bus_bra_comes_in_by_patient_with_its_masks(take, data_dir: Path, tmp_path: Path):
    source = data_dir / "ultrasound" / "bus_bra"
    with (source / "bus_data.csv").open(encoding="utf-8-sig") as file:
        cases = list(csv.DictReader(file))[:12]
    lines = ["file,patient_id,laterality,modality,body_part,mask"]
    for case in cases:
        name, mask = f"images/{case['ID']}.png", f"masks/{case['ID'].replace('bus', 'mask')}.png"
        for one in (name, mask):
            (tmp_path / one).parent.mkdir(exist_ok=True)
            shutil.copy(source / one, tmp_path / one)
        lines.append(f"{name},BUSBRA-{case['Case']},{SIDES.get(case['Side'], '')},US,BREAST,{mask}")
    (tmp_path / "bus.csv").write_text("\n".join(lines))
    summary = take(tmp_path, derive=True)
    assert (summary.ingested, summary.beside, summary.quarantined) == (12, 13, 0)
    rows = rows_of(summary)
    for case in cases:
        row = rows[f"{case['ID']}.png"]
        assert np.array_equal(shown_pixels(row), np.asarray(Image.open(source / "images" / f"{case['ID']}.png")))
        assert row.instance.series.study.patient.patient_id == f"BUSBRA-{case['Case']}"
        assert row.instance.stack.laterality == SIDES.get(case["Side"], "")
        assert rows[f"{case['ID'].replace('bus', 'mask')}.png"].instance == row.instance
    assert Patient.objects.count() == len({case["Case"] for case in cases})


def test_breast_usg_comes_in_with_its_pixel_sizes(take, data_dir: Path, tmp_path: Path):
    source = data_dir / "ultrasound" / "breast_usg"
    sizes = centimetres_a_pixel(source / "BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx")
    names = sorted(name for name in sizes if (source / name).exists())[:10]
    lines = ["Image;Patient ID;Modality;Pixel spacing row mm;Pixel spacing column mm"]
    for name in names:
        size = f"{sizes[name] * 10:.9g}".replace(".", ",")
        lines.append(f"{name};{name[:-4]};us;{size};{size}")
        for path in source.glob(f"{name[:-4]}*.png"):
            shutil.copy(path, tmp_path)
    (tmp_path / "table.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    summary = take(tmp_path, derive=True)
    assert (summary.ingested, summary.quarantined) == (len(names), 0)
    rows = rows_of(summary)
    for name in names:
        expected = np.asarray(Image.open(source / name))
        opaque = expected[..., 3:] == 255
        assert np.array_equal(shown_pixels(rows[name]), np.where(opaque, expected[..., :3], 0))
        geometry = FrameGeometry.from_json(rows[name].instance.frames.get().geometry)
        found = calibration_of([[20.0, 20.0], [60.0, 50.0]], geometry)
        assert found.mm_per_row == found.mm_per_column == pytest.approx(sizes[name] * 10, rel=1e-8)
        masks = [row for mask, row in rows.items() if mask.startswith(f"{name[:-4]}_")]
        assert masks
        assert all((row.outcome, row.instance) == (Outcome.BESIDE, rows[name].instance) for row in masks)


def centimetres_a_pixel(workbook: Path) -> dict[str, float]:
    """Image name to pixel size, from the workbook's first sheet."""
    with zipfile.ZipFile(workbook) as parts:
        shared = re.findall(r"<si>.*?</si>", parts.read("xl/sharedStrings.xml").decode(), re.DOTALL)
        words = ["".join(re.findall(r"<t[^>]*>([^<]*)</t>", one)) for one in shared]
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    found = {}
    for row in re.findall(r"<row .*?</row>", sheet, re.DOTALL)[1:]:
        cells = dict(re.findall(r'<c r="([A-Z]+)\d+"[^>]*?(?: t="s")?[^>]*><v>([^<]*)</v>', row))
        found[words[int(cells["B"])]] = float(cells["E"]) if "E" in cells else float(words[int(cells["D"])])
    return found
