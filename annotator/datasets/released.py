"""What a release holds, as plain values that JSON takes round: an exporter sees these and nothing of the database.

Places count a stack's frames from 0 in the order in which a reader scrolls. Points are SCOORD: (column, row) in the
stored matrix of one frame, continuous, (0, 0) at the outer top-left corner of the top-left pixel.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self

from annotator.imaging.frame_description import FrameGeometry

Point = tuple[float, float]
TargetKind = Literal["case", "finding", "breast", "slices"]
# Whose mark or answer it is when several readers' were joined; such a row names them in `readers`.
CONSENSUS = "consensus"


@dataclass(frozen=True)
class ReleasedFrame:
    """One picture of a stack.

    Attributes
    ----------
    pixel_hash : SHA-256 of the stored pixels as they were when the release was frozen (frame_prints.py); what is read
        later is held against it.
    """

    place: int
    frame_key: str
    sop_instance_uid: str
    sop_class_uid: str
    frame_number: int
    columns: int
    rows: int
    geometry: FrameGeometry
    pixel_hash: str

    def to_json(self) -> dict[str, Any]:
        return _plain(self) | {"geometry": self.geometry.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**(data | {"geometry": FrameGeometry.from_json(data["geometry"])}))


@dataclass(frozen=True)
class ReleasedMark:
    """A mark that counts as truth.

    Attributes
    ----------
    kind : "box", "ellipse", "contour", "spline", "point", "length", "bidirectional", "angle", "arrow", "mask" or
        "slices"; `points` by kind as in annotations/geometry_checks.py.
    mask : {"runs": [out, in, out, ...]} of a mask, row by row within the box of its points.
    label : what the reader wrote at it; any text.
    category : of a point what it marks (its label); else the kind of its finding, its label, or "unassigned".
    reader : a pseudonym, or "consensus"; `readers` are those whose marks were joined, the one reader else.
    agreement : the mean overlap (IoU) of the joined marks with the result; None for one reader's own mark.
    provenance : "drawn" by the reader, "taken_over" from one by who settles the case, "suggestion" accepted from a
        model, which `model` then names ("name version"),
        or "consensus".
    place : of the frame that it was drawn on; first_place, last_place : of the span that it holds for, both taken in.
    lengths_mm : a length, or the longer and the shorter axis; longest_mm : the greatest diameter of what it encloses;
        area_mm2; None where the frame has no calibration that holds for all of its points, or the kind has no such.
    """

    id: str
    kind: str
    points: tuple[Point, ...]
    mask: dict[str, list[int]] | None
    label: str
    category: str
    finding: str | None
    reader: str
    provenance: str
    model: str | None
    place: int
    first_place: int
    last_place: int
    submitted: bool = True
    readers: tuple[str, ...] = ()
    agreement: float | None = None
    lengths_mm: tuple[float, ...] | None = None
    longest_mm: float | None = None
    area_mm2: float | None = None
    calibration: str | None = None

    @property
    def spans(self) -> bool:
        return self.first_place != self.last_place

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        lengths = data.get("lengths_mm")
        members = dict(data)
        members["points"] = tuple([(column, row) for column, row in data["points"]])
        members["readers"] = tuple(data.get("readers", ()))
        members["lengths_mm"] = None if lengths is None else tuple(lengths)
        if members.keys() != cls.__dataclass_fields__.keys():
            return cls(**members)
        # A release has hundreds of thousands of marks, and a frozen class sets each member by a call.
        made = object.__new__(cls)
        object.__setattr__(made, "__dict__", members)
        return made


@dataclass(frozen=True)
class ReleasedFinding:
    """The thing in the patient that one or more marks show: the same `id` may stand in several stacks of a case."""

    id: str
    kind: str
    number: int
    name: str
    reader: str
    readers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**(data | {"readers": tuple(data.get("readers", ()))}))


@dataclass(frozen=True)
class ReleasedTarget:
    """What an answer speaks of.

    Attributes
    ----------
    breast : "L", "R", or "".
    first_place, last_place : of slices of this stack, both taken in.
    """

    kind: TargetKind
    finding: str | None = None
    breast: str = ""
    first_place: int | None = None
    last_place: int | None = None

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data)


@dataclass(frozen=True)
class ReleasedAnswer:
    """What was chosen in one schema version. About a case or a breast it stands in every stack of the case, by one id.

    Attributes
    ----------
    schema : "key@version".
    answers : as they were given: what uncertain counts as is in `targets`.
    targets : 1.0, 0.0, 0.5 or None (to be left out) of every question that has targets, after the release's policy for
        uncertain answers; by the names of labels.uncertain.targets_of.
    override : None, or {"level" or "category": value, "reason": text}.
    tied : questions on which readers were evenly divided: a consensus leaves them out of `answers`.
    """

    id: str
    schema: str
    target: ReleasedTarget
    reader: str
    answers: dict[str, Any]
    score: dict[str, Any]
    override: dict[str, Any] | None = None
    submitted: bool = True
    readers: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    targets: dict[str, float | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return _plain(self) | {"target": self.target.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            **(
                data
                | {
                    "target": ReleasedTarget.from_json(data["target"]),
                    "readers": tuple(data.get("readers", ())),
                    "tied": tuple(data.get("tied", ())),
                }
            )
        )


@dataclass(frozen=True)
class ReleasedStack:
    """What is scrolled through, with everything that counts on it. The unit in which a release is stored and read.

    Attributes
    ----------
    patient : a pseudonym, the same throughout one installation.
    split : "train", "val", "test", or "fold-1" ... "fold-k".
    case : in which it is read; empty where nobody made one.
    kind : "volume", "cine" or "still".
    site : the institution by a pseudonym; empty where the header doesn't say.
    findings : those with a mark on this stack; one without any mark stands in the first stack of its case.
    """

    patient: str
    split: str
    study_uid: str
    series_uid: str
    stack_key: str
    case: str
    kind: str
    modality: str
    body_part: str
    laterality: str
    view: str
    manufacturer: str
    manufacturer_model: str
    site: str
    frames: tuple[ReleasedFrame, ...]
    marks: tuple[ReleasedMark, ...] = ()
    findings: tuple[ReleasedFinding, ...] = ()
    answers: tuple[ReleasedAnswer, ...] = ()

    def marks_on(self, place: int) -> tuple[ReleasedMark, ...]:
        """The marks that hold for one frame."""
        return tuple(mark for mark in self.marks if mark.first_place <= place <= mark.last_place)

    def to_json(self) -> dict[str, Any]:
        return _plain(self) | {
            name: [part.to_json() for part in getattr(self, name)]
            for name in ("frames", "marks", "findings", "answers")
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            **(
                data
                | {
                    "frames": tuple(ReleasedFrame.from_json(part) for part in data["frames"]),
                    "marks": tuple(ReleasedMark.from_json(part) for part in data["marks"]),
                    "findings": tuple(ReleasedFinding.from_json(part) for part in data["findings"]),
                    "answers": tuple(ReleasedAnswer.from_json(part) for part in data["answers"]),
                }
            )
        )


@dataclass(frozen=True)
class ReleaseHeader:
    """What holds for a release as a whole; exporters that need a list before the first stack find it here.

    Attributes
    ----------
    cohort : the name of the cohort; number : of the release among those of its cohort, from 1.
    content_hash : SHA-256 over every stack's hash in order; names the content for good.
    splits : in their order, e.g. ("train", "val", "test").
    categories : of all marks, sorted.
    labels : of all marks whose kind is "slices", sorted.
    schemas : "key@version" -> definition.
    readers : pseudonyms, sorted.
    recipe : cohort query, truth, policy for uncertain answers, split and seed, as release_recipe.py writes them.
    counts : {split: {"patients", "studies", "stacks", "frames", "marks", "findings", "answers"}}.
    """

    id: str
    cohort: str
    number: int
    title: str
    content_hash: str
    splits: tuple[str, ...]
    categories: tuple[str, ...]
    labels: tuple[str, ...]
    schemas: dict[str, dict[str, Any]]
    readers: tuple[str, ...]
    recipe: dict[str, Any]
    counts: dict[str, dict[str, int]]

    @property
    def name(self) -> str:
        """Cohort and number for people and paths; still any text: pass it through safe_name for a path."""
        return f"{self.cohort} {self.number}"

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**(data | {name: tuple(data[name]) for name in ("splits", "categories", "labels", "readers")}))


def _plain(value: Any) -> dict[str, Any]:
    """The members as JSON has them, tuples as lists. dataclasses.asdict would copy every run of every mask."""
    return {part.name: _listed(getattr(value, part.name)) for part in fields(value)}


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, tuple) else value
