"""What a detector hands over: which model in which version, and what it proposes. Pure."""

from dataclasses import dataclass


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
class Proposal:
    """A mark that a model proposes on one frame.

    Attributes
    ----------
    frame_id : primary key of the frame.
    kind, points, mask : as for an annotation, in the frame's stored matrix; never "slices".
    score : 0 to 1.
    """

    frame_id: int
    kind: str
    points: list[list[float]]
    label: str
    score: float
    mask: dict[str, list[int]] | None = None
