"""Hints as JSON: what a program sends, what a request keeps, what a result is filed under. Pure."""

from typing import Any

from ml_assist.guidance.guide import Hint


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
