"""What an exporter gets to see: pictures and marks as plain values, no database."""

from dataclasses import dataclass, field
from typing import Any, Literal

from annotator.imaging.frame_description import FrameGeometry, Window

MarkKind = Literal["box", "contour", "point"]


@dataclass(frozen=True)
class ExportedMark:
    """One reader's mark on one picture.

    Attributes
    ----------
    points : (column, row) in the stored matrix, SCOORD convention.
    category : the finding's kind, e.g. "nodule"; the mark's label, or "unassigned", when it has no finding.
    reader : a pseudonym, the same throughout one installation.
    answers, score : of the chosen schema, for the finding; empty when there are none.
    """

    id: str
    kind: MarkKind
    points: tuple[tuple[float, float], ...]
    category: str
    reader: str
    finding: str | None
    provenance: str
    submitted: bool
    answers: dict[str, Any] = field(default_factory=dict)
    score: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportedImage:
    """One frame: its picture in the zip, where it came from, and its marks."""

    file_name: str
    frame_key: str
    patient: str
    columns: int
    rows: int
    modality: str
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    frame_number: int
    laterality: str
    view: str
    geometry: FrameGeometry
    marks: tuple[ExportedMark, ...]


@dataclass(frozen=True)
class WrittenPicture:
    """How a frame became its picture: the window that was applied, None for colour."""

    window: Window | None
