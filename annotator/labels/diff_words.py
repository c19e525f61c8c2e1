"""What a difference between two versions is, and how one is told. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Group = Literal["about", "questions", "options", "conditions", "answers", "scoring"]
GROUP_TITLES: dict[Group, str] = {
    "about": "About the schema",
    "questions": "Questions",
    "options": "Options",
    "conditions": "When a question is asked",
    "answers": "What may be answered",
    "scoring": "Scoring",
}
LONGEST_QUOTE = 80


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    path : where it stands in the newer definition, in the older one for what was taken out; "form.questions[2].title".
    words : a sentence.
    breaks : an answer that the older version took may be refused by the newer one.
    scores : the same answers may be scored otherwise.
    """

    group: Group
    path: str
    words: str
    breaks: bool = False
    scores: bool = False


Said = Callable[[Any, Any], str]


def quoted(value: object) -> str:
    """A value in a sentence: text in quotation marks, long text cut, nothing as "nothing"."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value) or "nothing"
    text = str(value)
    return f"“{text[: LONGEST_QUOTE - 1]}…”" if len(text) > LONGEST_QUOTE else f"“{text}”"


def number(value: object) -> str:
    """A bound in a sentence."""
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def leaves(old: object, new: object, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Where two JSON values differ: path, what was there, what is there. Lists of other lengths differ as a whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in [*new, *(name for name in old if name not in new)]:
            yield from leaves(old.get(name), new.get(name), f"{path}.{name}" if path else name)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from leaves(before, after, f"{path}[{at}]")
    elif not same(old, new):
        yield path, old, new


def same(old: object, new: object) -> bool:
    """Whether two JSON values are one: true is not 1, but 2 is 2.0."""
    if isinstance(old, bool) != isinstance(new, bool):
        return False
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(same(old[name], new[name]) for name in old)
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        return len(old) == len(new) and all(map(same, old, new))
    return old == new


def plain_changes(group: Group, old: object, new: object, path: str, **flags: bool) -> Iterator[Change]:
    """A line a leaf that differs, for what has no words of its own."""
    for where, before, after in leaves(old, new, path):
        yield Change(group, where, f"{where}: {_short(before)} → {_short(after)}", **flags)


def moved(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Which of those in both lists stand in another order, as few as say it."""
    before = [name for name in old if name in set(new)]
    after = [name for name in new if name in set(old)]
    kept = _longest_rising([before.index(name) for name in after])
    return [name for at, name in enumerate(after) if at not in kept]


def _longest_rising(places: list[int]) -> set[int]:
    """Positions of the longest run of places that rises: those stayed, the others were moved."""
    best: list[list[int]] = []
    for at, place in enumerate(places):
        best.append([*_longest([run for run in best if places[run[-1]] < place]), at])
    return set(_longest(best))


def _longest(runs: list[list[int]]) -> list[int]:
    longest: list[int] = []
    for run in runs:
        longest = run if len(run) > len(longest) else longest
    return longest


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return "{…}" if value else "{}"
    return quoted(value)
