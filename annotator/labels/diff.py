"""What changed from one version of a schema to the next, in words. Pure.

It is told whether answers given under the older version stay valid under the newer one, as far as that follows from
the definitions alone: "no" means that some may not be. What becomes of the answers that there are, dry_run.py says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotator.labels.diff_questions import question_changes
from annotator.labels.diff_words import GROUP_TITLES, Change, Group, moved, number, plain_changes, quoted, same

__all__ = ["Change", "Group", "SchemaDiff", "SchemaText", "compare_schemas"]


@dataclass(frozen=True)
class SchemaText:
    """What a version says; the definition is a checked one."""

    title: str
    definition: dict[str, Any]


@dataclass(frozen=True)
class SchemaDiff:
    """Every difference, in the order of the groups."""

    changes: tuple[Change, ...]

    @property
    def keeps_answers(self) -> bool:
        """Whether every answer that the older version takes is taken by the newer one."""
        return not any(change.breaks for change in self.changes)

    @property
    def keeps_scores(self) -> bool:
        """Whether the same answers are scored the same."""
        return not any(change.scores for change in self.changes)

    def groups(self) -> list[tuple[str, list[Change]]]:
        """The differences under the titles of their groups; groups without one are left out."""
        grouped = [(title, [c for c in self.changes if c.group == group]) for group, title in GROUP_TITLES.items()]
        return [(title, changes) for title, changes in grouped if changes]

    def to_json(self) -> dict[str, Any]:
        """Return it as the API answers it."""
        return {
            "keeps_answers": self.keeps_answers,
            "keeps_scores": self.keeps_scores,
            "groups": [
                {
                    "title": title,
                    "changes": [
                        {"path": c.path, "words": c.words, "breaks": c.breaks, "scores": c.scores} for c in changes
                    ],
                }
                for title, changes in self.groups()
            ],
        }


def compare_schemas(old: SchemaText, new: SchemaText) -> SchemaDiff:
    """Name every difference between two versions."""
    found = [
        *_about(old, new),
        *question_changes(old.definition, new.definition),
        *_groups(old.definition["form"], new.definition["form"]),
        *_answers(old.definition["answers"], new.definition["answers"]),
        *_scoring(old.definition["scoring"], new.definition["scoring"]),
    ]
    order = list(GROUP_TITLES)
    return SchemaDiff(tuple(sorted(found, key=lambda change: order.index(change.group))))


def _about(old: SchemaText, new: SchemaText) -> Iterator[Change]:
    if old.title != new.title:
        yield Change("about", "title", f"The title was {quoted(old.title)} and is {quoted(new.title)}.")
    before, after = old.definition, new.definition
    if before["applies_to"] != after["applies_to"]:
        words = f"It was answered for a {before['applies_to']} and is answered for a {after['applies_to']}."
        yield Change("about", "applies_to", words, breaks=True, scores=True)
    for name, word in (("modalities", "modalities"), ("body_parts", "body parts")):
        yield from _listed(before.get(name, []), after.get(name, []), name, word=word)
    told = {"applies_to", "modalities", "body_parts", "answers", "form", "scoring"}
    rest = [{part: value for part, value in one.items() if part not in told} for one in (before, after)]
    yield from plain_changes("about", rest[0], rest[1], "")


def _listed(old: list[str], new: list[str], path: str, *, word: str) -> Iterator[Change]:
    if added := [one for one in new if one not in old]:
        yield Change("about", path, f"It is meant for these {word} too: {', '.join(added)}.")
    if gone := [one for one in old if one not in new]:
        yield Change("about", path, f"It is not meant for these {word} any more: {', '.join(gone)}.")
    if moved(old, new):
        yield Change("about", path, f"The {word} stand in another order: {', '.join(new)}.")


def _groups(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    before = {group["name"]: group["title"] for group in old.get("groups", [])}
    after = {group["name"]: group["title"] for group in new.get("groups", [])}
    for name in [*after, *(name for name in before if name not in after)]:
        if name not in before:
            words = f"There is a group {quoted(after[name])}."
        elif name not in after:
            words = f"The group {quoted(before[name])} is gone."
        elif before[name] != after[name]:
            words = f"The group {quoted(before[name])} is called {quoted(after[name])} now."
        else:
            continue
        yield Change("questions", "form.groups", words)
    for name in moved(list(before), list(after)):
        yield Change("questions", "form.groups", f"The group {quoted(after[name])} stands at another place.")
    told = {"questions", "groups"}
    rest = [{part: value for part, value in one.items() if part not in told} for one in (old, new)]
    yield from plain_changes("questions", rest[0], rest[1], "form")


def _answers(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """What holds for the answers as a whole; single ones are told with their question."""
    rest = [{part: value for part, value in one.items() if part != "properties"} for one in (old, new)]
    yield from plain_changes("answers", rest[0], rest[1], "answers", breaks=True)


def _scoring(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if old["kind"] != new["kind"]:
        # "tirads" was the name of points before other lexicons had some.
        is_renamed = {old["kind"], new["kind"]} == {"points", "tirads"}
        words = f"The scoring was {quoted(old['kind'])} and is {quoted(new['kind'])}."
        yield Change("scoring", "scoring.kind", words, scores=not is_renamed)
        if not is_renamed:
            return
    told = {"kind", "levels", "systems"}
    yield from _levels(old.get("levels"), new.get("levels"))
    yield from _systems(old.get("systems"), new.get("systems"))
    rest = [{part: value for part, value in one.items() if part not in told} for one in (old, new)]
    yield from plain_changes("scoring", rest[0], rest[1], "scoring", scores=True)


def _levels(old: Any, new: Any) -> Iterator[Change]:
    if not _named(old, "level") or not _named(new, "level"):
        yield from plain_changes("scoring", old, new, "scoring.levels", scores=True)
        return
    before, after = {one["level"]: one for one in old}, {one["level"]: one for one in new}
    for name in before:
        if name not in after:
            yield Change("scoring", "scoring.levels", f"There is no level {name} any more.", scores=True)
    for at, (name, one) in enumerate(after.items()):
        path = f"scoring.levels[{at}]"
        if name not in before:
            words = f"Level {name} is new, from {number(one.get('from'))} points."
            yield Change("scoring", path, words, scores=True)
            continue
        for part in [*one, *(part for part in before[name] if part not in one)]:
            was, now = before[name].get(part), one.get(part)
            if not same(was, now):
                said = [number(v) if isinstance(v, (int, float)) else quoted(v) for v in (was, now)]
                words = f"Level {name}: {_LEVEL_PARTS.get(part, part)} {said[0]} → {said[1]}."
                yield Change("scoring", f"{path}.{part}", words, scores=True)
    if moved(list(before), list(after)):
        yield Change("scoring", "scoring.levels", "The levels stand in another order.", scores=True)


_LEVEL_PARTS = {
    "from": "begins at points",
    "meaning": "meaning",
    "aspirate_from_mm": "biopsy from millimetres",
    "follow_from_mm": "follow-up from millimetres",
}


def _systems(old: Any, new: Any) -> Iterator[Change]:
    if not _named(old, "name") or not _named(new, "name"):
        yield from plain_changes("scoring", old, new, "scoring.systems", scores=True)
        return
    before, after = {one["name"]: one for one in old}, {one["name"]: one for one in new}
    for name in [*after, *(name for name in before if name not in after)]:
        if name not in before:
            yield Change("scoring", "scoring.systems", f"The table of points {quoted(name)} is new.", scores=True)
        elif name not in after:
            yield Change("scoring", "scoring.systems", f"The table of points {quoted(name)} is gone.", scores=True)
        else:
            path = f"scoring.systems[{list(after).index(name)}]"
            yield from plain_changes("scoring", before[name], after[name], path, scores=True)
    if moved(list(before), list(after)):
        yield Change("scoring", "scoring.systems", "The tables of points stand in another order.", scores=True)


def _named(rows: Any, name: str) -> bool:
    """Whether rows are objects that their member of this name tells apart."""
    return (
        isinstance(rows, list)
        and all(isinstance(row, dict) and isinstance(row.get(name), str) for row in rows)
        and len({row[name] for row in rows}) == len(rows)
    )
