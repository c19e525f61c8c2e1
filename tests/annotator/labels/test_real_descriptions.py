"""What radiologists said of real lesions can be said in the shipped forms: two public collections, every row."""

import csv
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from annotator.labels.schema import check_answers, score_answers
from annotator.labels.shipped import newest_shipped

pytestmark = pytest.mark.needs_data

ULTRASOUND = newest_shipped("birads-ultrasound").definition
MAMMOGRAPHY = newest_shipped("birads-mammography").definition
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Words of the collections that the fifth edition has others for. "Lobulated" is an oval mass since.
SHAPES = {"LOBULATED": "oval", "OVAL": "oval", "ROUND": "round", "IRREGULAR": "irregular"}
MARGINS = ["SPICULATED", "ILL_DEFINED", "MICROLOBULATED", "OBSCURED", "CIRCUMSCRIBED"]
OTHERS = {
    "ARCHITECTURAL_DISTORTION": {"finding_type": "architectural_distortion"},
    "LYMPH_NODE": {"finding_type": "special_case", "special_case": "intramammary_lymph_node"},
    "ASYMMETRIC_BREAST_TISSUE": {"finding_type": "asymmetry", "asymmetry_kind": "global_asymmetry"},
    "FOCAL_ASYMMETRIC_DENSITY": {"finding_type": "asymmetry", "asymmetry_kind": "focal_asymmetry"},
}


def rows_of_workbook(path: Path) -> list[dict[str, str]]:
    """The first sheet, a dictionary a row."""
    with zipfile.ZipFile(path) as book:
        words = [
            "".join(t.text or "" for t in si.iter(f"{SHEET}t"))
            for si in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    table = []
    for row in sheet.iter(f"{SHEET}row"):
        cells = {}
        for cell in row:
            value = cell.find(f"{SHEET}v")
            if value is not None and value.text:
                column = re.sub(r"\d", "", cell.get("r", ""))
                cells[column] = words[int(value.text)] if cell.get("t") == "s" else value.text
        table.append(cells)
    return [{title: row.get(column, "") for column, title in table[0].items()} for row in table[1:]]


def of_ultrasound(row: dict[str, str]) -> dict[str, Any]:
    margins = row["Margin"].removeprefix("not circumscribed - ").split("&")
    answers: dict[str, Any] = {
        "finding_type": "mass",
        "mass_shape": row["Shape"],
        "mass_margin": margins,
        "echo_pattern": row["Echogenicity"].replace("complex cystic/solid", "complex_cystic_and_solid"),
        "posterior_features": {"no": "none", "combined": "combined_pattern"}.get(
            row["Posterior_features"], row["Posterior_features"]
        ),
        "associated_features": ["skin_thickening" if row["Skin_thickening"] == "yes" else "none"],
    }
    if row["Calcifications"] != "indefinable":
        answers["calcifications"] = [
            "none" if row["Calcifications"] == "no" else row["Calcifications"].replace(" ", "_")
        ]
    return answers


def of_mammography(row: dict[str, str]) -> dict[str, Any]:
    said = row["mass_shape"].split("-")
    answers: dict[str, Any] = {"laterality": row["side"].lower()}
    shape = next((SHAPES[one] for one in ("IRREGULAR", "LOBULATED", "OVAL", "ROUND") if one in said), None)
    if shape is None:
        return {**answers, **next(OTHERS[one] for one in said if one in OTHERS)}
    answers |= {"finding_type": "mass", "mass_shape": shape}
    margin = next((one for one in MARGINS if one in row["mass_margins"].split("-")), None)
    if margin:
        answers["mass_margin"] = {"ILL_DEFINED": "indistinct"}.get(margin, margin.lower())
    if "ARCHITECTURAL_DISTORTION" in said:
        answers["associated_features"] = ["architectural_distortion"]
    return answers


def test_every_lesion_of_a_collection_of_ultrasound_can_be_described(data_dir: Path) -> None:
    path = data_dir / "ultrasound" / "breast_usg" / "BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx"
    rows = [row for row in rows_of_workbook(path) if row["Classification"] in {"benign", "malignant"}]
    assert len(rows) == 252
    several = 0
    for row in rows:
        answers = of_ultrasound(row)
        check_answers(ULTRASOUND, answers)
        several += len(answers["mass_margin"]) > 1
        open_ = {"orientation", "laterality"} | ({"calcifications"} - answers.keys())
        assert set(score_answers(ULTRASOUND, answers)["missing_names"]) == open_
    assert several == 67, "the margin is often more than one of angular, indistinct, microlobulated and spiculated"


def test_every_mass_of_a_collection_of_mammograms_can_be_described(data_dir: Path) -> None:
    with (data_dir / "tables" / "cbis_ddsm" / "mass_case_description_train_set.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["mass_shape"] not in {"", "N/A"}]
    kinds = {tuple(sorted((k, str(v)) for k, v in of_mammography(row).items())): of_mammography(row) for row in rows}
    assert len(rows) > 1300
    assert len(kinds) > 30
    for answers in kinds.values():
        check_answers(MAMMOGRAPHY, answers)
        assert score_answers(MAMMOGRAPHY, answers)["explanation"]
    categories = {
        option["value"] for option in newest_shipped("birads-breast").definition["form"]["questions"][0]["options"]
    }
    assert {row["assessment"] for row in rows} <= categories
