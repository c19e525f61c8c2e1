"""TI-RADS of one nodule by both tables of points, from features alone: for programs, and for the public calculator."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from annotator.labels.errors import AnswerError, in_short
from annotator.labels.schema import check_answers, score_answers
from annotator.labels.shipped import newest_shipped

SCHEMA_KEY = "acr-tirads"
SIZE = "size_mm"


@cache
def tirads_definition() -> dict[str, Any]:
    """The newest shipped version of the TI-RADS schema; read only."""
    return newest_shipped(SCHEMA_KEY).definition


def calculate_tirads(features: Mapping[str, Any], *, size_mm: float | None = None) -> dict[str, Any]:
    """Points, level, advice and why, by ACR TI-RADS 2017 and AI TI-RADS 2019.

    Parameters
    ----------
    features : category -> feature, e.g. {"composition": "solid", "echogenic_foci": ["none"]}; a category left out
        is unanswered, and then there is no level.
    size_mm : the largest diameter; None when it is not known.

    Returns
    -------
    JSON as score_answers gives it; `systems["acr"]` and `systems["ai"]` hold each table's result.

    Raises
    ------
    AnswerError : an unknown category or feature, "none" with other foci, an absurd size; with the path of it, such as
        "features.shape" or "size_mm".
    """
    definition = tirads_definition()
    size = definition["scoring"]["size"]
    categories = [name for name in definition["answers"]["properties"] if name != size]
    for name in features:
        if name not in categories:
            told = in_short(str(name))
            raise AnswerError(f"there is no category {told!r}: there are {', '.join(categories)}", f"features.{told}")
    answers = dict(features) if size_mm is None else {**features, size: size_mm}
    try:
        check_answers(definition, answers)
    except AnswerError as error:
        raise AnswerError(str(error), _path_of(error.path, size)) from error
    return score_answers(definition, answers)


def _path_of(path: str, size: str) -> str:
    """Where the fault lies in what was given here: the engine names its answers."""
    within = path.removeprefix("answers.")
    return SIZE if within == size else f"features.{within}"
