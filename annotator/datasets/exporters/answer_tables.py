"""Answers, findings and marks as tables, CSV and Parquet: a row each, a column a question.

One table a schema version, so that every column has one meaning. A question with several choices is JSON in CSV and a
list in Parquet; a question that wasn't asked is empty.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.exporter import Exporter, ExportOptions, Fragment
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedAnswer, ReleasedMark, ReleasedStack
from annotator.labels.uncertain import target_names

_ROWS_AT_ONCE = 5_000
Columns = dict[str, str]
Row = dict[str, Any]

_WHERE: Columns = {
    "split": "text",
    "patient": "text",
    "study_uid": "text",
    "series_uid": "text",
    "modality": "text",
    "laterality": "text",
    "view": "text",
}
_ANSWER: Columns = {
    "answer": "text",
    "reader": "text",
    "readers": "list",
    "submitted": "yes",
    "target": "text",
    "finding": "text",
    "breast": "text",
    "first_place": "whole",
    "last_place": "whole",
    "score_points": "number",
    "score_level": "text",
    "score_category": "text",
    "override": "json",
}
_MARK: Columns = {
    "mark": "text",
    "kind": "text",
    "category": "text",
    "label": "text",
    "finding": "text",
    "reader": "text",
    "readers": "list",
    "provenance": "text",
    "model": "text",
    "agreement": "number",
    "sop_instance_uid": "text",
    "frame_number": "whole",
    "place": "whole",
    "first_place": "whole",
    "last_place": "whole",
    "points": "json",
    "lengths_mm": "json",
    "longest_mm": "number",
    "area_mm2": "number",
    "calibration": "text",
}
_FINDING: Columns = {
    "finding": "text",
    "kind": "text",
    "number": "whole",
    "name": "text",
    "reader": "text",
    "readers": "list",
}


@dataclass(frozen=True)
class TableOptions(ExportOptions):
    """Which kinds of table: "csv", "parquet" or both."""

    formats: tuple[Literal["csv", "parquet"], ...] = ("csv", "parquet")

    def __post_init__(self) -> None:
        if not self.formats or not set(self.formats) <= {"csv", "parquet"}:
            raise InvalidError('Tables are "csv", "parquet" or both.', "options.formats")

    @classmethod
    def read(cls, data: dict[str, Any]) -> dict[str, Any]:
        return data | {"formats": tuple(data["formats"])} if "formats" in data else data


class TableExporter(Exporter[TableOptions]):
    name = "tables"
    title = "Tables of answers, findings and marks: CSV, Parquet"
    points_into_originals = True
    options_class = TableOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        where = {name: getattr(stack, name) for name in _WHERE}
        tables: dict[str, list[Row]] = {
            "marks": [where | _mark_row(mark, stack) for mark in stack.marks],
            "findings": [
                where
                | {"finding": one.id, "kind": one.kind, "number": one.number, "name": one.name, "reader": one.reader}
                | {"readers": list(one.readers)}
                for one in stack.findings
            ],
        }
        for answer in stack.answers:
            tables.setdefault(answer.schema, []).append(where | _answer_row(answer))
        return {name: rows for name, rows in tables.items() if rows} or None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        self._add("marks", _WHERE | _MARK, fragments, output)
        self._add("findings", _WHERE | _FINDING, fragments, output)
        for schema, definition in sorted(self.release.schemas.items()):
            columns = _WHERE | _ANSWER | question_columns(definition)
            self._add(schema, columns, fragments, output, folder="answers/")
        output.add_json("schemas.json", self.release.schemas)

    def _add(
        self, table: str, columns: Columns, fragments: Iterable[Fragment], output: Output, *, folder: str = ""
    ) -> None:
        name = f"{folder}{safe_name(table.replace('@', '-v'))}"
        if "csv" in self.options.formats:
            output.add(f"{name}.csv", lambda file: write_csv(file, columns, rows_of(fragments, table)))
        if "parquet" in self.options.formats:
            output.add(f"{name}.parquet", lambda file: write_parquet(file, columns, rows_of(fragments, table)))


def question_columns(definition: dict[str, Any]) -> Columns:
    """The columns of a schema's questions: "answers.<question>", and after the release's policy for uncertain answers
    "target.<question>" or "target.<question>=<option>"."""
    columns: Columns = {}
    if "form" not in definition:
        return columns
    for question in definition["form"]["questions"]:
        kind = {"multiple": "list", "draw": "list", "number": "number", "boolean": "yes"}.get(question["kind"], "text")
        columns[f"answers.{question['name']}"] = kind
    return columns | {f"target.{name}": "number" for name in target_names(definition)}


def rows_of(fragments: Iterable[Fragment], table: str) -> Iterator[Row]:
    """The rows of one table; an answer about a case stands in every stack of it, here once."""
    seen: set[str] = set()
    for fragment in fragments:
        for row in fragment.get(table, []):
            if "answer" in row and row["target"] in ("case", "breast"):
                if row["answer"] in seen:
                    continue
                seen.add(row["answer"])
            yield row


def write_csv(file: BinaryIO, columns: Columns, rows: Iterable[Row]) -> None:
    """UTF-8 with a byte order mark, without which Excel takes it for something else; lines end as RFC 4180 has it."""
    file.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name), kind) for name, kind in columns.items()])
    text.flush()
    text.detach()


def write_parquet(file: BinaryIO, columns: Columns, rows: Iterable[Row]) -> None:
    """Columns of one type each, a few thousand rows at a time in memory."""
    import pyarrow as pa
    from pyarrow import parquet

    types = {
        "text": pa.string(),
        "json": pa.string(),
        "list": pa.list_(pa.string()),
        "number": pa.float64(),
        "whole": pa.int64(),
        "yes": pa.bool_(),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in _batches(rows, _ROWS_AT_ONCE):
            typed = [{name: _typed(row.get(name), kind) for name, kind in columns.items()} for row in some]
            writer.write_table(pa.Table.from_pylist(typed, schema=schema))


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind in ("list", "json"):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if kind == "yes":
        return "true" if value else "false"
    return str(value)


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "json":
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if kind == "list":
        return [str(part) for part in value] if isinstance(value, list) else [str(value)]
    converters: dict[str, Any] = {"number": float, "whole": int, "yes": bool, "text": str}
    return converters[kind](value)


def _answer_row(answer: ReleasedAnswer) -> Row:
    target = answer.target
    row: Row = {
        "answer": answer.id,
        "reader": answer.reader,
        "readers": list(answer.readers),
        "submitted": answer.submitted,
        "target": target.kind,
        "finding": target.finding,
        "breast": target.breast,
        "first_place": target.first_place,
        "last_place": target.last_place,
        "score_points": answer.score.get("points"),
        "score_level": answer.score.get("level"),
        "score_category": answer.score.get("category"),
        "override": answer.override,
    }
    return (
        row
        | {f"answers.{name}": value for name, value in answer.answers.items()}
        | {f"target.{name}": value for name, value in answer.targets.items()}
    )


def _mark_row(mark: ReleasedMark, stack: ReleasedStack) -> Row:
    frame = stack.frames[mark.place]
    own = {name: getattr(mark, name) for name in _MARK if hasattr(mark, name)}
    return own | {
        "mark": mark.id,
        "points": [list(point) for point in mark.points],
        "lengths_mm": None if mark.lengths_mm is None else list(mark.lengths_mm),
        "readers": list(mark.readers),
        "sop_instance_uid": frame.sop_instance_uid,
        "frame_number": frame.frame_number,
    }
