"""Thyroid nodules: points, level and advice by ACR TI-RADS 2017 and AI TI-RADS 2019.

The tables of points are data (schemas/acr-tirads-2.json); the rules that are common to both are here, and any other
lexicon of points and levels is scored by them too.

Sources: Tessler FN et al., J Am Coll Radiol 2017;14:587-595 (ACR). Wildman-Tobriner B et al., Radiology
2019;292:112-119 (AI), figures 2 and 3.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from annotator.labels.errors import AnswerError
from annotator.labels.form import title_of_option, title_of_question
from annotator.labels.score import Score
from annotator.labels.sizes import counted_size

_NOT_COUNTED = "not counted"


class Advice(StrEnum):
    """What a system advises for a nodule of its level and size."""

    ASPIRATE = "aspirate"
    FOLLOW_UP = "follow_up"
    NOTHING = "nothing"
    SIZE_NEEDED = "size_needed"


@dataclass(frozen=True)
class SizedAdvice:
    """Words of advice, and from which largest diameter they hold; None: whatever the size."""

    text: str
    from_mm: float | None = None


@dataclass(frozen=True)
class Level:
    """A risk level: from how many points it holds, and from which largest diameter something is advised.

    Attributes
    ----------
    recommendations : words of a lexicon's own, in place of aspiration and follow-up.
    """

    level: str
    from_points: int
    meaning: str
    aspirate_from_mm: float | None = None
    follow_from_mm: float | None = None
    recommendations: tuple[SizedAdvice, ...] = ()


@dataclass(frozen=True)
class PointSystem:
    """One table of points. `points[category][feature]`; `ends_at_zero[category]` stops the scoring at 0 points."""

    name: str
    title: str
    points: Mapping[str, Mapping[str, int]]
    ends_at_zero: Mapping[str, frozenset[str]]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class CategoryPoints:
    """What one category gave: `points` is None while it is unanswered, `counted` False after a short circuit."""

    name: str
    chosen: tuple[str, ...]
    points: int | None
    counted: bool


@dataclass(frozen=True)
class NoduleScore:
    """A nodule by one system. `points`, `level` and `advice` are None while a category is missing."""

    categories: tuple[CategoryPoints, ...]
    points: int | None
    level: Level | None
    advice: Advice | None
    ended_by: str | None
    missing: tuple[str, ...]


def score_nodule(
    system: PointSystem, features: Mapping[str, tuple[str, ...]], *, size_mm: float | None = None
) -> NoduleScore:
    """Add up a nodule's points and read level and advice off the system's table.

    Parameters
    ----------
    features : category -> chosen features; several only where points add up; a category left out is unanswered.
    size_mm : largest diameter in millimetres; None when it is not known.

    Raises
    ------
    AnswerError : a category or feature that the system does not have; a size that is not above 0.
    """
    for category, chosen in features.items():
        for feature in chosen:
            if feature not in system.points.get(category, {}):
                raise AnswerError(f"{system.title} has no feature {feature!r} in {category!r}", category)
    ended_by = next(
        (c for c, ends in system.ends_at_zero.items() if any(feature in ends for feature in features.get(c, ()))), None
    )
    categories = tuple(
        CategoryPoints(
            name=category,
            chosen=features.get(category, ()),
            points=sum(table[f] for f in features[category]) if features.get(category) else None,
            counted=ended_by is None,
        )
        for category, table in system.points.items()
    )
    missing = () if ended_by else tuple(c.name for c in categories if c.points is None)
    if missing:
        return NoduleScore(categories, None, None, None, None, missing)
    points = 0 if ended_by else sum(c.points or 0 for c in categories)
    level = level_of(system, points)
    return NoduleScore(categories, points, level, advice_for(level, size_mm), ended_by, ())


def level_of(system: PointSystem, points: int) -> Level:
    """Return the highest level whose points are reached."""
    return max((level for level in system.levels if level.from_points <= points), key=lambda level: level.from_points)


def advice_for(level: Level, size_mm: float | None) -> Advice:
    """Return what the level advises for a largest diameter in millimetres; thresholds are inclusive.

    Raises
    ------
    AnswerError : a size that is not a number above 0.
    """
    if size_mm is not None and not (math.isfinite(size_mm) and size_mm > 0):
        raise AnswerError(f"the size must be a number of millimetres above 0, not {size_mm}", "size_mm")
    if level.aspirate_from_mm is None:
        return Advice.NOTHING
    if size_mm is None:
        return Advice.SIZE_NEEDED
    if size_mm >= level.aspirate_from_mm:
        return Advice.ASPIRATE
    if level.follow_from_mm is not None and size_mm >= level.follow_from_mm:
        return Advice.FOLLOW_UP
    return Advice.NOTHING


def systems_of(definition: dict[str, Any]) -> tuple[PointSystem, ...]:
    """Read the tables of points out of a checked definition that is scored by points."""
    scoring = definition["scoring"]
    questions = {q["name"]: q for q in definition["form"]["questions"]}
    levels = tuple(
        Level(
            level=row["level"],
            from_points=row["from"],
            meaning=row["meaning"],
            aspirate_from_mm=row.get("aspirate_from_mm"),
            follow_from_mm=row.get("follow_from_mm"),
            recommendations=tuple(
                SizedAdvice(one["text"], one.get("from_mm")) for one in row.get("recommendations", ())
            ),
        )
        for row in scoring["levels"]
    )
    return tuple(
        PointSystem(
            name=system["name"],
            title=system["title"],
            points={
                category: {o["value"]: o["points"][system["name"]] for o in questions[category]["options"]}
                for category in scoring["categories"]
            },
            ends_at_zero={c: frozenset(features) for c, features in system.get("ends_at_zero", {}).items()},
            levels=levels,
        )
        for system in scoring["systems"]
    )


def score_tirads(
    definition: dict[str, Any], answers: dict[str, Any], *, size_mm: float | None = None, size_source: str = "measured"
) -> Score:
    """Score checked answers by every system of the definition; the first one fills the common fields.

    Parameters
    ----------
    size_mm : largest diameter measured on a calibrated picture; a size that the reader typed goes before it.
    size_source : what it was measured with.
    """
    size = counted_size(definition["scoring"], answers, measured_mm=size_mm, source=size_source)
    features = {
        category: tuple(chosen) if isinstance(chosen := answers[category], list) else (chosen,)
        for category in definition["scoring"]["categories"]
        if category in answers
    }
    systems = systems_of(definition)
    scores = {system.name: score_nodule(system, features, size_mm=size.mm) for system in systems}
    by_system = {system.name: _told(definition, system, scores[system.name], size.mm) for system in systems}
    first = by_system[systems[0].name]
    return Score(
        points=first["points"],
        level=first["level"],
        recommendation=first["recommendation"],
        explanation=tuple(first["explanation"] if len(systems) == 1 else _side_by_side(definition, systems, scores)),
        missing=tuple(first["missing"]),
        missing_names=tuple(first["missing_names"]),
        extra={
            "systems": by_system,
            "size_mm": size.mm,
            "size_source": size.source,
        },
    )


def _told(definition: dict[str, Any], system: PointSystem, score: NoduleScore, size_mm: float | None) -> dict[str, Any]:
    """One system's result as JSON, with the words that go with it."""
    lines = [
        f"{_chosen_in_words(definition, category)}, {_counts(category)}"
        for category in score.categories
        if category.points is not None
    ]
    lines += _end_in_words(definition, system, score)
    if score.level is not None:
        lines.append(f"{_counted(score.points or 0)}: {score.level.level}, {score.level.meaning}")
    return {
        "title": system.title,
        "points": score.points,
        "level": score.level.level if score.level else None,
        "meaning": score.level.meaning if score.level else None,
        "advice": score.advice.value if score.advice else None,
        "recommendation": _recommendation(score, size_mm) if _advises(system) else "",
        "explanation": lines,
        "missing": [title_of_question(definition, name) for name in score.missing],
        "missing_names": list(score.missing),
        "categories": [
            {**asdict(c), "chosen": list(c.chosen), "title": title_of_question(definition, c.name)}
            for c in score.categories
        ],
    }


def _side_by_side(
    definition: dict[str, Any], systems: tuple[PointSystem, ...], scores: Mapping[str, NoduleScore]
) -> list[str]:
    """A line a category with what every system gives for it, then what ends a scoring, then the levels."""
    lines = []
    for index, category in enumerate(scores[systems[0].name].categories):
        if category.points is None:
            continue
        told = [(system.name.upper(), _counts(scores[system.name].categories[index], short=True)) for system in systems]
        same = {counts for _, counts in told} == {_NOT_COUNTED}
        each = _NOT_COUNTED if same else ", ".join(f"{name} {counts}" for name, counts in told)
        lines.append(f"{_chosen_in_words(definition, category)} ({each})")
    for system in systems:
        lines += _end_in_words(definition, system, scores[system.name])
    for system in systems:
        score = scores[system.name]
        if score.level is not None:
            lines.append(f"{system.title}: {_counted(score.points or 0)}, {score.level.level}, {score.level.meaning}")
        elif lines:
            open_ = ", ".join(title_of_question(definition, name).lower() for name in score.missing)
            lines.append(f"{system.title}: no level without {open_}")
    return lines


def _end_in_words(definition: dict[str, Any], system: PointSystem, score: NoduleScore) -> list[str]:
    if not score.ended_by:
        return []
    ends = system.ends_at_zero[score.ended_by]
    chosen = next(f for c in score.categories if c.name == score.ended_by for f in c.chosen if f in ends)
    return [f"{title_of_option(definition, score.ended_by, chosen)} ends the scoring at 0 points in {system.title}"]


def _counted(points: int) -> str:
    return "1 point" if points == 1 else f"{points} points"


def _counts(category: CategoryPoints, *, short: bool = False) -> str:
    if not category.counted:
        return _NOT_COUNTED
    return str(category.points) if short else _counted(category.points or 0)


def _chosen_in_words(definition: dict[str, Any], category: CategoryPoints) -> str:
    chosen = ", ".join(title_of_option(definition, category.name, value) for value in category.chosen).lower()
    return f"{title_of_question(definition, category.name)}: {chosen}"


def _advises(system: PointSystem) -> bool:
    """Whether any level says what to do: a schema of a site's own may tell levels alone."""
    return any(level.recommendations or level.aspirate_from_mm or level.follow_from_mm for level in system.levels)


def _recommendation(score: NoduleScore, size_mm: float | None) -> str:
    level = score.level
    if level is None:
        return ""
    if level.recommendations:
        return _own_words(level, size_mm)
    if level.aspirate_from_mm is None:
        return "No fine-needle aspiration, whatever the size"
    thresholds = f"aspiration from {level.aspirate_from_mm:g} mm"
    if level.follow_from_mm is not None:
        thresholds = f"follow-up from {level.follow_from_mm:g} mm, {thresholds}"
    if score.advice is Advice.ASPIRATE:
        return f"Fine-needle aspiration: {size_mm:g} mm, {level.level} from {level.aspirate_from_mm:g} mm"
    if score.advice is Advice.FOLLOW_UP:
        return f"Follow-up: {size_mm:g} mm, {level.level} from {level.follow_from_mm:g} mm"
    if score.advice is Advice.NOTHING:
        return f"Neither at {size_mm:g} mm; {level.level}: {thresholds}"
    return f"Size needed; {level.level}: {thresholds}"


def _own_words(level: Level, size_mm: float | None) -> str:
    """The words that hold for this size: those of the highest diameter that is reached, else those for any size."""
    sized = sorted((one for one in level.recommendations if one.from_mm is not None), key=lambda one: one.from_mm or 0)
    always = next((one.text for one in level.recommendations if one.from_mm is None), "")
    if size_mm is None and sized:
        told = "; ".join(f"from {one.from_mm:g} mm: {one.text}" for one in sized)
        return f"{always} Size needed ({told})".strip()
    reached = [one.text for one in sized if size_mm is not None and (one.from_mm or 0) <= size_mm]
    return reached[-1] if reached else always
