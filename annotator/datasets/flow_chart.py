"""What was left of a cohort after every step: counts, and a drawing of them. Pure.

The drawing has the shape of a patient flow chart: what was there at the top, what was left down the middle, what was
taken out and why at the side, the groups side by side below, and where they went in the split.
Source of the shape: STARD 2015, and Buda M et al., JAMA Netw Open 2021;4(8):e2119100, figure 1.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self


@dataclass(frozen=True)
class FlowCounts:
    patients: int
    studies: int
    images: int

    @property
    def words(self) -> str:
        return ", ".join(
            f"{count:,} {one if count == 1 else many}"
            for count, one, many in (
                (self.studies, "study", "studies"),
                (self.patients, "patient", "patients"),
                (self.images, "image", "images"),
            )
        )


@dataclass(frozen=True)
class FlowStep:
    """One exclusion; a patient with other studies that stay counts in both `excluded` and `left`."""

    reason: str
    excluded: FlowCounts
    left: FlowCounts


@dataclass(frozen=True)
class FlowChart:
    """The whole way down.

    Attributes
    ----------
    groups, splits : (name, counts), in their order.
    """

    start: FlowCounts
    steps: tuple[FlowStep, ...]
    left: FlowCounts
    groups: tuple[tuple[str, FlowCounts], ...] = ()
    splits: tuple[tuple[str, FlowCounts], ...] = ()

    def with_splits(self, splits: tuple[tuple[str, FlowCounts], ...]) -> "FlowChart":
        return replace(self, splits=splits)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            start=FlowCounts(**data["start"]),
            steps=tuple(
                FlowStep(step["reason"], FlowCounts(**step["excluded"]), FlowCounts(**step["left"]))
                for step in data["steps"]
            ),
            left=FlowCounts(**data["left"]),
            groups=tuple((name, FlowCounts(**counts)) for name, counts in data["groups"]),
            splits=tuple((name, FlowCounts(**counts)) for name, counts in data["splits"]),
        )
