"""The form in which every scoring answers."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ScoreWarning:
    """Something in the answers that doesn't go together, and the questions that it is about."""

    message: str
    questions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the warning as the score holds it."""
        return {"message": self.message, "questions": list(self.questions)}


@dataclass(frozen=True)
class Score:
    """What a schema's scoring made of the answers.

    `missing` names the questions still to be answered as the form titles them, `missing_names` as the answers
    name them. `warnings` are told with their questions; plain text has none. `derived` holds answers that follow from
    others, by question: they are never put among the reader's own. `extra` holds what one kind of scoring adds (for
    TI-RADS each system by itself).
    """

    points: int | None = None
    level: str | None = None
    recommendation: str = ""
    explanation: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    missing_names: tuple[str, ...] = ()
    warnings: tuple[ScoreWarning | str, ...] = ()
    derived: dict[str, Any] | None = None
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
            "warnings": [w.to_json() if isinstance(w, ScoreWarning) else w for w in self.warnings],
            **({} if self.derived is None else {"derived": self.derived}),
            **self.extra,
        }
