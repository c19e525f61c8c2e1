"""Marks, findings and answers as JSON: what the API answers, what a conflict shows, what a revision keeps."""

from typing import Any, TypedDict

from annotator.annotations.models import Annotation, Answer, Finding


class AnnotationRecord(TypedDict):
    id: str
    case: str
    frame: str
    first_frame: str | None
    last_frame: str | None
    kind: str
    points: list[list[float]]
    mask: dict[str, list[int]] | None
    locked: bool
    finding: str | None
    label: str
    provenance: str
    revision: int
    deleted: bool
    owner: str
    updated_at: str


class FindingRecord(TypedDict):
    id: str
    case: str
    kind: str
    number: int
    name: str
    revision: int
    deleted: bool
    owner: str
    updated_at: str


class AnswerRecord(TypedDict):
    id: str
    case: str
    finding: str | None
    breast: str
    first_frame: str | None
    last_frame: str | None
    schema: str
    answers: dict[str, Any]
    score: dict[str, Any]
    override: dict[str, str] | None
    revision: int
    deleted: bool
    owner: str
    updated_at: str


def annotation_as_dict(annotation: Annotation) -> AnnotationRecord:
    """A mark as JSON. Reads `frame`, `first_frame`, `last_frame` and `owner`: select them with it."""
    return AnnotationRecord(
        id=str(annotation.pk),
        case=str(annotation.case_id),
        frame=annotation.frame.key,
        first_frame=annotation.first_frame.key if annotation.first_frame else None,
        last_frame=annotation.last_frame.key if annotation.last_frame else None,
        kind=annotation.kind,
        points=annotation.points,
        mask=annotation.mask,
        locked=annotation.locked,
        finding=_identifier(annotation.finding_id),
        label=annotation.label,
        provenance=annotation.provenance,
        revision=annotation.revision,
        deleted=annotation.deleted_at is not None,
        owner=annotation.owner.username,
        updated_at=annotation.updated_at.isoformat(),
    )


def finding_as_dict(finding: Finding) -> FindingRecord:
    """A finding as JSON. Reads `owner`: select it with it."""
    return FindingRecord(
        id=str(finding.pk),
        case=str(finding.case_id),
        kind=finding.kind,
        number=finding.number,
        name=finding.name,
        revision=finding.revision,
        deleted=finding.deleted_at is not None,
        owner=finding.owner.username,
        updated_at=finding.updated_at.isoformat(),
    )


def answer_as_dict(answer: Answer) -> AnswerRecord:
    """An answer as JSON. Reads `schema`, `first_frame`, `last_frame` and `owner`: select them with it."""
    return AnswerRecord(
        id=str(answer.pk),
        case=str(answer.case_id),
        finding=_identifier(answer.finding_id),
        breast=answer.breast,
        first_frame=answer.first_frame.key if answer.first_frame else None,
        last_frame=answer.last_frame.key if answer.last_frame else None,
        schema=str(answer.schema),
        answers=answer.answers,
        score=answer.score,
        override=answer.override,
        revision=answer.revision,
        deleted=answer.deleted_at is not None,
        owner=answer.owner.username,
        updated_at=answer.updated_at.isoformat(),
    )


def record_as_dict(record: Annotation | Finding | Answer) -> AnnotationRecord | FindingRecord | AnswerRecord:
    """Any of the three as JSON."""
    if isinstance(record, Annotation):
        return annotation_as_dict(record)
    if isinstance(record, Finding):
        return finding_as_dict(record)
    return answer_as_dict(record)


def _identifier(value: object | None) -> str | None:
    return None if value is None else str(value)
