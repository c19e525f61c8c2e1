"""What an exporter gets to see: pictures and marks as plain values, no database."""

from dataclasses import dataclass, field
from typing import Any, Literal

from annotator.imaging.frame_description import FrameGeometry, Window

MarkKind = Literal[
    "box",
    "ellipse",
    "contour",
    "spline",
    "point",
    "length",
    "bidirectional",
    "angle",
    "arrow",
    "mask",
    "slices",
]


@dataclass(frozen=True)
class SpanPlace:
    """Where in a mark's span a picture lies.

    Attributes
    ----------
    frames : how many the span has.
    place : of this one, from 1 in reading order.
    drawn_here : whether the reader drew the mark on this one.
    """

    frames: int
    place: int
    drawn_here: bool


@dataclass(frozen=True)
class ExportedMark:
    """One reader's mark on one picture.

    Attributes
    ----------
    points : (column, row) in the stored matrix, SCOORD convention; by kind as in annotations/geometry_checks.py.
    mask : {"runs": [...]} of a mask.
    label : what the reader wrote at it.
    span : of a mark that holds for several frames, each of which gets it.
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
    label: str = ""
    mask: dict[str, list[int]] | None = None
    span: SpanPlace | None = None
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
