"""From an export's request to the pictures, marks and answers that go into it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from annotator.accounts.errors import InvalidError
from annotator.annotations.contexts import target_of
from annotator.annotations.models import Annotation, Answer
from annotator.datasets.export_request import ExportRequest
from annotator.datasets.marks_that_fit import category_of
from annotator.datasets.pseudonyms import pseudonym
from annotator.datasets.records import ExportedImage, ExportedMark, SpanPlace
from annotator.datasets.spans import FramesOfMarks
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Frame, InstanceState
from annotator.readerstudies.models import Assignment, AssignmentState


@dataclass(frozen=True)
class Selection:
    """What an export holds: pictures in a fixed order, and the answers of the chosen schema."""

    images: tuple[ExportedImage, ...]
    answers: tuple[dict[str, Any], ...]


def select_for_export(request: ExportRequest) -> Selection:
    """Read pictures, marks and answers for a request, in an order that depends on identifiers alone.

    Raises
    ------
    InvalidError : nothing to export, in words that say what to change.
    """
    submitted = set(
        Assignment.objects.filter(
            case__study__in=request.study_ids, study=None, state=AssignmentState.SUBMITTED
        ).values_list("case_id", "reader_id")
    )
    answers = _answers(request, submitted)
    by_finding = {(row["finding"], row["reader"]): row for row in answers if row["finding"] is not None}
    marks: dict[int, list[ExportedMark]] = defaultdict(list)
    spans = FramesOfMarks()
    for row, mark in _marks(request, submitted, by_finding):
        frames = spans.of(row)
        for place, frame_id in enumerate(frames, start=1):
            span = SpanPlace(len(frames), place, frame_id == row.frame_id) if row.first_frame_id else None
            marks[frame_id].append(replace(mark, span=span))
    images = tuple(_images(request, marks))
    if not images:
        raise InvalidError(
            "None of the chosen studies has a mark that this export takes. Choose studies that were marked, "
            "or export every frame, or include readings that are not submitted yet.",
            "study_ids",
        )
    return Selection(images, tuple(answers))


def _answers(request: ExportRequest, submitted: set[tuple[Any, Any]]) -> list[dict[str, Any]]:
    if request.schema_key is None:
        return []
    rows = (
        Answer.objects.filter(
            case__study__in=request.study_ids,
            case__copied_from=None,
            schema__key=request.schema_key,
            deleted_at=None,
        )
        .select_related("schema", "finding", "case__study__patient", "owner", "first_frame", "last_frame")
        .order_by("case__study__study_instance_uid", "owner__username", "finding__number", "schema__version", "id")
    )
    result = []
    for row in rows:
        was_submitted = (row.case_id, row.owner_id) in submitted
        if request.submitted_only and not was_submitted:
            continue
        if row.finding is not None and row.finding.deleted_at is not None:
            continue
        patient = row.case.study.patient
        result.append(
            {
                "patient": pseudonym("patient", f"{patient.issuer}\0{patient.patient_id}"),
                "study_instance_uid": row.case.study.study_instance_uid,
                "case": str(row.case_id),
                "reader": pseudonym("reader", row.owner.username),
                "schema": f"{row.schema.key}@{row.schema.version}",
                "finding": str(row.finding_id) if row.finding_id else None,
                "finding_number": row.finding.number if row.finding else None,
                "target": target_of(row).to_json(),
                "submitted": was_submitted,
                "answers": row.answers,
                "score": row.score,
                "override": row.override,
            }
        )
    return result


def _marks(
    request: ExportRequest, submitted: set[tuple[Any, Any]], by_finding: dict[tuple[str | None, str], dict[str, Any]]
) -> Iterator[tuple[Annotation, ExportedMark]]:
    rows = (
        Annotation.objects.filter(case__study__in=request.study_ids, case__copied_from=None, deleted_at=None)
        .select_related("finding", "owner")
        .order_by("owner__username", "created_at", "id")
    )
    for row in rows.iterator():
        was_submitted = (row.case_id, row.owner_id) in submitted
        if request.submitted_only and not was_submitted:
            continue
        reader = pseudonym("reader", row.owner.username)
        finding = row.finding if row.finding is not None and row.finding.deleted_at is None else None
        answered = by_finding.get((str(finding.id), reader), {}) if finding else {}
        yield (
            row,
            ExportedMark(
                id=str(row.id),
                kind=row.kind,  # type: ignore[arg-type]  # the column's check constraint holds the kinds
                points=tuple((float(column), float(line)) for column, line in row.points),
                category=category_of(row, finding),
                reader=reader,
                finding=str(finding.id) if finding else None,
                provenance=row.provenance,
                submitted=was_submitted,
                label=row.label,
                mask=row.mask,
                answers=answered.get("answers", {}),
                score=answered.get("score", {}),
            ),
        )


def _images(request: ExportRequest, marks: dict[int, list[ExportedMark]]) -> Iterator[ExportedImage]:
    frames = (
        Frame.objects.filter(instance__series__study__in=request.study_ids, instance__state=InstanceState.READY)
        .select_related("instance__stack", "instance__series__study__patient")
        .defer("instance__header")
        .order_by(
            "instance__series__study__study_instance_uid",
            "instance__series__series_instance_uid",
            "instance__instance_number",
            "instance__sop_instance_uid",
            "number",
        )
    )
    if request.frames == "marked":
        frames = frames.filter(pk__in=list(marks))
    for frame in frames.iterator(chunk_size=500):
        instance = frame.instance
        series, stack = instance.series, instance.stack
        if stack is None:
            continue
        patient = series.study.patient
        name = pseudonym("patient", f"{patient.issuer}\0{patient.patient_id}")
        picture = pseudonym("image", f"{instance.sop_instance_uid}\0{frame.number}")
        yield ExportedImage(
            file_name=f"{name}/{series.modality.lower()}-{picture.removeprefix('image-')}.png",
            frame_key=frame.key,
            patient=name,
            columns=instance.columns,
            rows=instance.rows,
            modality=series.modality,
            study_instance_uid=series.study.study_instance_uid,
            series_instance_uid=series.series_instance_uid,
            sop_instance_uid=instance.sop_instance_uid,
            sop_class_uid=instance.sop_class_uid,
            frame_number=frame.number,
            laterality=stack.laterality,
            view=stack.view,
            geometry=FrameGeometry.from_json(frame.geometry),
            marks=tuple(marks.get(frame.pk, ())),
        )
