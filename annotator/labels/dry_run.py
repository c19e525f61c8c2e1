"""What would become of answers under another version of their schema. Pure: who reads the answers lies above.

An answer is tried by itself; a Tally adds up what was found, in the same form however many there are.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from annotator.labels.context import ScoringContext
from annotator.labels.errors import AnswerError
from annotator.labels.schema import check_answers, score_answers

MOST_EXAMPLES = 5
MOST_FAULTS = 50
NO_LEVEL = "none"


@dataclass(frozen=True)
class TriedAnswer:
    """One answer under the other version.

    Attributes
    ----------
    path, reason : of the first fault; both empty where the answer stays valid.
    before, after : level or category by system; "" is the system of a score that has only one.
    points_changed : the points of a system are others.
    """

    path: str
    reason: str
    before: dict[str, str]
    after: dict[str, str]
    points_changed: bool = False

    @property
    def is_valid(self) -> bool:
        return not self.path and not self.reason


def try_answer(
    definition: dict[str, Any], answers: dict[str, Any], *, score: dict[str, Any], context: ScoringContext
) -> TriedAnswer:
    """Hold an answer against a checked definition that it was not given under.

    Parameters
    ----------
    score : as it was computed when the answer was saved.
    context : what the scoring knows beside the answers.
    """
    before = levels_of(score)
    try:
        check_answers(definition, answers)
    except AnswerError as error:
        return TriedAnswer(error.path, str(error), before, {})
    now = score_answers(definition, answers, context=context)
    return TriedAnswer("", "", before, levels_of(now), points_changed=_points_of(score) != _points_of(now))


def levels_of(score: dict[str, Any]) -> dict[str, str]:
    """Level or category by system; a score that says none has NO_LEVEL."""
    systems = score.get("systems")
    if isinstance(systems, dict) and systems:
        return {str(one.get("title") or name): _level(one) for name, one in systems.items() if isinstance(one, dict)}
    return {"": _level(score)}


@dataclass
class Tally:
    """What was found so far. `add` takes any name for an answer; it comes back among the examples."""

    answers: int = 0
    invalid: int = 0
    changed: int = 0
    points_changed: int = 0
    _faults: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    _fault_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _moves: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)
    _move_counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, tried: TriedAnswer, name: Any) -> None:
        """Count one answer."""
        self.answers += 1
        if not tried.is_valid:
            self.invalid += 1
            self._fault_counts[tried.path, tried.reason] += 1
            _keep(self._faults, (tried.path, tried.reason), name)
            return
        self.points_changed += tried.points_changed
        self.changed += tried.before != tried.after
        for system in {**tried.before, **tried.after}:
            move = (system, tried.before.get(system, NO_LEVEL), tried.after.get(system, NO_LEVEL))
            self._move_counts[move] += 1
            if move[1] != move[2]:
                _keep(self._moves, move, name)

    def to_json(self) -> dict[str, Any]:
        """Return counts, faults (most frequent first) and, by system, the table of levels old and new."""
        faults = self._fault_counts.most_common()
        return {
            "answers": self.answers,
            "valid": self.answers - self.invalid,
            "invalid": self.invalid,
            "changed": self.changed,
            "points_changed": self.points_changed,
            "faults": [
                {"path": path, "reason": reason, "count": count, "examples": self._faults.get((path, reason), [])}
                for (path, reason), count in faults[:MOST_FAULTS]
            ],
            "more_faults": sum(count for _fault, count in faults[MOST_FAULTS:]),
            "levels": [
                {
                    "system": system,
                    "before": before,
                    "after": after,
                    "count": count,
                    "examples": self._moves.get((system, before, after), []),
                }
                for (system, before, after), count in sorted(self._move_counts.items())
            ],
        }


def _keep(kept: dict[Any, list[Any]], key: Any, name: Any) -> None:
    if len(kept) < MOST_FAULTS or key in kept:
        examples = kept.setdefault(key, [])
        if len(examples) < MOST_EXAMPLES:
            examples.append(name)


def _level(score: dict[str, Any]) -> str:
    return str(score.get("level") or score.get("category") or NO_LEVEL)


def _points_of(score: dict[str, Any]) -> list[Any]:
    systems = score.get("systems")
    if isinstance(systems, dict) and systems:
        return [one.get("points") for one in systems.values() if isinstance(one, dict)]
    return [score.get("points")]
