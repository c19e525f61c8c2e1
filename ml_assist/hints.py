"""Hints as JSON: what a program sends, what a request keeps, what a result is filed under; and their weight. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotator.assist.proposals import ProposedShape, joined_notes
from ml_assist.guidance.guide import Hint
from ml_assist.guidance.measured_hints import FoundCaliper, MeasuredHint, measured_hints


def hint_as_json(hint: Hint) -> dict[str, Any]:
    """Of a hint, its points to a hundredth of a pixel: no hand is steadier, and the same clicks find their answer."""
    return {
        "kind": hint.kind,
        **{
            name: [[round(float(column), 2), round(float(row), 2)] for column, row in getattr(hint, name)]
            for name in ("points", "added", "removed")
        },
    }


def hint_from_json(data: dict[str, Any]) -> Hint:
    """The way back.

    Parameters
    ----------
    data : its form has been checked; corrections may be left out.
    """
    points, added, removed = (
        tuple((float(column), float(row)) for column, row in data.get(name, ()))
        for name in ("points", "added", "removed")
    )
    return Hint(data["kind"], points, added=added, removed=removed)


def found_calipers(shapes: Sequence[ProposedShape]) -> list[FoundCaliper]:
    """Proposed points as what a hint is made of."""
    return [FoundCaliper((one.points[0][0], one.points[0][1]), one.score) for one in shapes]


def weighed(shapes: Sequence[ProposedShape], measured: MeasuredHint) -> list[ProposedShape]:
    """What a network drew by calipers, its score no surer than they are. What is filed stays the network's own word."""
    return [
        replace(one, score=round(one.score * measured.trust, 4), note=joined_notes(measured.words, one.note))
        for one in shapes
    ]


def weighed_by_hint(shapes: Sequence[ProposedShape], hint: Hint) -> list[ProposedShape]:
    """The same where a program named the calipers, which are taken to be there; a reader's clicks are not doubted."""
    if hint.kind != "calipers":
        return list(shapes)
    measured = measured_hints([FoundCaliper(point, 1.0) for point in hint.points])
    doubted = min(measured, key=lambda one: one.trust, default=None)
    return list(shapes) if doubted is None else weighed(shapes, doubted)
