"""What a scoring may look at beside the answers themselves."""

import math
from dataclasses import dataclass, field
from typing import Any

from annotator.labels.errors import AnswerError
from annotator.labels.targets import AppliesTo, Target


@dataclass(frozen=True)
class OtherAnswer:
    """Another answer of the same reader in the same case.

    Attributes
    ----------
    schema_key : without the version, e.g. "head-ct-slices".
    score : what its own scoring made of it; empty for words that label slices.
    override : what the reader put in its place, {"level" or "category", "reason"}; None where nothing was.
    """

    schema_key: str
    target: Target
    answers: dict[str, Any]
    score: dict[str, Any] = field(default_factory=dict)
    override: dict[str, Any] | None = None


@dataclass(frozen=True)
class MarkedFinding:
    """A finding that the reader marked in the case.

    Attributes
    ----------
    id : its identifier, as a target names it.
    kind : e.g. "mass".
    side : "L" or "R", of the pictures that its marks lie on; "" where they don't say, or lie on both.
    """

    id: str
    kind: str
    side: str = ""


@dataclass(frozen=True)
class ScoringContext:
    """Everything that a score may follow from beside the answers; nothing of it is known by default.

    Attributes
    ----------
    size_mm : the finding's largest diameter measured on a calibrated picture.
    size_source : what that was measured with: "caliper", "contour", or only "measured".
    target : what the answer itself is about; None when that is not known.
    finding_count : how many findings the reader marked in the case; None when that is not known.
    findings : those findings, in a fixed order; None when they are not known.
    others : the reader's other answers in the case, in a fixed order.
    """

    size_mm: float | None = None
    size_source: str = "measured"
    target: Target | None = None
    finding_count: int | None = None
    findings: tuple[MarkedFinding, ...] | None = None
    others: tuple[OtherAnswer, ...] = ()

    def others_of(self, *schema_keys: str, kind: AppliesTo | None = None) -> tuple[OtherAnswer, ...]:
        """Other answers to these schemas (all of them when none is named), of this kind of target."""
        return tuple(
            one
            for one in self.others
            if (not schema_keys or one.schema_key in schema_keys) and (kind is None or one.target.kind is kind)
        )


NOTHING_KNOWN = ScoringContext()
# Nothing in a person is longer: a size above it was not measured in millimetres.
LARGEST_SIZE_MM = 3000


def check_size(size_mm: float | None) -> None:
    """Let a measured size pass that can be one.

    Raises
    ------
    AnswerError : with path "size_mm".
    """
    if size_mm is None:
        return
    if not (math.isfinite(size_mm) and size_mm > 0):
        raise AnswerError(f"the size must be a number of millimetres above 0, not {size_mm}", "size_mm")
    if size_mm > LARGEST_SIZE_MM:
        raise AnswerError(f"{size_mm:g} mm is no size in a person: at most {LARGEST_SIZE_MM:,} mm", "size_mm")
