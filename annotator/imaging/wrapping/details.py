"""What is known of a picture besides its pixels: whose it is, what it shows, how large its pixels are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# Columns of the table beside pictures, with what else they may be called; docs/bringing-in.md explains each.
COLUMNS: dict[str, tuple[str, ...]] = {
    "file": ("filename", "file_name", "image", "picture"),
    "patient_id": ("patient", "patientid"),
    "patient_name": (),
    "patient_sex": ("sex",),
    "patient_birth_date": ("birth_date",),
    "study": ("study_id", "exam"),
    "study_date": ("date",),
    "study_description": (),
    "series_description": (),
    "modality": (),
    "body_part": (),
    "laterality": ("side",),
    "view": (),
    "pixel_spacing_row_mm": (),
    "pixel_spacing_column_mm": (),
    "mask": ("masks",),
}
MODALITIES = (
    "CT",
    "MR",
    "US",
    "MG",
    "DX",
    "CR",
    "XA",
    "RF",
    "PT",
    "NM",
    "OT",
    "XC",
    "ES",
    "GM",
    "SM",
    "OP",
    "IO",
    "PX",
)
SIDES = {"l": "L", "left": "L", "r": "R", "right": "R", "b": "B", "both": "B", "bilateral": "B"}
SEXES = {"m": "M", "male": "M", "f": "F", "female": "F", "o": "O", "other": "O"}
DATE_FORMATS = ("%Y%m%d", "%Y-%m-%d", "%d.%m.%Y")
# Between several masks of one picture.
MASK_SEPARATOR = "|"
LARGEST_PIXEL_MM = 100.0
TEXT_LIMIT = 64


class DetailsError(ValueError):
    """A value that a column can't hold."""


@dataclass(frozen=True)
class PictureDetails:
    """One picture's row, checked. Empty strings and None for what nobody said.

    Attributes
    ----------
    spacing : (between rows, between columns), mm.
    masks : paths of its masks as the table has them.
    """

    patient_id: str
    patient_name: str = ""
    patient_sex: str = ""
    patient_birth_date: str = ""
    study: str = ""
    study_date: str = ""
    study_description: str = ""
    series_description: str = ""
    modality: str = ""
    body_part: str = ""
    laterality: str = ""
    view: str = ""
    spacing: tuple[float, float] | None = None
    masks: tuple[str, ...] = field(default=())


def details_from_row(row: Mapping[str, str], *, default_patient_id: str, decimal_comma: bool = False) -> PictureDetails:
    """Check the values of one row.

    Parameters
    ----------
    row : column to text, by the names of COLUMNS; columns may be missing.
    default_patient_id : whose the picture is when the row doesn't say.

    Raises
    ------
    DetailsError : a value that can't be; names the column and says what it holds.
    """
    values = {column: row.get(column, "").strip() for column in COLUMNS}
    return PictureDetails(
        patient_id=_text(values, "patient_id") or default_patient_id,
        patient_name=_text(values, "patient_name"),
        patient_sex=_one_of(values, "patient_sex", SEXES),
        patient_birth_date=_date(values, "patient_birth_date"),
        study=_text(values, "study"),
        study_date=_date(values, "study_date"),
        study_description=_text(values, "study_description"),
        series_description=_text(values, "series_description"),
        modality=_one_of(values, "modality", {name.lower(): name for name in MODALITIES}),
        body_part=_code(values, "body_part"),
        laterality=_one_of(values, "laterality", SIDES),
        view=_code(values, "view"),
        spacing=_spacing(values, decimal_comma=decimal_comma),
        masks=tuple(mask.strip() for mask in values["mask"].split(MASK_SEPARATOR) if mask.strip()),
    )


def _text(values: Mapping[str, str], column: str) -> str:
    value = values[column]
    if len(value) > TEXT_LIMIT or "\\" in value or not value.isprintable():
        raise DetailsError(f"{column} {value[:80]!r}: at most {TEXT_LIMIT} characters, no backslash.")
    return value


def _code(values: Mapping[str, str], column: str) -> str:
    value = values[column].upper()
    if value and not re.fullmatch(r"[A-Z0-9 _]{1,16}", value):
        raise DetailsError(f"{column} {values[column][:80]!r}: at most 16 letters, digits, spaces and underscores.")
    return value


def _one_of(values: Mapping[str, str], column: str, known: Mapping[str, str]) -> str:
    value = values[column].lower()
    if value and value not in known:
        raise DetailsError(f"{column} {values[column][:80]!r} is none of {', '.join(sorted(set(known.values())))}.")
    return known.get(value, "")


def _date(values: Mapping[str, str], column: str) -> str:
    value = values[column]
    if not value:
        return ""
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(value, pattern).strftime("%Y%m%d")
        except ValueError:
            continue
    raise DetailsError(f"{column} {value[:80]!r} is no date like 2026-01-31.")


def _spacing(values: Mapping[str, str], *, decimal_comma: bool) -> tuple[float, float] | None:
    names = ("pixel_spacing_row_mm", "pixel_spacing_column_mm")
    given = [values[name] for name in names]
    if not any(given):
        return None
    if not all(given):
        raise DetailsError("Of pixel_spacing_row_mm and pixel_spacing_column_mm only one is given.")
    row, column = (
        _millimetres(name, text, decimal_comma=decimal_comma) for name, text in zip(names, given, strict=True)
    )
    return row, column


def _millimetres(column: str, text: str, *, decimal_comma: bool) -> float:
    try:
        number = float(text.replace(",", ".") if decimal_comma else text)
    except ValueError:
        number = 0.0
    if not 0 < number <= LARGEST_PIXEL_MM:
        raise DetailsError(f"{column} {text[:80]!r} is no length above 0 and up to {LARGEST_PIXEL_MM:g} mm.")
    return number
