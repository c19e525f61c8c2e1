"""The form in which every scoring answers."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Score:
    """What a schema's scoring made of the answers.

    `missing` names the questions still to be answered as the form titles them, `missing_names` as the answers
    name them. `extra` holds what one kind of scoring adds (for TI-RADS each system by itself).
    """

    points: int | None = None
    level: str | None = None
    recommendation: str = ""
    explanation: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    missing_names: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the score as the API and the tables hold it."""
        return {
            "points": self.points,
            "level": self.level,
            "recommendation": self.recommendation,
            "explanation": list(self.explanation),
            "missing": list(self.missing),
            "missing_names": list(self.missing_names),
            "warnings": list(self.warnings),
            **self.extra,
        }
