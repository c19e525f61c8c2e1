"""What a detector hands over: which model in which version, and what it proposes. Pure."""

from dataclasses import asdict, dataclass
from typing import Any, Self

LONGEST_NOTE = 300


@dataclass(frozen=True)
class ModelIdentity:
    """A detector or network in one version.

    Attributes
    ----------
    task : e.g. "caliper detection".
    content_hash : SHA-256, in hexadecimal, of the weights or of a plain method's parameters.
    """

    name: str
    version: str
    task: str
    description: str
    content_hash: str


@dataclass(frozen=True)
class ProposedShape:
    """A mark that a model proposes, on whatever frame it was shown.

    Attributes
    ----------
    kind, points, mask : as for an annotation, in the frame's stored matrix; never "slices".
    score : 0 to 1.
    note : of the picture, why it may not fit; empty where nothing is to be said.
    """

    kind: str
    points: list[list[float]]
    label: str
    score: float
    mask: dict[str, list[int]] | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data)


@dataclass(frozen=True)
class Proposal:
    """A mark that a model proposes on one frame.

    Attributes
    ----------
    frame_id : primary key of the frame.
    kind, points, mask : as for an annotation, in the frame's stored matrix; never "slices".
    score : 0 to 1.
    note : why it may not fit, in words for the reader; empty where nothing is to be said.
    model_note : the same of all that this model proposes here; a list says it once.
    """

    frame_id: int
    kind: str
    points: list[list[float]]
    label: str
    score: float
    mask: dict[str, list[int]] | None = None
    note: str = ""
    model_note: str = ""

    @classmethod
    def on(cls, frame_id: int, shape: ProposedShape, *, model_note: str = "") -> Self:
        """A shape on its frame."""
        said = shape.note[:LONGEST_NOTE]
        return cls(frame_id, shape.kind, shape.points, shape.label, shape.score, shape.mask, said, model_note)


def joined_notes(*notes: str) -> str:
    """Notes as one, as long as a suggestion keeps it."""
    return " ".join(one for one in notes if one)[:LONGEST_NOTE]
