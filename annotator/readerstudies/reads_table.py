"""Every read of a study as one long table: a row a reader x case x arm x item. Pure.

An item is an answer to one question, what a schema's scoring came to, a finding, or a mark; a read with nothing in it
has one row that says so, so that no read is missing from the table.
"""

import csv
import io
import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from annotator.readerstudies.spreadsheet_cells import text_cell
from annotator.readerstudies.study_reads import StudyRead

COLUMNS = (
    "study",
    "reader",
    "case",
    "patient",
    "batch",
    "arm",
    "session",
    "step",
    "sequence",
    "handed_in_at",
    "seconds",
    "kind",
    "item",
    "about",
    "value",
    "number",
    "truth",
    "schema",
    "frame",
    "provenance",
)
# None is an empty cell to csv.
_AS_IT_IS = frozenset({int, float, type(None)})
Row = dict[str, Any]


@dataclass(frozen=True)
class ItemFacts:
    """What the study knows of a case; `truth` by "schema.question"."""

    patient: str = ""
    batch: str = ""
    truth: Mapping[str, Hashable] | None = None


def long_rows(
    study: str,
    reads: Iterable[StudyRead],
    items: Mapping[int, ItemFacts],
    *,
    frames: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    """The rows, in the order of the reads; each has every column, in the order of COLUMNS.

    Parameters
    ----------
    study : what the study is called.
    items : by number.
    frames : what a frame is called outside this program ("SOP instance UID#frame number"), by key; others keep theirs.
    """
    named = frames or {}
    for read in reads:
        facts = items.get(read.item, ItemFacts())
        head: Row = {
            **dict.fromkeys(COLUMNS),
            "study": study,
            "reader": read.reader,
            "case": read.item,
            "patient": facts.patient,
            "batch": facts.batch,
            "arm": read.arm,
            "session": read.session,
            "step": read.step,
            "sequence": read.sequence,
            "handed_in_at": read.handed_in_at,
            "seconds": None if read.seconds is None else round(read.seconds, 1),
        }
        body = list(_rows_of(read, facts, named)) or [{"kind": "nothing", "item": "", "value": None}]
        for row in body:
            yield {**head, **row}


def write_csv(file: BinaryIO, rows: Iterable[Row]) -> None:
    """UTF-8 with a byte order mark, without which Excel takes it for something else; text that would be a formula is
    kept from being one."""
    file.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        # Most cells are texts and numbers: what the writer takes as it is goes there without a call.
        writer.writerow(
            [
                text_cell(value) if type(value) is str else value if type(value) in _AS_IT_IS else _cell(value)
                for value in row.values()
            ]
        )
    text.flush()
    text.detach()


def write_json(file: BinaryIO, rows: Iterable[Row]) -> None:
    """One array of objects, a row a line; values as they were answered, not as text."""
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
    file.write(b"[")
    for at, row in enumerate(rows):
        file.write(b",\n" if at else b"\n")
        file.write(encode(row).encode())
    file.write(b"\n]\n")


def _rows_of(read: StudyRead, facts: ItemFacts, frames: Mapping[str, str]) -> Iterator[Row]:
    numbers = {finding["id"]: f"finding {finding['number']}" for finding in read.content.get("findings", ())}
    truth = facts.truth or {}
    for answer in read.content.get("answers", ()):
        key = answer["schema"].partition("@")[0]
        about = _about(answer, numbers, frames)
        base: Row = {"about": about, "schema": answer["schema"]}
        for question, value in sorted(answer["answers"].items()):
            item = f"{key}.{question}"
            yield base | {"kind": "answer", "item": item, "truth": truth.get(item)} | _valued(value)
        score, override = answer.get("score") or {}, answer.get("override") or {}
        for what in ("points", "level", "category"):
            # What the reader put in the place of the computed one comes first; the computed one stays beside it.
            value = override.get(what) or score.get(what)
            if value is not None:
                item = f"{key}.@{what}"
                yield base | {"kind": "score", "item": item, "truth": truth.get(item)} | _valued(value)
            if override.get(what):
                yield base | {"kind": "score", "item": f"{key}.@{what} (computed)"} | _valued(score.get(what))
    for finding in read.content.get("findings", ()):
        words = {"kind": "finding", "item": finding["kind"], "about": numbers[finding["id"]]}
        yield words | _valued(finding["name"] or finding["kind"])
    for mark in read.content.get("annotations", ()):
        where = {"points": mark["points"]}
        if mark["mask"]:
            where["mask"] = mark["mask"]
        if mark.get("first_frame"):
            ends = (mark["first_frame"], mark["last_frame"])
            where["frames"] = [frames.get(end, end) for end in ends]
        if mark["label"]:
            where["label"] = mark["label"]
        yield {
            "kind": "mark",
            "item": mark["kind"],
            "about": numbers.get(mark["finding"], ""),
            "value": where,
            "frame": frames.get(mark["frame"], mark["frame"]),
            "provenance": mark["provenance"],
        }


def _about(answer: Mapping[str, Any], numbers: Mapping[str, str], frames: Mapping[str, str]) -> str:
    if answer.get("finding"):
        return numbers.get(answer["finding"], "finding")
    if answer.get("first_frame"):
        return " to ".join(frames.get(end, end) for end in (answer["first_frame"], answer["last_frame"]))
    return answer.get("breast") or "case"


def _valued(value: Any) -> Row:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"value": value, "number": value if is_number else None}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
