"""Answers of several readers as one: question by question the majority, ties named and left out. Pure."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from annotator.datasets.released import CONSENSUS, ReleasedAnswer, ReleasedTarget
from annotator.labels.schema import score_answers
from annotator.statistics.consensus import majority_of, majority_of_choices, middle_number

_NAMESPACE = uuid.UUID("2f6b1e0c-94c8-5a0b-8a0e-5d1f7a9c3b10")
# (stack of slices or "", schema, what it speaks of)
_Place = tuple[str, str, ReleasedTarget]


def join_answers(
    answers: Sequence[tuple[str, ReleasedAnswer]],
    belongs: Mapping[str, str],
    *,
    minimum_readers: int,
    definitions: Mapping[str, Mapping[str, Any]],
) -> list[tuple[str, ReleasedAnswer]]:
    """One answer a target and schema version.

    Parameters
    ----------
    belongs : a reader's finding -> the joined one; answers about others are left out.
    minimum_readers : how many must have answered alike; a number counts from as many that answered, as their median.
    """
    groups: dict[_Place, dict[str, ReleasedAnswer]] = defaultdict(dict)
    for stack, answer in sorted(answers, key=lambda one: (one[1].schema, one[1].id)):
        for target in _targets(answer, belongs):
            groups[stack, answer.schema, target].setdefault(answer.reader, answer)
    made = []
    for (stack, schema, target), by_reader in groups.items():
        definition = definitions.get(schema, {})
        chosen, tied = _vote([one.answers for one in by_reader.values()], definition, minimum_readers)
        if chosen or tied:
            made.append((stack, schema, target, tuple(sorted(by_reader)), chosen, tied))
    return [
        (
            stack,
            ReleasedAnswer(
                id=str(uuid.uuid5(_NAMESPACE, f"{stack}|{schema}|{target}|{readers}")),
                schema=schema,
                target=target,
                reader=CONSENSUS,
                answers=chosen,
                score=score_answers(dict(definitions[schema]), chosen) if schema in definitions else {},
                readers=readers,
                tied=tied,
            ),
        )
        for stack, schema, target, readers, chosen, tied in _slices_joined(made)
    ]


_Made = tuple[str, str, ReleasedTarget, tuple[str, ...], dict[str, Any], tuple[str, ...]]


def _targets(answer: ReleasedAnswer, belongs: Mapping[str, str]) -> list[ReleasedTarget]:
    """What is voted on: a joined finding, a case, a breast; slices one by one."""
    target = answer.target
    if target.kind == "finding":
        joined = belongs.get(target.finding or "")
        return [ReleasedTarget("finding", finding=joined)] if joined else []
    if target.kind == "slices" and target.first_place is not None and target.last_place is not None:
        return [
            ReleasedTarget("slices", first_place=place, last_place=place)
            for place in range(target.first_place, target.last_place + 1)
        ]
    return [target]


def _vote(
    given: Sequence[Mapping[str, Any]], definition: Mapping[str, Any], least: int
) -> tuple[dict[str, Any], tuple[str, ...]]:
    chosen: dict[str, Any] = {}
    tied: list[str] = []
    asked = [question["name"] for question in definition.get("form", {}).get("questions", ())]
    for name in asked or sorted({name for one in given for name in one}):
        votes = [one[name] for one in given if one.get(name) is not None]
        if len(votes) < least:
            continue
        if all(isinstance(vote, list) for vote in votes):
            within, half = majority_of_choices([frozenset(map(str, vote)) for vote in votes])
            if within or not half:
                chosen[name] = sorted(within)
            if half:
                tied.append(name)
        elif all(isinstance(vote, int | float) and not isinstance(vote, bool) for vote in votes):
            chosen[name] = middle_number(votes)
        else:
            found = majority_of(votes)
            if found.value is not None and found.votes >= least:
                chosen[name] = found.value
            else:
                tied.append(name)
    return chosen, tuple(tied)


def _slices_joined(made: Sequence[_Made]) -> list[_Made]:
    """Neighbouring slices that ended alike are one range again."""
    slices = sorted(
        (one for one in made if one[2].kind == "slices"), key=lambda one: (one[0], one[1], one[2].first_place or 0)
    )
    joined: list[_Made] = []
    for one in slices:
        last = joined[-1] if joined else None
        if last and last[:2] == one[:2] and last[3:] == one[3:] and (last[2].last_place or 0) + 1 == one[2].first_place:
            target = ReleasedTarget("slices", first_place=last[2].first_place, last_place=one[2].last_place)
            joined[-1] = (one[0], one[1], target, one[3], one[4], one[5])
        else:
            joined.append(one)
    return [one for one in made if one[2].kind != "slices"] + joined
