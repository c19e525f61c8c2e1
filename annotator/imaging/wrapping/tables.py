"""The CSV beside pictures: read, its header understood, each row checked, errors with their line."""

import csv
import io
from dataclasses import dataclass, field

from annotator.imaging.errors import QuarantineError
from annotator.imaging.wrapping.details import COLUMNS, PictureDetails, details_from_row

LARGEST_TABLE_BYTES = 50_000_000
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class TableRow:
    """What a row says of the file that it names; an error in words instead of details when it can't be used."""

    file: str
    line: int
    values: dict[str, str]
    decimal_comma: bool

    def details(self, *, default_patient_id: str) -> PictureDetails:
        """The row's values, checked.

        Raises
        ------
        DetailsError : a value that can't be.
        """
        return details_from_row(self.values, default_patient_id=default_patient_id, decimal_comma=self.decimal_comma)


@dataclass(frozen=True)
class PictureTable:
    """A table of pictures; `problems` are rows that name no file, by their line."""

    name: str
    rows: tuple[TableRow, ...]
    problems: tuple[tuple[int, str], ...] = field(default=())


def read_table(content: bytes, *, name: str) -> PictureTable:
    """Read a table: UTF-8 with or without a byte order mark; commas, semicolons or tabs; any case of column names.

    Parameters
    ----------
    name : of the table, as the sender had it.

    Raises
    ------
    QuarantineError : no table of pictures; says what is missing and where.
    """
    if len(content) > LARGEST_TABLE_BYTES:
        raise QuarantineError(f"A table of {len(content):,} bytes; at most {LARGEST_TABLE_BYTES:,} are read.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise QuarantineError(
            f"The table isn't UTF-8 (line {line}). Save it as CSV UTF-8 and send it and its pictures again."
        ) from error
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        header = next(reader, [])
        columns = _columns(header)
        return _read_rows(reader, columns, name=name, decimal_comma=delimiter == ";")
    except csv.Error as error:
        raise QuarantineError(f"The table can't be read (line {reader.line_num}: {error}).") from error


def _read_rows(reader: "csv.Reader", columns: dict[int, str], *, name: str, decimal_comma: bool) -> PictureTable:  # type: ignore[name-defined]
    rows: list[TableRow] = []
    problems: list[tuple[int, str]] = []
    for cells in reader:
        line = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        values = {column: cells[place].strip() for place, column in columns.items() if place < len(cells)}
        if not values.get("file"):
            problems.append((line, "names no file"))
            continue
        rows.append(TableRow(values["file"], line, values, decimal_comma))
    return PictureTable(name, tuple(rows), tuple(problems))


def _columns(header: list[str]) -> dict[int, str]:
    """Place of each column that is understood; others stay in the kept table and are not read."""
    names = {alias: column for column, aliases in COLUMNS.items() for alias in (column, *aliases)}
    found: dict[int, str] = {}
    for place, cell in enumerate(header):
        column = names.get(cell.strip().lower().replace(" ", "_").replace("-", "_"))
        if column is None:
            continue
        if column in found.values():
            raise QuarantineError(f"The table has two columns for {column} (line 1). Leave one.")
        found[place] = column
    if "file" not in found.values():
        raise QuarantineError(
            "As a table of pictures it lacks the column 'file' (line 1), the name of each picture. "
            "Name the column so, or leave the table out, and send the pictures again."
        )
    return found
