"""What a reader puts in the place of a computed level or category, and why. Pure."""

from collections.abc import Mapping
from typing import Any

from annotator.labels.errors import AnswerError, in_short
from annotator.labels.scoring_functions import scoring_of

LONGEST_REASON = 1000


def overridable(definition: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What can be overridden in a checked definition: "level" or "category" -> the values that it has."""
    scoring = scoring_of(definition)
    offered = {"level": scoring.levels(definition), "category": scoring.categories(definition)}
    return {name: values for name, values in offered.items() if values}


def check_override(definition: Mapping[str, Any], override: object) -> dict[str, str] | None:
    """Return an override as it is kept; None stays None.

    Parameters
    ----------
    override : {"level" or "category": value, "reason": text}.

    Raises
    ------
    AnswerError : a value that the schema doesn't have, or no reason; with the path, e.g. "override.reason".
    """
    if override is None:
        return None
    offered = overridable(definition)
    if not offered:
        raise AnswerError("This schema computes nothing that could be overridden.", "override")
    named = [name for name in ("level", "category") if isinstance(override, dict) and name in override]
    if not isinstance(override, dict) or len(named) != 1 or set(override) - {named[0], "reason"}:
        raise AnswerError('An override is {"level" or "category": value, "reason": text}.', "override")
    name, reason = named[0], override.get("reason")
    values = offered.get(name, ())
    if override[name] not in values:
        known = ", ".join(values) or "none"
        raise AnswerError(f"This schema has no {name} {in_short(repr(override[name]))}: {known}.", f"override.{name}")
    if not isinstance(reason, str) or not reason.strip():
        raise AnswerError(f"Say why the computed {name} is not yours.", "override.reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise AnswerError(f"The reason has more than {LONGEST_REASON:,} characters.", "override.reason")
    return {name: override[name], "reason": reason.strip()}
