"""Which size counts for a score: one that the reader typed before one measured on the picture. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CountedSize:
    """A largest diameter in millimetres and where it comes from; both None when it is not known."""

    mm: float | None = None
    source: str | None = None


def counted_size(
    scoring: Mapping[str, Any], answers: Mapping[str, Any], *, measured_mm: float | None, source: str
) -> CountedSize:
    """Return the size that counts.

    Parameters
    ----------
    scoring : may name the question in which a size is typed ("size").
    measured_mm : on a calibrated picture. It counts as it is shown, to a tenth of a millimetre: 24.98 mm is told as
        25 mm and reaches a threshold of 25.
    source : what it was measured with.
    """
    name = scoring.get("size")
    typed = answers.get(name) if name else None
    if typed is not None:
        return CountedSize(typed, "typed")
    return CountedSize() if measured_mm is None else CountedSize(_as_shown(measured_mm), source)


def _as_shown(size_mm: float) -> float:
    return (round(size_mm, 1) or size_mm) if math.isfinite(size_mm) else size_mm
