"""What configurations of trainings share: members read from JSON and held against what they may be. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from annotator.accounts.errors import InvalidError


def members_from_json(kind: type[Any], data: Any) -> dict[str, Any]:
    """Members of a configuration as a program, a form or a file has them: lists as tuples, names and shapes checked.

    Raises
    ------
    InvalidError : with the path of the fault, e.g. "config.size".
    """
    if not isinstance(data, dict):
        raise InvalidError("This must be an object with named members.", "config")
    known = {part.name: part for part in fields(kind)}
    made: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known:
            raise InvalidError(f"There is no {name!r}. There are: {', '.join(sorted(known))}.", f"config.{name}")
        made[name] = _frozen(value) if isinstance(value, list | tuple) else value
        if isinstance(known[name].default, tuple) and not isinstance(made[name], tuple):
            raise InvalidError("This is a list.", f"config.{name}")
        if isinstance(known[name].default, str) and not isinstance(made[name], str):
            raise InvalidError("This is text.", f"config.{name}")
    return made


def check_members(
    config: object,
    *,
    choices: Mapping[str, tuple[str, ...]],
    whole: Mapping[str, tuple[int, int]],
    numbers: Mapping[str, tuple[float, float]],
) -> None:
    """Hold members against their choices and ranges, ends included.

    Raises
    ------
    InvalidError : with the path of the first that doesn't fit.
    """
    for name, allowed in choices.items():
        if getattr(config, name) not in allowed:
            raise InvalidError(f"This is one of {', '.join(allowed)}.", f"config.{name}")
    for name, (low, high) in whole.items():
        value = getattr(config, name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidError(f"This is a whole number from {low} to {high}.", f"config.{name}")
    for name, (least, most) in numbers.items():
        value = getattr(config, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise InvalidError(f"This is a number from {least:g} to {most:g}.", f"config.{name}")


def _frozen(value: list[Any] | tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(one) if isinstance(one, list) else one for one in value)
