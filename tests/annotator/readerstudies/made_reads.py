"""Frozen reads as the API's records have them, made by hand."""

import uuid
from typing import Any

from annotator.readerstudies.study_reads import StudyRead


def made_read(
    reader: str,
    item: int = 1,
    *,
    arm: str = "unaided",
    step: str = "final",
    session: int = 1,
    seconds: float | None = 30.0,
    boxes: list[tuple[float, float, float]] | None = None,
    answers: dict[str, Any] | None = None,
    about_finding: dict[str, Any] | None = None,
    schema: str = "head@1",
    frame: str = "k.1",
    span: tuple[str, str] | None = None,
) -> StudyRead:
    """A read with a box (left, top, side) a finding, and answers about the case or about every finding."""
    findings = [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{reader}{item}{arm}{step}{at}")),
            "kind": "lesion",
            "number": at + 1,
        }
        for at in range(len(boxes or []))
    ]
    marks = [
        {
            "id": f"m-{one['id']}",
            "finding": one["id"],
            "frame": frame,
            "first_frame": span[0] if span else None,
            "last_frame": span[1] if span else None,
            "kind": "box",
            "points": [[left, top], [left + side, top + side]],
            "mask": None,
            "label": "",
            "provenance": "drawn",
        }
        for one, (left, top, side) in zip(findings, boxes or [], strict=True)
    ]
    given = [_answer(schema, answers, None)] if answers is not None else []
    given += [_answer(schema, about_finding, one["id"]) for one in findings if about_finding is not None]
    content = {"findings": [one | {"name": ""} for one in findings], "annotations": marks, "answers": given}
    return StudyRead(reader, item, arm, session, step, seconds, "2026-11-21T10:00:00+00:00", content, item)


def _answer(schema: str, answers: dict[str, Any], finding: str | None) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "schema": schema,
        "answers": answers,
        "finding": finding,
        "breast": "",
        "first_frame": None,
        "last_frame": None,
        "score": {},
        "override": None,
    }
